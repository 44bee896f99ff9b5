"""What goals measure: a register of the indices that plans name, and one key for what can be compared."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.language.normalise import fold
from corpus.language.places import Places


@dataclass(frozen=True, slots=True)
class Indicator:
    """An index or a measure that documents of many years share; ``source`` is empty for a measure of our naming."""

    key: str
    name: str
    source: str
    patterns: tuple[re.Pattern[str], ...]
    without: tuple[re.Pattern[str], ...] = ()

    def names(self, folded: str) -> bool:
        """Whether folded words name it."""
        return any(pattern.search(folded) for pattern in self.patterns) and not any(
            pattern.search(folded) for pattern in self.without
        )


# Words that vary between documents that measure the same.
_STOP = frozenset(
    fold(
        "tỷ lệ tỉ lệ số lượng các những của được và trên địa bàn tỉnh thành phố toàn là có cho tại trong từ đến với"
        " theo do năm giai đoạn đạt tổng số so về phấn đấu mỗi hằng hàng ít nhất tối thiểu trở lên thực hiện cấp bằng"
        " để khi này"
    ).split()
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:\s*-\s*(?:19|20)\d\d)?")
_WORD = re.compile(r"[a-z]+")


@cache
def indicators() -> tuple[Indicator, ...]:
    """The register, the indices before the measures."""
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Indicator(
            row["key"],
            row["name"],
            row.get("source", ""),
            tuple(re.compile(pattern) for pattern in row["patterns"]),
            tuple(re.compile(pattern) for pattern in row.get("without", ())),
        )
        for row in (*rows["index"], *rows["measure"])
    )


def indicator_named(words: str) -> Indicator | None:
    """The indicator of the register that words name, the more specific index first; None where they name none."""
    folded = fold(" ".join(words.split()))
    found = [indicator for indicator in indicators() if indicator.names(folded)]
    # "năng lực cạnh tranh cấp sở" is DDCI although it holds the words of PCI.
    return max(found, key=lambda indicator: _longest(indicator, folded)) if found else None


def _longest(indicator: Indicator, folded: str) -> int:
    return max(len(match[0]) for pattern in indicator.patterns for match in pattern.finditer(folded))


def indicator_key(indicator: str) -> str:
    """A key that the same indicator has across documents, years and provinces.

    The register's where it names one, else its words folded, without stop words, numbers, years and provinces, in
    alphabetical order.
    """
    indicator = " ".join(indicator.split())
    if (named := indicator_named(indicator)) is not None:
        return named.key
    words = _YEARS.sub(" ", fold(_without_places(indicator)))
    kept = {word for word in _WORD.findall(words) if word not in _STOP}
    return " ".join(sorted(kept)) or fold(indicator)


def _without_places(words: str) -> str:
    for _, start, end in reversed(_places().in_text(words)):
        words = words[:start] + " " + words[end:]
    return words


@cache
def _places() -> Places:
    return Places.load(None)
