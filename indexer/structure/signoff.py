"""The end of a document: who signs it in which office, and who receives it (nơi nhận)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.language.letters import LOWER, UPPER
from corpus.language.normalise import compose
from indexer.structure.blocks import Block
from indexer.structure.parts import CAPACITY, OFFICE, RECIPIENTS, Part

_NAME_WORD = rf"[{UPPER}][{LOWER}]*"
_PERSON = re.compile(
    rf"(?:(?:PGS|GS|TS|ThS|BS|CN|KS|BSCK\w*|Ths)\.?\s*)*({_NAME_WORD}(?:\s+{_NAME_WORD}){{1,4}})(?=\s*(?:$|[(\W_]|\d))"
)
_PERSON_CAPS = re.compile(rf"([{UPPER}]{{2,}}(?:\s+[{UPPER}]+){{1,4}})\s*$")
_SIGNED = re.compile(r"\(\s*(?:[Đđ]ã\s+ký|[Kk]ý\s*tên|[Kk]ý|[Cc]hữ\s+ký)[^)]*\)|[Đđ]ã\s+ký\b|\[?daky\]?", re.IGNORECASE)
_ITEM = re.compile(r"(?:^|\n)\s*[-–—+•*]\s*|;\s*[-–—]\s+(?=\S)")
_FILE_COPY = re.compile(r"[-–—+•*]\s*Lưu\b")
_LISTED = re.compile(r"(?m)^\s*[-–—+•*]\s.*$")
_LIST_START = re.compile(r"\s*[-–—+•*]\s*\S")
# Why a copy goes to somebody: "(để báo cáo)", "(b/c)". It belongs to the name before it, whatever stands between.
_REMARK = re.compile(r"\([^()]{1,40}\)[\s;,.]*$")
_BEFORE_REMARK = re.compile(r"\s*;\s*(?=\([^()]{1,40}\)$)")
_CAPITALS_LINE = re.compile(rf"[\W_]*[{UPPER}][{UPPER}\s.,/-]{{4,}}[\W_]*$")
_LONGEST_RECIPIENT = 200
_BROKEN_HEADING = re.compile(r"N[ơƠ][iI]\s*\n\s*nh[ậẬ]n")
_INDENT = 12  # blanks before a line that stands in the right column


def _tail_lines(text: str, blocks: Sequence[Block], part: Part) -> Iterator[tuple[str, bool]]:
    """The lines of a sign-off, left column only, and whether a blank line stands before each."""
    for block in blocks[part.tail : part.last]:
        start = text.rfind("\n", 0, block.start) + 1
        if text[start : block.start].strip():
            start = block.start  # glued to the words before it
        listing = _BROKEN_HEADING.sub("Nơi nhận", text[start : block.end])
        for at, raw in enumerate(listing.split("\n")):
            words = re.split(r"\s{3,}|\t", compose(raw).strip(" \t\r|*_"))[0]
            in_right_column = len(raw) - len(raw.lstrip()) >= _INDENT and not _LIST_START.match(words)
            if words and not in_right_column:
                yield words, block.gap and at == 0


def recipients_of(text: str, blocks: Sequence[Block], part: Part) -> tuple[str, ...]:
    """The recipients as written, one an item, without bullets and end punctuation."""
    lines: list[str] = []
    listed = signed = named = False
    for line, gap in _tail_lines(text, blocks, part):
        start = RECIPIENTS.match(line)
        words = line
        if start is not None and not listed:
            listed = True
            words = line[start.end() :].strip(" *_:")
        if not listed or not words:
            continue
        is_item = _LIST_START.match(words) is not None
        if CAPACITY.match(words) or (_CAPITALS_LINE.match(words) and OFFICE.search(words)):
            signed = True  # of two columns that are read line by line, the list may go on below
        elif (lines and gap and not is_item) or (named and not _FILE_COPY.match(words)):
            break
        elif signed and not is_item and not (lines and words[0].islower()):
            named = True  # the name of who signs; below it the file copy at most
        else:
            lines.append(words)
    return _items(lines)


def _items(lines: Sequence[str]) -> tuple[str, ...]:
    items: list[list[str]] = []
    for line in lines:
        for at, piece in enumerate(_ITEM.split("\n" + line if _LIST_START.match(line) else line)):
            words = " ".join(piece.split())
            if not words:
                continue
            goes_on = not _LIST_START.match(line) and (
                not items or not items[-1][-1].endswith(";") or _REMARK.match(words)
            )
            if at == 0 and items and goes_on:
                items[-1].append(words)
            else:
                items.append([words])
    tidy = (_BEFORE_REMARK.sub(" ", " ".join(item).strip(" ;,.:*_-–")) for item in items)
    return tuple(item for item in tidy if 0 < len(item) <= _LONGEST_RECIPIENT)


def signature_of(text: str, blocks: Sequence[Block], part: Part) -> tuple[str | None, str | None]:
    """The signer and the office that he or she signs in: "Phó Chủ tịch" of "KT. CHỦ TỊCH / PHÓ CHỦ TỊCH"."""
    tail = [text[block.start : block.end] for block in blocks[part.tail : part.last]]
    zone = compose("\n".join(tail))
    zone = _SIGNED.sub("\n", zone)
    collapsed = re.sub(r"[*_|]+", " ", zone)
    collapsed = " ".join(collapsed.split())
    offices = list(OFFICE.finditer(collapsed))
    if offices:
        last = offices[-1]
        if _LIST_START.match(collapsed[last.end() :]):
            # Two columns read line by line: the name is below the list beside it.
            return _alone(_LISTED.sub("", zone)), _office_name(last[0])
        person = _PERSON.match(collapsed[last.end() :].lstrip(" .,:-"))
        if person is None:
            rest = collapsed[last.end() :]
            # The office may run on: "CHÁNH VĂN PHÒNG UBND TỈNH", "GIÁM ĐỐC SỞ Y TẾ".
            found = re.search(
                rf"(?<![{UPPER}.])({_NAME_WORD[: -len('*')]}+(?:\s+{_NAME_WORD[: -len('*')]}+){{1,4}})", rest[:120]
            )
            name = found[1] if found else None
        else:
            name = person[1]
        return name, _office_name(last[0])
    return _alone(zone), None


def _alone(zone: str) -> str | None:
    """The last line that is a person's name and nothing else, below any list of recipients."""
    for line in reversed(zone.split("\n")):
        words = " ".join(re.sub(r"[*_|]+", " ", line).split())
        if _LIST_START.match(words) or RECIPIENTS.match(words):
            break
        person = _PERSON.fullmatch(words)
        if person is not None:
            return person[1]
    return None


_INNER_CAPITALS = (
    ("văn phòng", "Văn phòng"),
    ("thanh tra", "Thanh tra"),
    ("giám đốc", "Giám đốc"),
    ("chủ tịch", "Chủ tịch"),
)


def _office_name(printed: str) -> str:
    """An office in normal case: "PHÓ CHỦ TỊCH" gives "Phó Chủ tịch"."""
    name = printed.lower()
    for low, cased in _INNER_CAPITALS:
        name = name.replace(low, cased)
    for first in ("phó ", "quyền "):
        if name.startswith(first):
            return first.capitalize() + name[len(first) :][:1].upper() + name[len(first) + 1 :]
    return name[:1].upper() + name[1:]
