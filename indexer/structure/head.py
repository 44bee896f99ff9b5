"""Where a document's header stands: number, type, title, issuing bodies, place and date, as spans and printed words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.language.dates import find_dates
from corpus.language.doctypes import type_names
from corpus.language.letters import LOWER, UPPER
from corpus.language.normalise import compose, fold
from corpus.language.numbers import find_numbers, symbol_of, tidy_number
from corpus.model import LineKind, SourceText
from indexer.structure.markers import Kind, read_marker

_LONGEST = 80  # lines in which a header must have ended
_LONGEST_TITLE = 12  # lines


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line without blanks and decoration around it; ``gap``: a blank line comes before, ``whole``: a paragraph."""

    words: str
    start: int
    end: int
    gap: bool
    kind: LineKind
    whole: bool = False

    @property
    def long(self) -> bool:
        """Whether the line is a paragraph too long to belong to a title."""
        return self.whole and len(self.words.split()) > _LONG_LINE


@dataclass(frozen=True, slots=True)
class Head:
    """What the header prints, None where it prints nothing. ``end``: where it ends in the text, 0 without a header.

    ``bodies``: the issuing bodies above the number, outermost first. ``authority``: the body named between the title
    and the legal bases of a decision. ``is_official``: the national motto, a number or a type is there.
    """

    number: str | None
    symbol: str | None
    type: str | None
    title: str | None
    bodies: tuple[str, ...]
    authority: str | None
    place: str | None
    issued_on: date | None
    is_letter: bool
    is_official: bool
    end: int


