"""The parts of a file: the document itself, what is attached to it, its annexes; and where each is signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.language.doctypes import type_named
from corpus.language.letters import UPPER
from corpus.language.normalise import compose
from indexer.structure.blocks import Block
from indexer.structure.markers import Kind, read_marker


@dataclass(frozen=True, slots=True)
class Part:
    """A run of blocks: ``first`` to ``tail`` (exclusive) is its text, ``tail`` to ``last`` (exclusive) its sign-off.

    ``type``: the name in capitals over an attached document ("Kế hoạch"), None for the first part and for annexes.
    """

    first: int
    tail: int
    last: int
    type: str | None = None


RECIPIENTS = re.compile(r"[\W_]*N[ơƠ][iI]\s+nh[ậẬ]n\s*(?::|\.|$)|[\W_]*NƠI\s+NHẬN\s*(?::|\.|$)")
"""The heading of the list of recipients (nơi nhận)."""

CAPACITY = re.compile(
    rf"[\W_]*(?:(?:TM|KT|TL|TUQ)\s*[./]|(?:T/M|K/T|T/L)[./]?)\s*(?:[{UPPER}]|$)|[\W_]*Q\.\s*[{UPPER}]{{2}}"
)
"""In whose name or instead of whom somebody signs (Decree 30/2020/NĐ-CP, annex I, section II.7)."""

_OFFICE = (
    r"CHỦ TỊCH|GIÁM ĐỐC|CHÁNH VĂN PHÒNG|BÍ THƯ|TRƯỞNG BAN|CHỦ NHIỆM|CỤC TRƯỞNG|CHI CỤC TRƯỞNG|VIỆN TRƯỞNG|HIỆU TRƯỞNG"
    r"|TỔNG GIÁM ĐỐC|TRƯỞNG PHÒNG|CHÁNH THANH TRA|BỘ TRƯỞNG|THỨ TRƯỞNG|THỦ TƯỚNG|TỔ TRƯỞNG|TRƯỞNG ĐOÀN"
)
OFFICE = re.compile(rf"(?:QUYỀN |PHÓ )?(?:{_OFFICE})(?: THƯỜNG TRỰC)?")
"""An office in capitals, blanks collapsed."""

_SIGNED_UNDER = re.compile(rf"[\W_]*{OFFICE.pattern}[\W_]*$")
_ATTACHED = re.compile(r"\(?\s*(?:Ban hành\s+(?:kèm|theo)|Kèm\s+theo|Đính\s+kèm)", re.IGNORECASE)
_STARTS_TABLE = re.compile(r"(?:DANH MỤC|QUY TRÌNH|BẢNG|BIỂU|DANH SÁCH|SƠ ĐỒ|NỘI DUNG|TIÊU CHÍ|MẪU)\b")
_NUMBERED = frozenset({Kind.PART, Kind.CHAPTER, Kind.ARTICLE, Kind.ROMAN, Kind.ANNEX, Kind.FORM})
_LONGEST_IN_TAIL = 24  # words of a block that is no list item
_NEAR_END = 12  # blocks between the recipients and the signature


def _collapsed(text: str, block: Block) -> str:
    return " ".join(compose(text[block.start : block.end]).split())


def _attached_type(text: str, block: Block) -> str | None:
    """The type in capitals that a block's first line names."""
    bare = compose(text[block.start : block.end]).split("\n", maxsplit=1)[0].strip("*#_ .:|")
    return type_named(bare) if bare.isupper() else None


def _opens_tail(words: str) -> bool:
    return bool(RECIPIENTS.match(words) or CAPACITY.match(words) or _SIGNED_UNDER.match(words))


def _in_tail(text: str, block: Block) -> bool:
    words = _collapsed(text, block)
    if words[0] in "-–+*•|_" or _opens_tail(words):
        return True
    marker = read_marker(words)
    if marker is not None and marker.kind in _NUMBERED:
        return False
    if _attached_type(text, block) or _ATTACHED.match(words) or _STARTS_TABLE.match(words):
        return False
    return len(words.split()) <= _LONGEST_IN_TAIL


def parts_of(text: str, blocks: Sequence[Block]) -> tuple[Part, ...]:
    """The parts of a text, in reading order, together all its blocks."""
    parts: list[Part] = []
    first, at, name = 0, 0, None
    while at < len(blocks):
        words = _collapsed(text, blocks[at])
        if at > first and _starts_annex(words, blocks[at]):
            parts.append(Part(first, at, at, name))
            first, name = at, None
        elif at > first and _opens_tail(words):
            tail = at
            at += 1
            while at < len(blocks) and _in_tail(text, blocks[at]):
                at += 1
            parts.append(Part(first, tail, at, name))
            first = at
            name = _attached_type(text, blocks[at]) if at < len(blocks) else None
        at += 1
    if first < len(blocks):
        parts.append(Part(first, len(blocks), len(blocks), name))
    return tuple(parts)


def _starts_annex(words: str, block: Block) -> bool:
    words = words.lstrip("*#_ ")
    marker = read_marker(words)
    return marker is not None and marker.kind is Kind.ANNEX and (words[:7].isupper() or block.gap)
