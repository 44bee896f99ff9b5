"""What a paragraph of a Word file shows: final text of tracked changes, symbols, fonts from before Unicode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.language.legacy import by_font
from indexer.reading.elements import Element
from indexer.reading.legacy_fonts import Piece

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
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

# Signs of the Symbol and Wingdings fonts that plans use, by code in the private area (Unicode's SYMBOL.TXT mapping;
# Wingdings after Unicode 7.0, WG2 N4384).
_PRIVATE = range(0xF000, 0xF100)
_SYMBOL = {0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞", 0xAE: "→",
           0xDE: "⇒", 0x2D: "−", 0x61: "α", 0x62: "β", 0x67: "γ", 0x6D: "μ", 0x44: "Δ", 0x57: "Ω", 0x53: "Σ",
           0xF7: "÷", 0xD6: "√"}  # fmt: skip
_WINGDINGS = {0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0xA7: "▪", 0x6C: "●", 0x6E: "■",
              0x71: "❑", 0x76: "❖", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0x9F: "•", 0x28: "☎", 0x2A: "✉"}  # fmt: skip


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


def pieces(element: Element, boxes: list[Element], fonts: Fonts, font: str) -> Iterator[Piece]:
    """The text of a paragraph in pieces, page breaks marked; its text boxes go to ``boxes``."""
    for child in children(element):
        tag = child.tag
        if tag in {f"{W}t", _MATH_TEXT}:
            yield Piece(_signs(child.text or "", font), font)
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
        elif tag == f"{W}txbxContent":
            boxes.append(child)
        elif tag == f"{W}r":
            if not flag(child.find(f"{W}rPr/{W}vanish")):
                yield from pieces(child, boxes, fonts, fonts.of_run(child, font))
        elif tag not in SKIPPED and not is_placeholder(child):
            yield from pieces(child, boxes, fonts, font)


def _symbol(font: str, code: str) -> str:
    """What a w:sym prints (17.3.3.30): its sign, a bullet for one that is not in the tables."""
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    return _signs(chr(value), font)


def _signs(text: str, font: str) -> str:
    """Private-area codes of symbol fonts as the signs that they print; legacy fonts have letters there."""
    if by_font(font):
        return text
    table = _WINGDINGS if "wingdings" in font.lower() or "webdings" in font.lower() else _SYMBOL

    def sign(character: str) -> str:
        code = ord(character)
        return table.get(code - _PRIVATE.start, "•") if code in _PRIVATE else character

    return "".join(map(sign, text))


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts of runs: their own, else that of their style, of the paragraph's style, of the document."""

    styles: Mapping[str, Element]
    default: str = ""

    def of_style(self, chain: Iterator[Element]) -> str:
        """The font of the nearest of some styles that names one."""
        return next((font for style in chain if (font := _font(style.find(f"{W}rPr")))), self.default)

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