_BLANK_NUMBER = re.compile(
    r"S[ốô]\s*[:.]?\s*[.…_\s]*(?P<year>/\s*\d{4})?\s*/\s*(?P<symbol>[A-ZĐ][\w&]*(?:\s?[-–/]\s?[A-ZĐ][\w&]*)*)"
)
_NUMBER_LINE = re.compile(r"(?:S[ốôóỐ]|Sổ)\s*[:;.]?\s*(?=[\d.…_/\s])")
_MOTTO = re.compile(
    r"""C[ỘO]NG\s+H(?:ÒA|OÀ|OA)(?:\s+X[ÃA]\s+H[ỘO]I)?(?:\s+CH[ỦU]\s+NGH[ĨI]A)?(?:\s+VI[ỆE]T\s+NAM)?
      | (?:X[ÃA]\s+H[ỘO]I\s+)?(?:H[ỘO]I\s+)?CH[ỦU]\s+NGH[ĨI]A\s+VI[ỆE]T\s+NAM
      | Đ[ộo]c\s+l[ậa]p\s*[-–.]*\s*T[ựư]\s+do\s*[-–.]*\s*H[ạa]nh\s+ph[úu]c
      | Đ[ẢA]NG\s+C[ỘO]NG\s+S[ẢA]N\s+VI[ỆE]T\s+NAM""",
    re.VERBOSE,
)
_DAY_WORDS = (
    r"[Nn]gày(?P<date>[\s.…_]*\w{0,2}[\s.…_]*tháng[\s.…_]*\w{0,2}[\s.…_]*năm[\s.…_]*(?P<year>(?:\d{4})?)"
    r"|\s*\d{1,2}[/.-]\d{1,2}[/.-](?P<year2>\d{4}))"
)
_PLACE_DATE = re.compile(rf"(?:^|\s{{2,}}|\t)(?P<place>[^\W\d_][^,;:\n|/]{{0,40}}?)\s*,\s*{_DAY_WORDS}")
# A place that a line break parted: "Thành phố Hồ / Chí Minh, ngày …", "Bà Rịa - / Vũng Tàu, ngày …".
_PLACE_GOES_ON = re.compile(r"(?:^|\s{2,})(?:(?:Thành\s+phố|TP\.?|Tỉnh|Thị\s+xã|Huyện)\s[^,]{0,20}|[^,]{2,20}[-–])$")
_FIRST_OF_PLACE = re.compile(rf"[{UPPER}][{LOWER}]*(?:\s[{UPPER}][{LOWER}]*)?")  # "Hà / Nội, ngày …"
_BODY = re.compile(
    r"""(?:CHỦ\s+TỊCH\s+)?(?:Ủ[YỲ]|UỶ)\b|UBND|HĐND|HỘI\s+ĐỒNG|HỘI\s+LIÊN|SỞ\b|BAN\s+(?!NHÂN\s+DÂN)|CÔNG\s+AN|CỤC|CHI\s+CỤC|VĂN\s+PHÒNG
      |TỈNH\s+(?:ỦY|UỶ|ĐOÀN|ĐẢNG)|THÀNH\s+(?:ỦY|UỶ|ĐOÀN)|HUYỆN\s+(?:ỦY|UỶ)|QUẬN\s+(?:ỦY|UỶ)|ĐẢNG\s+(?:ỦY|UỶ|BỘ)|TRƯỜNG\b|TRUNG\s+TÂM
      |BỘ\b|CHÍNH\s+PHỦ|THỦ\s+TƯỚNG|QUỐC\s+HỘI|THANH\s+TRA|BẢO\s+HIỂM|PHÒNG\b|TỔNG\s+CỤC|VIỆN\b|BỆNH\s+VIỆN|MẶT\s+TRẬN|ĐÀI\b|BÁO\b|KHO\s+BẠC|NGÂN\s+HÀNG
      |LIÊN\s+ĐOÀN|ĐOÀN\b|TÒA\s+ÁN|TÒA\b|QUỸ\b|CHỦ\s+TỊCH|BCĐ\b|TỔ\s+""",
    re.VERBOSE,
)
_BROKEN_BODY = re.compile(r"(?:CHỦ\s+TỊCH\s+)?(?:HỘI\s+ĐỒNG|Ủ[YỲ]\s+BAN|UỶ\s+BAN)\s+NHÂN\s+DÂN")
_PREAMBLE = re.compile(
    r"(?:Căn\s+cứ|Thực\s+hiện|Triển\s+khai\s+thực\s+hiện|Để\s|Nhằm\s|Xét\s|Theo\s|Kính\s+gửi|Ngày\s+\d|Trong\s|Tiếp\s+tục\s+thực\s+hiện"
    r"|(?:QUYẾT|NGHỊ)\s+(?:ĐỊNH|QUYẾT)\s*:|\(?\s*(?:Ban\s+hành\s+)?[Kk]èm\s+theo|\(Ban\s+hành)"
)
_MAY_START_TITLE = re.compile(r"(?:Thực\s+hiện|Triển\s+khai|Tiếp\s+tục|Về\s)")
_LONG_LINE = 25  # words: longer than a title goes on a line of its own
_RULE = re.compile(r"[\W_]*$")
_SUBJECT = re.compile(r"(?:V/v|V/V|Vv|Về\s+việc)\s*:?\s*")
_AUTHORITY = re.compile(
    rf"(?:(?:CHỦ\s+TỊCH\s+)?(?:Ủ[YỲ]|UỶ)\s*BAN\s+NHÂN\s+DÂN|HỘI\s+ĐỒNG\s+NHÂN\s+DÂN|(?:TỔNG\s+)?GIÁM\s+ĐỐC|BỘ\s+TRƯỞNG"
    rf"|THỦ\s+TƯỚNG)[^{LOWER};:.]*(?![{LOWER}])"
)
_ENACTED_WITH = re.compile(r"\(?\s*(?:Ban\s+hành\s+)?[Kk]èm\s+theo\s+(?P<what>[^)]{5,240})")


def _squeezed(words: str) -> str:
    return re.sub(r"[\W_]+", "", fold(words))


_TYPES = {_squeezed(name): name for name in type_names()}
_TYPE_START = re.compile(
    "(?:"
    + "|".join(r"\s+".join(name.upper().split()) for name in sorted(type_names(), key=len, reverse=True))
    + r")(?=\s)"
)
_LONGEST_TYPE = max(map(len, _TYPES))


