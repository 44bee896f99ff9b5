"""Records in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from corpus.errors import Language

if TYPE_CHECKING:
    from api.answers.targets import TargetRow
    from api.exports.columns import Value

Said = dict[Language, str]
"""A text in each language."""

KINDS: dict[str, Said] = {
    "basis": {"vi": "căn cứ", "en": "basis"},
    "implements": {"vi": "thực hiện", "en": "implements"},
    "amends": {"vi": "sửa đổi", "en": "amends"},
    "replaces": {"vi": "thay thế", "en": "replaces"},
    "reports on": {"vi": "báo cáo về", "en": "reports on"},
    "cites": {"vi": "dẫn", "en": "cites"},
}
"""What a citation says of the document cited."""

QUALITIES: dict[str, Said] = {
    "native": {"vi": "bản gốc", "en": "original characters"},
    "converted": {"vi": "chuyển mã", "en": "converted from an older encoding"},
    "recognised": {"vi": "nhận dạng", "en": "recognised from images"},
    "mixed": {"vi": "hỗn hợp", "en": "mixed: partly recognised"},
}
"""How a document's text came to us."""

SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "range": "–"}
"""How a target compares."""


def saying(language: Language) -> Callable[[str, str], str]:
    """What gives, of a Vietnamese and an English text, the one in a language."""
    return lambda vi, en: vi if language == "vi" else en


def amount(target: TargetRow) -> str:
    """How much a target asks for, with a decimal comma: "≥ 90 %", "30–40 %", "2 hội nghị"."""
    value = decimal(target.value)
    if target.comparator == "range" and target.value_high is not None:
        value = f"{value}–{decimal(target.value_high)}"
    sign = "" if target.comparator in ("=", "range") else SIGNS.get(target.comparator, target.comparator)
    return " ".join(filter(None, (sign, value, target.unit)))


def worded(name: str, value: Value, language: Language) -> Value:
    """A field's value as people read it: the public names of a field's few values in words."""
    if isinstance(value, bool):
        return ("có" if language == "vi" else "yes") if value else None
    if name == "comparator":
        return SIGNS.get(str(value), value)
    words = {"kind": KINDS, "quality": QUALITIES}.get(name, {}).get(str(value))
    return words[language] if words else value


def decimal(value: float) -> str:
    """A number as Vietnamese writes it, with a decimal comma: "12,5"."""
    return f"{value:.10g}".replace(".", ",")
