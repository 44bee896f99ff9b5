"""What a paragraph of a Word file shows: final text of tracked changes, symbols, fonts from before Unicode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.language.legacy import by_font
from indexer.reading.elements import Element
from indexer.reading.legacy_fonts import Piece
from indexer.reading.symbols import signs

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VML = "{urn:schemas-microsoft-com:vml}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
FLOATS = frozenset({f"{W}txbxContent", f"{A}blip", f"{VML}imagedata", f"{DIAGRAM}relIds"})
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"

# Elements whose content is not shown: deleted or moved-away text, field codes, properties, comments' ranges.
SKIPPED = frozenset(
    f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sdtPr", "tblPr", "rt")
)
HARD_BREAK, RENDERED_BREAK = "\f", "\v"  # page breaks among a paragraph's pieces
_CHARACTERS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
_SOFT_HYPHEN = "\u00ad"  # the code of ư in TCVN3; in other fonts it shows where a word may be cut, if anything
_OFF = {"0", "false", "off", "none"}
_FONT_SLOTS = ("ascii", "hAnsi", "cs", "eastAsia")


def flag(element: Element | None) -> bool:
    """An on-off property (17.17.4): present is on unless it says off."""
    return element is not None and element.get(f"{W}val", "1").lower() not in _OFF


def children(element: Element) -> Iterator[Element]:
    """Child elements; of alternatives of one content (17.17.3) only the first, so that nothing is read twice."""
    for child in element.iterchildren("*"):
        if child.tag == f"{MC}AlternateContent":
            chosen = next(child.iterchildren(f"{MC}Choice", f"{MC}Fallback"), None)
            if chosen is not None:
                yield from children(chosen)
        else:
            yield child


def is_placeholder(control: Element) -> bool:
    """Whether a content control (w:sdt) still shows its prompt, which is no text of the document (17.5.2.39)."""
    return control.tag == f"{W}sdt" and flag(control.find(f"{W}sdtPr/{W}showingPlcHdr"))


def pieces(  # noqa: PLR0912  (one branch a kind of content)
    element: Element, floats: list[Element], fonts: Fonts, font: str, *, hidden: bool = False
) -> Iterator[Piece]:
    """The text of a paragraph in pieces, page breaks marked.

    Its text boxes, pictures and diagrams go to ``floats``; ``hidden``: whether its style hides what does not say
    otherwise.
    """
    for child in children(element):
        tag = child.tag
        if tag in {f"{W}t", _MATH_TEXT}:
            yield Piece(signs(child.text or "", font), font)
        elif tag == f"{W}softHyphen":
            yield Piece(_SOFT_HYPHEN if by_font(font) else "", font)
        elif tag in _CHARACTERS:
            yield Piece(_CHARACTERS[tag], font)
        elif tag == f"{W}br":
            yield Piece(HARD_BREAK) if child.get(f"{W}type") == "page" else Piece("\n", font)
        elif tag == f"{W}lastRenderedPageBreak":
            yield Piece(RENDERED_BREAK)
        elif tag == f"{W}sym":
            yield Piece(_symbol(child.get(f"{W}font", ""), child.get(f"{W}char", "")))
        elif tag in FLOATS:
            floats.append(child)
        elif tag == f"{W}fldChar":
            yield Piece(_chosen(child), font)
        elif tag == f"{VML}textpath":
            yield Piece(_lettering(child), font)
        elif tag == f"{W}r":
            if not fonts.hides(child, hidden):
                yield from pieces(child, floats, fonts, fonts.of_run(child, font), hidden=hidden)
        elif tag not in SKIPPED and not is_placeholder(child):
            yield from pieces(child, floats, fonts, font, hidden=hidden)


def _chosen(field_character: Element) -> str:
    """What a check box or a list of an old form shows (17.16.7, 17.16.9), which no run says; "" for other fields."""
    box = field_character.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        checked = box.find(f"{W}checked")
        return "☒" if flag(checked if checked is not None else box.find(f"{W}default")) else "☐"
    entries = field_character.findall(f"{W}ffData/{W}ddList/{W}listEntry")
    result = field_character.find(f"{W}ffData/{W}ddList/{W}result")
    value = result.get(f"{W}val", "0") if result is not None else "0"
    at = int(value) if value.isascii() and value.isdigit() else 0
    return entries[at].get(f"{W}val", "") if at < len(entries) else ""


def _lettering(path: Element) -> str:
    """The words of a WordArt; not those of a watermark, which Word names so."""
    above = path.getparent()
    name = (above.get("id") or "") if above is not None else ""
    return "" if "watermark" in name.lower() else path.get("string") or ""


def _symbol(font: str, code: str) -> str:
    """What a w:sym prints (17.3.3.30): its sign, a bullet for one that is not in the tables."""
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    return signs(chr(value), font)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts of runs: their own, else that of their style, of the paragraph's style, of the document."""

    styles: Mapping[str, Element]
    default: str = ""

    def of_style(self, chain: Iterator[Element]) -> str:
        """The font of the nearest of some styles that names one."""
        return next((font for style in chain if (font := _font(style.find(f"{W}rPr")))), self.default)

    def hides(self, run: Element, inherited: bool) -> bool:
        """Whether a run is hidden: by itself, else by its style, else as its paragraph's style says."""
        own = run.find(f"{W}rPr/{W}vanish")
        if own is None:
            named = run.find(f"{W}rPr/{W}rStyle")
            style = self.styles.get(named.get(f"{W}val", "")) if named is not None else None
            own = style.find(f"{W}rPr/{W}vanish") if style is not None else None
        return inherited if own is None else flag(own)

    def of_run(self, run: Element, inherited: str) -> str:
        """The font of a run whose paragraph's is ``inherited``."""
        properties = run.find(f"{W}rPr")
        if properties is None:
            return inherited
        named = properties.find(f"{W}rStyle")
        style = self.styles.get(named.get(f"{W}val", "")) if named is not None else None
        return _font(properties) or (_font(style.find(f"{W}rPr")) if style is not None else "") or inherited


def _font(properties: Element | None) -> str:
    fonts = properties.find(f"{W}rFonts") if properties is not None else None
    if fonts is None:
        return ""
    return next((name for slot in _FONT_SLOTS if (name := fonts.get(f"{W}{slot}", ""))), "")


def document_font(styles: Element) -> str:
    """The font that a document's defaults name (17.7.5)."""
    return _font(styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