def head_lines(source: SourceText) -> list[HeadLine]:
    """The first lines, decoration and blanks taken off; the cells of a table row are lines of their own."""
    lines: list[HeadLine] = []
    gap = True
    for line in source.lines:
        words = source.text[line.start : line.end]
        at = line.start
        for cell in re.split(r"(\s*\|\s*)", words) if "|" in words else [words]:
            stripped = cell.strip(" \t\r\f\u00a0*#_|>")
            if stripped and not re.fullmatch(r"\s*\|\s*", cell):
                start = at + cell.find(stripped)
                lines.append(
                    HeadLine(compose(stripped), start, start + len(stripped), gap, line.kind, not source.wrapped)
                )
                gap = False
            at += len(cell)
        if not words.strip():
            gap = True
        if len(lines) >= _LONGEST:
            break
    return lines


def _is_caps(words: str) -> bool:
    letters = [letter for letter in words if letter.isalpha()]
    return len(letters) > 1 and sum(letter.isupper() for letter in letters) >= 0.9 * len(letters)


def _type_at(lines: Sequence[HeadLine], at: int) -> tuple[str, int, int] | None:
    """The type that lines name from ``at`` on: its name, the line after it, and how far into the last line it goes."""
    line = lines[at]
    joined = ""
    for taken in (1, 2):
        if at + taken > len(lines):
            break
        joined += lines[at + taken - 1].words
        if len(joined) > 2 * _LONGEST_TYPE:
            break
        name = _TYPES.get(_squeezed(joined))
        if name and (_is_caps(joined) or line.kind is LineKind.HEADING or taken == 1) and not joined.endswith(":"):
            return name, at + taken, 0
    match = _TYPE_START.match(line.words)
    if match and (_is_caps(line.words) or _SUBJECT.match(line.words[match.end() :].strip())):
        return _TYPES[_squeezed(match[0])], at, match.end()
    return None


def _starts_body(line: HeadLine) -> bool:
    if _PREAMBLE.match(line.words):
        return True
    marker = read_marker(line.words)
    return marker is not None and marker.kind not in {Kind.LETTER, Kind.CAPITAL}


def read_head(source: SourceText) -> Head:
    """The header of a text, found by its printed words alone."""
    lines = head_lines(source)
    body = next(
        (at for at, line in enumerate(lines) if _starts_body(line) and not _NUMBER_LINE.match(line.words)), len(lines)
    )
    found = next(((at, hit) for at in range(body) if (hit := _type_at(lines, at)) is not None), None)
    type_at, (type_name, title_at, into) = found if found else (body, (None, body, 0))
    above = lines[:type_at]
    number_at, number, symbol = _number(above)
    subject = _subject(lines, number_at, type_at, body) if found is None else None
    place_at, place, issued_on = _place_and_date(above)
    title, title_last = None, -1
    if found is not None:
        title, title_last = _title(lines, title_at, into)
        title_last = max(title_last, title_at - 1)
    elif subject is not None:
        title, title_last = subject
    has_motto = any(_MOTTO.search(line.words) for line in above)
    is_official = has_motto or number is not None or symbol is not None or found is not None
    bodies_end = min(at for at in (number_at, place_at, type_at) if at is not None)
    last = max([title_last, *(at for at in (number_at, place_at) if at is not None)])
    enacted = _enacted_with(lines, title_last)
    if number is None and symbol is None and enacted is not None and found is not None:
        number, symbol, issued_on = enacted[0], symbol_of(enacted[0]), issued_on or enacted[1]
    return Head(
        number=number,
        symbol=symbol,
        type=type_name,
        title=title,
        bodies=tuple(_bodies(above[:bodies_end])) if is_official else (),
        authority=_authority(lines, title_last + 1) if found is not None else None,
        place=place,
        issued_on=issued_on,
        is_letter=found is None and (subject is not None or (number is not None and _addresses(lines))),
        is_official=is_official,
        end=lines[last].end if last >= 0 else 0,
    )


