"""Numbers that a program prints before list items, restored from how the list is defined (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from indexer.reading.elements import Element

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_LETTERS = 26


def roman(number: int) -> str:
    """The Roman numeral of a positive number, in capitals; plain digits beyond 3999."""
    if not 0 < number < 4000:  # noqa: PLR2004 - no Roman numeral is longer than MMMCMXCIX
        return str(number)
    numeral = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        numeral += sign * count
    return numeral


def letter(number: int) -> str:
    """The small letter of a list item as Word counts: a to z, then aa, bb."""
    if number < 1:
        return str(number)
    turns, index = divmod(number - 1, _LETTERS)
    return chr(ord("a") + index) * min(turns + 1, 10)


_PRINTED: dict[str, Callable[[int], str]] = {
    "upperRoman": roman,
    "lowerRoman": lambda number: roman(number).lower(),
    "upperLetter": lambda number: letter(number).upper(),
    "lowerLetter": letter,
    "decimalZero": lambda number: f"{number:02}",
    "none": lambda _: "",
}


def printed(number: int, style: str) -> str:
    """A number in a numbering format of Word (ST_NumberFormat); decimal where the format is another."""
    return _PRINTED.get(style, str)(number)


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    paragraph_style: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of a Word document, counting as its paragraphs are read in order."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)  # by abstract list
    lists: dict[str, str] = field(default_factory=dict)  # list -> abstract list
    overrides: dict[str, dict[int, int]] = field(default_factory=dict)  # list -> level -> start
    redefined: dict[str, dict[int, _Level]] = field(default_factory=dict)  # list -> level, where a list has its own
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def label(self, list_id: str, depth: int) -> str:
        """What is printed before the next item at this depth, such as "1.", "a)" or "-"; "" for an unknown list."""
        abstract = self.lists.get(list_id, "")
        levels = {**self.levels.get(abstract, {}), **self.redefined.get(list_id, {})}
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, {})
        if list_id not in self._begun:
            self._begun.add(list_id)
            for deeper, start in self.overrides.get(list_id, {}).items():
                counts[deeper] = start - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth and _restarts(levels.get(d), depth)]:
            del counts[deeper]
        if level.style == "bullet":
            return level.text if level.text in {"-", "+", "–"} else "-"

        def number(found: re.Match[str]) -> str:
            of = int(found[1]) - 1
            definition = levels.get(of, level)
            return printed(counts.get(of, definition.start), "decimal" if level.legal else definition.style)

        return re.sub(r"%([1-9])", number, level.text).strip()

    def depth_of_style(self, list_id: str, paragraph_style: str) -> int:
        """The depth of the list that is bound to a paragraph style, else the first."""
        levels = self.levels.get(self.lists.get(list_id, ""), {})
        return next((depth for depth, level in levels.items() if level.paragraph_style == paragraph_style), 0)


def _restarts(level: _Level | None, above: int) -> bool:
    """Whether a level begins anew after an item of a level above it (17.9.10: 0 is never, n is after level n)."""
    return level is None or level.restart is None or (level.restart != 0 and above < level.restart)


def parse_numbering(root: Element) -> Numbering:
    """The lists defined by the root element of a numbering part."""
    numbering = Numbering()
    by_style: dict[str, dict[int, _Level]] = {}
    for abstract in root.iterfind("{*}abstractNum"):
        levels = dict(_levels(abstract))
        numbering.levels[_attribute(abstract, "abstractNumId")] = levels
        by_style[_attribute(abstract.find("{*}styleLink"), "val")] = levels
    for abstract in root.iterfind("{*}abstractNum"):
        # A list that only names the style which defines it (17.9.21).
        linked = _attribute(abstract.find("{*}numStyleLink"), "val")
        if linked in by_style and linked:
            numbering.levels[_attribute(abstract, "abstractNumId")] = by_style[linked]
    for number in root.iterfind("{*}num"):
        list_id = _attribute(number, "numId")
        target = number.find("{*}abstractNumId")
        numbering.lists[list_id] = "" if target is None else _attribute(target, "val")
        for override in number.iterfind("{*}lvlOverride"):
            start = override.find("{*}startOverride")
            if start is not None:
                numbering.overrides.setdefault(list_id, {})[_integer(override, "ilvl", 0)] = _integer(start, "val", 1)
            numbering.redefined.setdefault(list_id, {}).update(_levels(override))
    return numbering


def _levels(abstract: Element) -> Iterator[tuple[int, _Level]]:
    for level in abstract.iterfind("{*}lvl"):
        found = {child.tag.rpartition("}")[2]: child for child in level.iterchildren("{*}*")}
        restart = found.get("lvlRestart")
        yield (
            _integer(level, "ilvl", 0),
            _Level(
                start=_integer(found.get("start"), "val", 1),
                style=_attribute(found.get("numFmt"), "val") or "decimal",
                text=_attribute(found.get("lvlText"), "val"),
                restart=None if restart is None else _integer(restart, "val", 0),
                legal="isLgl" in found,
                paragraph_style=_attribute(found.get("pStyle"), "val"),
            ),
        )


def _attribute(element: Element | None, name: str) -> str:
    """An attribute in the element's own namespace, "" where there is none."""
    if element is None:
        return ""
    namespace = element.tag.partition("}")[0] + "}"
    return str(element.get(namespace + name, ""))


def _integer(element: Element | None, name: str, default: int) -> int:
    try:
        return int(_attribute(element, name))
    except ValueError:
        return default
