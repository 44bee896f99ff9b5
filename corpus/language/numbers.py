"""Document numbers: number and symbol (số, ký hiệu) as Decree 30/2020/NĐ-CP, annex I, prints them, slips included."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.language.normalise import compose, fold

# A symbol's part starts with a capital: QĐ, TTg, BNNPTNT, QH15, CTTN&BĐG, P5.
_PART = r"[A-ZĐƯÂÊÔƠĂ][A-Za-zĐđƯư0-9]*(?:&[A-ZĐƯ][A-Za-zĐđƯư0-9]*)*"
_SEPARATOR = r"(?:\s{0,2}[-‐‑–—/]\s{0,2}|\.)"
# Types and bodies that writers also put in small letters or without the hyphen between them ("nđ-cp", "NĐCP").
_COMMON = r"(?i:nđ|qđ|nq|kh|ct|tb|bc|tt|ttlt)"
_COMMON_BODY = r"(?i:cp|ttg|ubnd|hđnd|ctubnd|b[a-zđ]{2,8}|s[a-zđ]{2,8})"
_NUMBER = re.compile(
    rf"""(?:(?<![^\W_])(?<![/.,-])|(?<=[Ss]ố))
    (?:
        (?P<state>\d{{1,6}}[a-zđ]?\s{{0,2}}(?:[/-]\s?\d{{4}}\s?)?/\s{{0,2}}|\d{{1,6}}/\d{{4}}-?(?=[A-ZĐ]{{2,4}}-[A-ZĐ]))
        (?P<state_symbol>{_PART}(?:{_SEPARATOR}{_PART})*|{_COMMON}{_SEPARATOR}{_COMMON_BODY})
      | (?P<party>\d{{1,5}}[a-z]?\s?[-–]\s?)
        (?P<party_symbol>[A-ZĐ]{{1,2}}[A-Za-zđĐ]{{0,5}}\s?/\s?[A-ZĐƯ][A-ZĐƯ0-9a-z]*(?:-[A-ZĐƯ]+)?)
    )
    (?![^\W_])""",
    re.VERBOSE,
)
# "1/Sở", "3/Tỉnh" and the like are counts, not numbers: a symbol is in capitals, but for the forms in use.
# Small letters stand within some ("SNgV", the department of foreign affairs), never at their end.
_MIXED_CASE = re.compile(r"TTg|TTr|CTr|QyĐ|QĐi|CTrHĐ|HĐBT|NĐCP|ThT|[A-ZĐƯ0-9&]+(?:[a-zđ]{1,2}[A-ZĐƯ]+)*")
_LOWER_SYMBOL = re.compile(rf"{_COMMON}{_SEPARATOR}{_COMMON_BODY}")
_YEAR_SIGN = re.compile(r"^(\d+[a-z]?/(?:19|20)\d\d)-?(?=[a-z])")
_GLUED_SYMBOL = re.compile(r"/(nd|qd|nq|kh|ct|tb|bc|ttlt|tt)(?=(?:cp|ttg|ubnd|hdnd|ctubnd|b[a-z]{2,8})$)")


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A document number, one spelling of it, and the span where it stands."""

    number: str
    start: int
    end: int


def tidy_number(written: str) -> str:
    """One spelling of a number, without blanks and with plain hyphens: "59 /KH-UBND" becomes "59/KH-UBND"."""
    return re.sub(r"\s+", "", compose(written))


def number_key(number: str) -> str:
    """A number without what writers vary: case, marks, blanks, leading zeros ("0125/KH- UBND" is "125/kh-ubnd").

    A hyphen left out of a common symbol, or put for a slash, is mended ("92/2017/NĐCP", "255/2025-NĐ-CP").
    """
    plain = re.sub(r"^0+(?=\d)", "", re.sub(r"\s+", "", fold(number)))
    return _GLUED_SYMBOL.sub(r"/\1-", _YEAR_SIGN.sub(r"\1/", plain))


def symbol_of(number: str) -> str:
    """The symbol (ký hiệu) of a number: "KH-UBND" of "59/KH-UBND", "KH/TU" of "12-KH/TU"."""
    return re.sub(r"^\d+[a-zđ]?(?:[/-]\d{4}(?=[/-]|[A-ZĐ]))?[/-]?", "", tidy_number(number))


def _is_symbol(written: str) -> bool:
    parts = re.split(r"[-./&]", tidy_number(written))
    return all(_MIXED_CASE.fullmatch(part) for part in parts if part) and any(len(part) > 1 for part in parts)


def find_numbers(text: str) -> list[FoundNumber]:
    """The document numbers in a text, in reading order; laws cited by name alone have none.

    Blanks beside the slash and hyphen are forgiven. Dates, fractions and counts ("3/2025", "24-48 giờ") are left alone.
    """
    found = []
    for match in _NUMBER.finditer(text):
        end = match.end()
        symbol = match["state_symbol"] or match["party_symbol"]
        # A full stop or hyphen that ends the clause may have joined the next sentence's first word.
        while not _is_symbol(symbol) and not _LOWER_SYMBOL.fullmatch(symbol):
            cut = max(symbol.rfind(sign) for sign in "-‐‑–—./")
            if cut <= 0:
                break
            end -= len(symbol) - len(symbol[:cut].rstrip())
            symbol = symbol[:cut].rstrip()
        if _is_symbol(symbol) or _LOWER_SYMBOL.fullmatch(symbol):
            found.append(FoundNumber(tidy_number(text[match.start() : end]), match.start(), end))
    return found