def _addresses(lines: Sequence[HeadLine]) -> bool:
    return any(line.words.startswith(("Kính gửi", "Kính gởi")) for line in lines)


def _number(lines: Sequence[HeadLine]) -> tuple[int | None, str | None, str | None]:
    for at, line in enumerate(lines):
        label = re.search(r"(?<!\w)(?:S[ốôóỐ]|Sổ)\s*[:;.]?(?=[\s\d.…_/]|$)", line.words)
        if label is None or (label.start() > 0 and not re.search(r"\s{2}$", line.words[: label.start()])):
            continue
        after = line.words[label.end() :]
        if not re.search(r"\w", after) and at + 1 < len(lines):
            after += " " + lines[at + 1].words
        numbers = find_numbers(after[:60].replace(",", ""))
        if numbers and not after[: numbers[0].start].strip(" .…_"):
            return at, numbers[0].number, symbol_of(numbers[0].number)
        blank = _BLANK_NUMBER.match(line.words[label.start() :])
        if blank is not None:
            return at, None, tidy_number(blank["symbol"])
        bare = re.match(r"\s*(\d{1,6})\s*(?:$|\s{2})", after)
        if bare is not None:
            return at, bare[1], None
    return None, None, None


def _place_and_date(lines: Sequence[HeadLine]) -> tuple[int | None, str | None, date | None]:
    for at, line in enumerate(lines):
        first = line.words
        if (number := find_numbers(first)) and _NUMBER_LINE.match(first):
            first = first[number[-1].end :].strip()
        if "," not in first and not _PLACE_GOES_ON.search(first):
            continue
        # The place and date take up to three lines.
        joined = first
        for taken in range(at, min(at + 3, len(lines))):
            if taken > at:
                joined += " " + lines[taken].words
            match = _PLACE_DATE.search(joined)
            if match is not None and (match["year"] or match["year2"] or taken in {at + 2, len(lines) - 1}):
                dates = find_dates("ngày" + match["date"])
                place = " ".join(match["place"].split())
                if " " not in place and at and _FIRST_OF_PLACE.fullmatch(lines[at - 1].words):
                    place = f"{lines[at - 1].words} {place}"
                return taken, place, dates[0].value if dates else None
    return None, None, None


def _bodies(lines: Sequence[HeadLine]) -> Iterator[str]:
    text = "\n".join(line.words for line in lines)
    text = _BROKEN_BODY.sub(lambda match: " ".join(match[0].split()), _MOTTO.sub("\n", text))
    held: list[str] = []
    text = re.sub(
        r"((?:UBND|Ủ[YỲ] BAN NHÂN DÂN|UỶ BAN NHÂN DÂN)[^\n]*?\S) (?=(?:SỞ|BAN QUẢN LÝ|PHÒNG) )", r"\1\n", text
    )
    for piece in re.split(r"\n|\s{2,}|\t", text):
        words = " ".join(piece.split()).strip(" -–—_*|.")
        if not words or not re.search(r"\w", words):
            continue
        starts = _BODY.match(words) is not None
        if starts and held and not _is_unfinished(held[-1]):
            yield " ".join(held)
            held = []
        if (held or starts) and _is_caps(words):
            held.append(words)
        elif held:
            break
    if held:
        yield " ".join(held)


def _is_unfinished(words: str) -> bool:
    return bool(re.search(r"(?:CHỦ TỊCH|VĂN PHÒNG|CỦA|VÀ|,|-|THUỘC|Ủ[YỲ]|UỶ)$", words))


