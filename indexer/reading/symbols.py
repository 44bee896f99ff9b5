"""Signs that fonts of symbols print: check boxes, bullets, arrows, Greek letters."""

from __future__ import annotations

from corpus.language.legacy import by_font

# Signs of the Symbol and Wingdings fonts that plans use, by code in the private area (Unicode's SYMBOL.TXT mapping;
# Wingdings after Unicode 7.0, WG2 N4384).
_PRIVATE = range(0xF000, 0xF100)
_SYMBOL = {0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞", 0xAE: "→",
           0xDE: "⇒", 0x2D: "−", 0x61: "α", 0x62: "β", 0x67: "γ", 0x6D: "μ", 0x44: "Δ", 0x57: "Ω", 0x53: "Σ",
           0xF7: "÷", 0xD6: "√"}  # fmt: skip
_WINGDINGS = {0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0xA7: "▪", 0x6C: "●", 0x6E: "■",
              0x71: "❑", 0x76: "❖", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0x9F: "•", 0x28: "☎", 0x2A: "✉"}  # fmt: skip
_FIRST_GLYPH = 29  # added to a glyph's number in these fonts it gives the code: three glyphs stand before the blank
NO_GLYPH = "☐"
"""What a font prints for a code that it has no glyph for: an empty box, which forms use as one."""


def signs(text: str, font: str) -> str:
    """Private-area codes of symbol fonts as the signs that they print; legacy fonts have letters there."""
    if by_font(font):
        return text
    table = _table(font)

    def sign(character: str) -> str:
        code = ord(character)
        return table.get(code - _PRIVATE.start, "•") if code in _PRIVATE else character

    return "".join(map(sign, text))


def glyph(number: int, font: str) -> str | None:
    """The sign of a glyph by its number in a font of symbols, None where it is not known."""
    if number == 0:
        return NO_GLYPH
    return _table(font).get(number + _FIRST_GLYPH) if is_symbols(font) else None


def is_symbols(font: str) -> bool:
    """Whether a font's name is that of a font of symbols."""
    return any(part in font.lower() for part in ("symbol", "wingdings", "webdings"))


def _table(font: str) -> dict[int, str]:
    return _WINGDINGS if "wingdings" in font.lower() or "webdings" in font.lower() else _SYMBOL
