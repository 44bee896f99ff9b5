"""What pages print around the document: running heads and feet, page numbers, gazette lines, signature strips."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.language.normalise import fold
from indexer.reading.pdf_layout import Printed

# "3", "- 3 -", "Trang 3", "3/10", "Trang 3 / 10": the forms that word processors offer.
_NUMBER = re.compile(
    r"\s*(?:[-–—]\s*|(?:trang|page)\s+)?(\d{1,4})(?:\s*(?:/|of|trên)\s*\d{1,4})?(?:\s*[-–—])?\s*", re.IGNORECASE
)
_SPREAD = re.compile(r"\s*[-–—]?\s*(\d{1,4})\s*[-–—]?\s+[-–—]?\s*(\d{1,4})\s*[-–—]?\s*")  # of two pages on one sheet
_ROMAN = re.compile(r"\s*(?:[-–—]\s*)?([ivxl]{1,7}|[IVXL]{1,7})(?:\s*[-–—])?\s*")  # of a preface or annex
# The line over every page of the Official Gazette and of provinces' gazettes (Decree 34/2016/NĐ-CP, chapter VIII), and
# what they print where an issue breaks off.
_GAZETTE = re.compile(
    r"\d*\s*CÔNG BÁO\b[^/]{0,60}/\s*Số\s[^/]{1,60}/\s*Ngày\s[\d\s./-]+\s*"
    r"|\(?\s*(?:Xem tiếp|Tiếp theo) Công báo số[^()]*\)?"
)
# What signing programs print into a page (Decree 30/2020/NĐ-CP, annex I, section III; and their own settings).
_SIGNED = re.compile(
    r"(?:(?:Được\s+)?[Kk]ý (?:số )?bởi|Người ký|Digitally signed by|Signature Not Verified|Signature valid)\b\s*:?",
    re.IGNORECASE,
)
_SIGNED_KEY = re.compile(
    r"(?:E-?mail|Cơ quan|Tổ chức|Đơn vị|Chức vụ|(?:Ngày|Thời gian|Giờ) ký|Lý do|Địa điểm|Date|Reason|Location)\s*:",
    re.IGNORECASE,
)
_SIGNED_AT = re.compile(
    r"(?:(?:Ngày|Thời gian|Giờ) ký|Date)\s*:?\s*[\d./-]{8,10}.{0,3}\d\d:\d\d.*"
    r"|(?:\d\d:\d\d:\d\d\s*)?[+-]\d\d'?:?\d\d'?",
    re.IGNORECASE,
)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_STRIP_LINES = 8  # that one signature strip has at most
# A heading over a form or annex may stand at the top of several pages and differ by its number only.
_HEADING = re.compile(r"(?:mau|bieu|phu luc|phan|chuong|muc|dieu|bang|tieu muc)\b")
_DIGITS = re.compile(r"\d+")

# In parts of the page's height, from its edge.
_MARGIN = 0.07  # the least margin that official letters have is 20 mm of 297 (Decree 30/2020/NĐ-CP, annex I)
_OUTER = 0.13
_NUMBER_OUTER = 0.1
_COLUMN_GAP = 0.8  # heights of a line
_SAME_PLACE = 3.0  # points
_MOST_LINES = 4  # of a running head
_APART = 1.6  # heights of a line
_LONGEST_NUMBER = 6  # digits
_STEADY = 0.6  # of the pages on which a number counts on; an annex may begin anew
_OFTEN = 3  # pages that a running head stands on, where it lies inside the margin's usual width


@dataclass(frozen=True, slots=True)
class Placed:
    """A printed line and how far it stands from its page's top and bottom, in points; the page's height."""

    line: Printed
    from_top: float
    from_bottom: float
    page_height: float

    @property
    def from_edge(self) -> float:
        """To the nearer of the two, in parts of the page's height."""
        return min(self.from_top, self.from_bottom) / self.page_height if self.page_height else 1.0


def furniture(pages: Sequence[Sequence[Placed]], tables: Sequence[bool]) -> list[set[int]]:
    """The indexes of every page's lines that are not the document's.

    Signature strips and gazette lines are told by their words. A page number counts where it is its page's own, or
    where its distance from the page's own is that of another page's number (a gazette goes on from issue to issue). A
    running head or foot stands at the same place of several pages, numbers in it apart, while text starts elsewhere.
    ``tables``: which pages have more than these lines.
    """
    dropped = [_strips(page) | _gazette(page) for page in pages]
    _numbers(pages, dropped)
    for _ in range(_MOST_LINES):
        found = [*_running(pages, dropped, tables, top=True), *_running(pages, dropped, tables, top=False)]
        if not found:
            break
        for page, index in found:
            dropped[page].add(index)
        _numbers(pages, dropped)
    return dropped


def _gazette(page: Sequence[Placed]) -> set[int]:
    return {index for index, placed in enumerate(page) if _GAZETTE.fullmatch(placed.line.text.strip())}