def _subject(lines: Sequence[HeadLine], number_at: int | None, type_at: int, body: int) -> tuple[str, int] | None:
    """The subject of a letter ("V/v …") below its number."""
    if number_at is None:
        return None
    for at in range(number_at, min(type_at, body)):
        match = _SUBJECT.match(lines[at].words)
        if match is None:
            continue
        taken, last = [lines[at].words[match.end() :]], at
        for below in range(at + 1, min(at + _LONGEST_TITLE, body)):
            line = lines[below]
            if line.gap or _PLACE_DATE.search(line.words) or _MOTTO.search(line.words) or line.words.startswith("Kính"):
                break
            taken.append(line.words)
            last = below
        return " ".join(" ".join(taken).split()).strip(" .;:*"), last
    return None


def _starts_authority(lines: Sequence[HeadLine], at: int) -> bool:
    """Whether the body that decides stands here: its name in capitals, then "Căn cứ", perhaps without a break."""
    joined = " ".join(below.words for below in lines[at : at + 4])
    match = _AUTHORITY.match(joined)
    return match is not None and bool(
        re.match(r"[\W_]*(?:Căn\s+cứ|Xét\s|Theo\s|Thực\s+hiện|QUYẾT\s+ĐỊNH\s*:)", joined[match.end() :])
    )


def _ends_title(lines: Sequence[HeadLine], at: int, taken: Sequence[str]) -> bool:  # noqa: PLR0911  one return a rule
    line = lines[at]
    if _RULE.match(line.words) or _PLACE_DATE.match(line.words) or (taken and _starts_body(line)):
        return True
    if not taken and _starts_body(line):
        # A title may itself start with "Thực hiện …"; a paragraph of the preamble is a sentence.
        return not _MAY_START_TITLE.match(line.words) or line.words.endswith((".", ";", ":", ",")) or line.long
    if _starts_authority(lines, at) and not (taken and re.search(r"(?:CỦA|DO|TẠI|VÀ|,|CHỦ TỊCH)$", taken[-1])):
        return True
    if not taken:
        return False
    caps_before, caps = _is_caps(taken[-1]), _is_caps(line.words)
    if line.whole and not caps and (line.long or line.words.endswith((".", ";", ":", ","))):
        return True
    if not any(letter.isalpha() for letter in line.words):
        return line.gap  # "2021 - 2025", the end of a title
    if caps_before and not caps:
        return True
    if line.gap and not caps_before:
        return not (line.words[0].islower() and not taken[-1].endswith((".", ":", ";")))
    if not caps_before and caps:
        return True
    return taken[-1].endswith((".", ";", ":")) and not caps


def _title(lines: Sequence[HeadLine], at: int, into: int) -> tuple[str | None, int]:
    taken: list[str] = []
    last = at - 1
    if into:
        taken.append(lines[at].words[into:].strip(" :*-–"))
        last, at = at, at + 1
    while at < len(lines) and len(taken) < _LONGEST_TITLE and not _ends_title(lines, at, taken):
        words = lines[at].words
        glued = re.search(rf"(?<=[{UPPER}])(?=Căn\s+cứ|Thực\s+hiện\s[{UPPER}])", words)
        taken.append(words[: glued.start()] if glued else words)
        last = at
        at += 1
        if glued:
            break
    title = " ".join(" ".join(taken).split()).strip(" .;:*-–_")
    return title or None, last


def _authority(lines: Sequence[HeadLine], at: int) -> str | None:
    """The body in whose competence a decision is taken, in capitals above "Căn cứ"."""
    joined = " ".join(line.words for line in lines[at : at + 4] if not _RULE.match(line.words))
    match = _AUTHORITY.match(joined)
    if match is None:
        return None
    words = " ".join(match[0].split())
    return words.strip(" -–_*") or None


def _enacted_with(lines: Sequence[HeadLine], title_last: int) -> tuple[str, date | None] | None:
    joined = " ".join(line.words for line in lines[title_last + 1 : title_last + 5])
    match = _ENACTED_WITH.match(joined)
    if match is None:
        return None
    numbers, dates = find_numbers(match["what"]), find_dates(match["what"])
    return (numbers[0].number, dates[0].value if dates else None) if numbers else None
