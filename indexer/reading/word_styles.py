"""What the styles of a Word file say of its paragraphs: headings, list numbers, fonts, hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from indexer.reading.elements import Element
from indexer.reading.numbering import Numbering, parse_numbering
from indexer.reading.word_text import Fonts, W, document_font, flag

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part

_HEADING_NAME = re.compile(r"heading ([1-9])$", re.IGNORECASE)
_BODY_TEXT_LEVEL = 9  # w:outlineLvl of text that is no heading (17.3.1.20)
_DEEPEST_HEADING = 6
_CONTENTS = re.compile(r"toc (?:[1-9]|heading)$", re.IGNORECASE)


class Styles:
    """The styles of a document, as its paragraphs use them."""

    def __init__(self, document: Document) -> None:
        """Read the styles and lists of ``document``."""
        self._styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iterfind(f"{W}style")}
        self._default = next((i for i, s in self._styles.items() if _is_default_paragraph(s)), "")
        self.fonts = Fonts(self._styles, document_font(document.styles.element))
        self._style_fonts: dict[str, str] = {}
        self._hiding: dict[str, bool] = {}
        self._style_numbers: dict[str, list[tuple[str, Element | None]]] = {}
        self._numbering = _numbering(document.part)

    def chain(self, style_id: str) -> Iterator[Element]:
        """A style and those it is based on, nearest first."""
        seen = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            style = self._styles[style_id]
            yield style
            based_on = style.find(f"{W}basedOn")
            style_id = "" if based_on is None else based_on.get(f"{W}val", "")

    def _style_id(self, paragraph: Element) -> str:
        named = _property(paragraph, "pStyle")
        return str(self._default if named is None else named.get(f"{W}val", ""))

    def font(self, paragraph: Element) -> str:
        """The font of a paragraph's style."""
        style = self._style_id(paragraph)
        if style not in self._style_fonts:
            self._style_fonts[style] = self.fonts.of_style(self.chain(style))
        return self._style_fonts[style]

    def hides(self, paragraph: Element) -> bool:
        """Whether a paragraph's style hides its text."""
        style = self._style_id(paragraph)
        if style not in self._hiding:
            said = (s.find(f"{W}rPr/{W}vanish") for s in self.chain(style))
            self._hiding[style] = flag(next((vanish for vanish in said if vanish is not None), None))
        return self._hiding[style]

    def is_contents(self, paragraph: Element) -> bool:
        """Whether a paragraph is a line of the table of contents, which repeats the headings."""
        named = self._styles.get(self._style_id(paragraph))
        name = named.find(f"{W}name") if named is not None else None
        return name is not None and _CONTENTS.match(name.get(f"{W}val", "")) is not None

    def level(self, paragraph: Element) -> int:
        """A heading's level, 0 for text: by outline level, or by the name of the paragraph's style or one under it."""
        own = _property(paragraph, "outlineLvl")
        if own is not None:
            return _heading_level(own)
        for style in self.chain(self._style_id(paragraph)):
            outline = style.find(f"{W}pPr/{W}outlineLvl")
            if outline is not None:
                return _heading_level(outline)
            named = style.find(f"{W}name")
            name = "" if named is None else named.get(f"{W}val", "")
            found = _HEADING_NAME.match(name)
            if found or name.lower() == "title":
                return min(int(found[1]), _DEEPEST_HEADING) if found else 1
        return 0

    def label(self, paragraph: Element) -> str:
        """The number or bullet that Word prints before a paragraph, "" where it prints none."""
        properties = [("", paragraph.find(f"{W}pPr/{W}numPr"))]
        properties += self._numbers_of_style(self._style_id(paragraph))
        depth: int | None = None
        for style_id, number in properties:
            if number is None:
                continue
            level, identity = number.find(f"{W}ilvl"), number.find(f"{W}numId")
            if depth is None and level is not None:
                depth = int(level.get(f"{W}val", "0"))
            if identity is not None:
                list_id = identity.get(f"{W}val", "0")
                if depth is None:
                    depth = self._numbering.depth_of_style(list_id, style_id) if style_id else 0
                return self._numbering.label(list_id, depth)
        return ""

    def _numbers_of_style(self, style_id: str) -> list[tuple[str, Element | None]]:
        """The list references of a style and those it is based on, nearest first, each with its style."""
        if style_id not in self._style_numbers:
            self._style_numbers[style_id] = [
                (style.get(f"{W}styleId", ""), style.find(f"{W}pPr/{W}numPr")) for style in self.chain(style_id)
            ]
        return self._style_numbers[style_id]


def _numbering(part: Part) -> Numbering:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml

    for relation in part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return parse_numbering(parse_xml(relation.target_part.blob))
    return Numbering()


def _is_default_paragraph(style: Element) -> bool:
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true"}


def _property(paragraph: Element, name: str) -> Element | None:
    return paragraph.find(f"{W}pPr/{W}{name}")


def _heading_level(outline: Element) -> int:
    level = int(outline.get(f"{W}val", str(_BODY_TEXT_LEVEL)))
    return 0 if level >= _BODY_TEXT_LEVEL else min(level + 1, _DEEPEST_HEADING)