def _strips(page: Sequence[Placed]) -> set[int]:
    """Lines of digital-signature strips: one that says who signed, with what else such strips say below it."""
    strips: set[int] = set()
    for index, placed in enumerate(page):
        text = placed.line.text.strip()
        if _SIGNED_AT.fullmatch(text):
            strips.add(index)
        found = _SIGNED.match(text)
        if not found:
            continue
        below = [other for other in range(len(page)) if other != index and _under(page[other].line, placed.line)]
        below.sort(key=lambda other: page[other].line.baseline)
        keys = [at for at, other in enumerate(below) if _is_key(page[other].line.text.strip())]
        if keys or _SIGNED_KEY.search(text, found.end()) or text.startswith("Signature"):
            strips.update({index, *below[: keys[-1] + 1 if keys else 0]})
    return strips


def _is_key(text: str) -> bool:
    return _SIGNED_KEY.match(text) is not None or _SIGNED_AT.fullmatch(text) is not None


def _under(line: Printed, anchor: Printed) -> bool:
    """Whether a line belongs to the strip that another starts: in its column, in print as small, a few lines down."""
    down = line.baseline - anchor.baseline
    return (
        line.angle == anchor.angle
        and 0 <= down <= _STRIP_LINES * anchor.height * 1.2
        and line.left < anchor.right
        and line.right > anchor.left
        and abs(line.left - anchor.left) <= 3 * anchor.height
        and line.height <= anchor.height * 1.15
    )


def _numbers(pages: Sequence[Sequence[Placed]], dropped: list[set[int]]) -> None:
    """Adds running page numbers; Roman ones and pairs where several count on: a heading may be a numeral alone."""
    found: dict[tuple[int, int], int] = {}
    roman: dict[tuple[int, int], int] = {}
    spread: dict[tuple[int, int], int] = {}
    for number, page in enumerate(pages):
        left = [index for index in range(len(page)) if index not in dropped[number]]
        edges = [*_while_numbers(page, left), *_while_numbers(page, left[::-1])]
        margins = [index for index in left if page[index].from_edge <= _NUMBER_OUTER and _alone(page, left, index)]
        for index in {*edges, *margins}:
            match = _NUMBER.fullmatch(page[index].line.text)
            if match:
                found[number, index] = int(match[1]) - number - 1
        for index in margins:
            value = numeral(page[index].line.text)
            if value:
                roman[number, index] = value - number - 1
            pair = _SPREAD.fullmatch(page[index].line.text)
            if pair and int(pair[2]) == int(pair[1]) + 1:
                spread[number, index] = int(pair[1]) - 2 * number - 1
        # The two stand far apart on a sheet, mostly as a line each.
        beside = sorted((page[index].line.left, index) for index in margins if (number, index) in found)
        for (_, left_one), (_, right_one) in pairwise(beside):
            first = found[number, left_one] + number + 1
            if found[number, right_one] + number == first:
                spread[number, left_one] = spread[number, right_one] = first - 2 * number - 1
    for numbers, proves_itself in ((found, True), (roman, False), (spread, False)):
        at = Counter(distance for distance, _ in {(distance, page) for (page, _), distance in numbers.items()})
        for (page_number, index), distance in numbers.items():
            if at[distance] > 1 or (distance == 0 and proves_itself):
                dropped[page_number].add(index)


def numeral(text: str) -> int:
    """The value of a Roman numeral that stands alone, 0 where a text is none."""
    match = _ROMAN.fullmatch(text)
    values = [_ROMAN_VALUES[sign] for sign in match[1].lower()] if match else []
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=False))


def _while_numbers(page: Sequence[Placed], indexes: Sequence[int]) -> Iterator[int]:
    """The lines from an edge inwards that are numbers alone: a stamp and a field may both print the page's number."""
    for index in indexes:
        if not _NUMBER.fullmatch(page[index].line.text):
            return
        yield index


def _alone(page: Sequence[Placed], left: Sequence[int], index: int) -> bool:
    """Whether nothing else of the document stands beside a line."""
    line = page[index].line
    return not any(
        other != index
        and page[other].line.angle == line.angle
        and abs(page[other].line.baseline - line.baseline) < line.height / 2
        and not _NUMBER.fullmatch(page[other].line.text)
        for other in left
    )


