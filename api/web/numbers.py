"""Numbers as people write them."""

from __future__ import annotations

from api.answers.targets import TargetRow
from api.exports.wording import SIGNS
from corpus.errors import Language


def shown_number(value: float, language: Language) -> str:
    """A number with separators: 1.234,5 in Vietnamese, 1,234.5 in English; at most ten digits count."""
    whole, point, rest = f"{value:,.10g}".partition(".")
    if language == "en":
        return f"{whole}{point}{rest}"
    return whole.replace(",", ".") + ("," + rest if point else "")


def shown_amount(target: TargetRow, language: Language, *, unit: bool = True) -> str:
    """How much a target asks for, with separators: "≥ 90 %", "30–40 %", "1.000 hồ sơ"."""
    value = shown_number(target.value, language)
    if target.comparator == "range" and target.value_high is not None:
        value = f"{value}–{shown_number(target.value_high, language)}"
    sign = "" if target.comparator in ("=", "range") else SIGNS.get(target.comparator, target.comparator)
    return " ".join(filter(None, (sign, value, target.unit if unit else None)))
