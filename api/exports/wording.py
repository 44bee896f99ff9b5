"""Records in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.answers.targets import TargetRow

_SIGNS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "=": "", "range": ""}


def amount(target: TargetRow) -> str:
    """How much a target asks for, with a decimal comma: "≥ 90 %", "30–40 %", "2 hội nghị"."""
    value = _number(target.value)
    if target.comparator == "range" and target.value_high is not None:
        value = f"{value}–{_number(target.value_high)}"
    return " ".join(filter(None, (f"{_SIGNS.get(target.comparator, '')}{value}", target.unit)))


def _number(value: float) -> str:
    return f"{value:.10g}".replace(".", ",")