def _running(
    pages: Sequence[Sequence[Placed]], dropped: Sequence[set[int]], tables: Sequence[bool], top: bool
) -> Iterator[tuple[int, int]]:
    """The outermost lines that run over several pages at the same place: (page, index)."""
    place: Callable[[Placed], float] = (lambda p: p.from_top) if top else (lambda p: p.from_bottom)
    outermost: list[list[int]] = [_outermost(page, dropped[number], place) for number, page in enumerate(pages)]
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, indexes in enumerate(outermost):
        for index in indexes:
            if place(pages[number][index]) / pages[number][index].page_height <= _OUTER:
                groups[_key(pages[number][index].line.text)].append((number, index))
    for members in groups.values():
        for same in _at_one_place(members, lambda m: place(pages[m[0]][m[1]])):
            having = {number for number, _ in same}
            others = [
                place(pages[number][indexes[0]])
                for number, indexes in enumerate(outermost)
                if indexes and number not in having
            ]
            beside = {n for n, i in same if tables[n] or _others(pages[n], i, dropped[n], place)}
            apart = {n for n, i in same if _stands_apart(pages[n], i, dropped[n], place)}
            numbers = sorted(beside if len(beside) >= _OFTEN else beside & apart)
            counted = _counts_on([(n, pages[n][i].line.text) for n, i in same])
            if numbers and counted and _runs([pages[n][i] for n, i in same], numbers, others, place, top):
                yield from same


def _counts_on(lines: Sequence[tuple[int, str]]) -> bool:
    """Whether lines alike but for numbers, by page, differ as page numbers do; "Tháng 5:", "Tháng 3:" do not."""
    for values in zip(*((_DIGITS.findall(text)) for _, text in lines), strict=True):
        distances = Counter(
            int(value) - page for (page, _), value in zip(lines, values, strict=True) if len(value) <= _LONGEST_NUMBER
        )
        steady = max(distances.values(), default=0)
        if len(set(values)) > 1 and steady < _STEADY * len(values):
            return False
    return True


def _others(page: Sequence[Placed], index: int, dropped: set[int], place: Callable[[Placed], float]) -> list[float]:
    """How much further in the other lines of a page stand than one of them."""
    own = place(page[index])
    inner = (place(page[other]) - own for other in range(len(page)) if other not in dropped)
    return [distance for distance in inner if distance > _SAME_PLACE]


def _stands_apart(page: Sequence[Placed], index: int, dropped: set[int], place: Callable[[Placed], float]) -> bool:
    """Whether the next line stands further off than a line of the same paragraph would."""
    return min(_others(page, index, dropped, place), default=1e9) > _APART * page[index].line.height


def _outermost(page: Sequence[Placed], dropped: set[int], place: Callable[[Placed], float]) -> list[int]:
    """The lines of a page that stand nearest to an edge, side by side, those of each direction apart."""
    left = [index for index in range(len(page)) if index not in dropped]
    found: list[int] = []
    for angle in {page[index].line.angle for index in left}:
        own = [index for index in left if page[index].line.angle == angle]
        nearest = min(place(page[index]) for index in own)
        edge = [index for index in own if place(page[index]) - nearest <= _SAME_PLACE]
        found += [] if _is_tabular([page[index].line for index in edge]) else edge
    return sorted(found, key=lambda index: place(page[index]))


def _is_tabular(lines: Sequence[Printed]) -> bool:
    """Whether lines side by side are the heads of columns: several gaps, and no page number."""
    words = sorted((word for line in lines for word in line.words), key=lambda word: word.left)
    gaps = sum(after.left - before.right > _COLUMN_GAP * after.height for before, after in pairwise(words))
    return gaps > 1 and not any(_NUMBER.fullmatch(line.text) for line in lines)


def _key(text: str) -> str:
    return _DIGITS.sub("#", " ".join(fold(text).split()))


def _at_one_place(
    members: Sequence[tuple[int, int]], place: Callable[[tuple[int, int]], float]
) -> Iterator[list[tuple[int, int]]]:
    """Members grouped by how far from the edge they stand."""
    group: list[tuple[int, int]] = []
    for member in sorted(members, key=place):
        if group and place(member) - place(group[-1]) > _SAME_PLACE:
            yield group
            group = []
        group.append(member)
    if group:
        yield group


def _runs(
    lines: Sequence[Placed],
    numbers: Sequence[int],
    others: Sequence[float],
    place: Callable[[Placed], float],
    top: bool,
) -> bool:
    """Whether lines with the same words at the same place of several pages run along, rather than repeat by chance.

    ``numbers``: their pages; ``others``: where the outermost lines of the other pages stand. Where text starts at that
    very place on other pages, the line is a heading that a page happens to start with.
    """
    words = {" ".join(placed.line.text.split()) for placed in lines}
    key = _key(lines[0].line.text)
    count, span = len(set(numbers)), max(numbers) - min(numbers) + 1
    heading = top and _HEADING.match(key) is not None
    if count < 2 or count * 2 < span or not any(map(str.isalnum, key)) or (heading and len(words) > 1):  # noqa: PLR2004  (small counts, plain where they stand)
        return False
    where = sum(map(place, lines)) / len(lines)
    if sum(abs(other - where) <= _SAME_PLACE for other in others) > len(others) / 4:
        return False
    in_margin = where / lines[0].page_height <= _MARGIN
    if count >= _OFTEN:
        return in_margin or bool(others) or not heading
    return in_margin and not heading
