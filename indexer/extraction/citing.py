"""What a document says of one it cites: that it rests on it, carries it out, amends, replaces or reports on it."""

from __future__ import annotations

import re

from corpus.language.doctypes import ARTICLE, LETTER
from corpus.model import CitationKind
from indexer.extraction.context import Context
from indexer.structure.blocks import Block

_NORMS = frozenset({"Quyết định", "Nghị quyết", "Chỉ thị"})
_REPORTS = frozenset({"Báo cáo", ARTICLE})
_PLANS = frozenset({"Kế hoạch", "Chương trình", "Chương trình hành động", "Đề án", "Phương án"})
_NO_PLANS = frozenset({LETTER, "Tờ trình", "Thông báo", "Giấy mời", "Luật", "Nghị định", "Thông tư"})
# What opens a clause of the preamble, and what it says of the documents that follow it.
_OPENERS = (
    (CitationKind.CITES, r"(?:Theo|Xét)\s+(?:đề\s+nghị|tờ\s+trình|báo\s+cáo)|Xét\s|theo\s+đề\s+nghị"),
    (CitationKind.BASIS, r"Căn\s+cứ|căn\s+cứ|Theo\s|Trên\s+cơ\s+sở|Thi\s+hành\s+khoản"),
    (
        CitationKind.IMPLEMENTS,
        r"(?:Tiếp\s+tục|Để|Nhằm|Tổ\s+chức|tiếp\s+tục|để|nhằm)?\s*(?:[Tt]hực\s+hiện|[Tt]riển\s+khai|[Qq]uán\s+triệt|[Cc]ụ\s+thể\s+h[oó][áa]|[Tt]hi\s+hành)",
    ),
)
_OPENER = re.compile(
    r"(?:(?<=[;.])|^)[\s*_+–-]*(?:" + "|".join(f"(?P<k{at}>{words})" for at, (_, words) in enumerate(_OPENERS)) + ")"
)
_CARRIES_OUT = re.compile(r"(?:thực\s+hiện|triển\s+khai|thi\s+hành|cụ\s+thể\s+hóa|quán\s+triệt)[^;.]*$", re.IGNORECASE)
_AMENDS = re.compile(r"(?:sửa\s+đổi|bổ\s+sung|điều\s+chỉnh|đính\s+chính)[^;.]*$", re.IGNORECASE)
_REPLACES = re.compile(r"(?:thay\s+thế|bãi\s+bỏ|hủy\s+bỏ|huỷ\s+bỏ|thu\s+hồi)[^;.]*$", re.IGNORECASE)
_THIS_REPLACES = re.compile(r"này\b[^;.]*(?:thay\s+thế|bãi\s+bỏ|hủy\s+bỏ|huỷ\s+bỏ)[^.]*$", re.IGNORECASE)
_OPENS_REPLACING = re.compile(
    r"[\W_\d]*(?:Điều\s+\d+\w?\s*[.:]?\s*|[a-zđ]\)\s*|\d+[.)]\s*)?(?:(?:Nay\s+)?[Bb]ãi\s+bỏ|[Tt]hay\s+thế|[Hh][ủu][ỷy]?\s+bỏ)"
)
_OPENS_AMENDING = re.compile(
    r"[\W_\d]*(?:Điều\s+\d+\w?\s*[.:]?\s*|[a-zđ]\)\s*|\d+[.)]\s*)?(?:[Ss]ửa\s+đổi|[Bb]ổ\s+sung|[Đđ]iều\s+chỉnh|[Đđ]ính\s+chính)"
)
_ENDS = re.compile(r"[^;.]{0,400}?(?:hết\s+hiệu\s+lực|bị\s+bãi\s+bỏ|được\s+thay\s+thế\s+b)", re.IGNORECASE)
_LOOK_BACK = 3_000  # characters of a paragraph that bear on a citation in it
_REACH = 600  # characters in which a sentence says that a document ends
_SENTENCE = re.compile(r"\.(?=\s|$)")
_SENTENCE_LIMIT = re.compile(r"[;.](?=\s|$)")


def kind_of(context: Context, block: Block, at: int, type_: str | None, nested: bool) -> CitationKind:
    """What the words before ``at``, where a document of this type is cited, say of it.

    ``nested``: it stands in the title of another one, of which the words speak.
    """
    before = context.text[max(block.start, at - _LOOK_BACK) : at]
    clause = before[max((m.end() for m in _SENTENCE_LIMIT.finditer(before)), default=0) :]
    sentence = before[max((m.end() for m in _SENTENCE.finditer(before)), default=0) :]
    own_type = context.header.type
    if own_type in _NORMS or _THIS_REPLACES.search(sentence):
        changed = _changed(context, block, before, sentence, at)
        if changed is not None and not nested:
            return changed
    if own_type == ARTICLE and type_ in _PLANS:
        return CitationKind.REPORTS
    if at >= body_start(context):
        return CitationKind.CITES
    kind = _of_preamble(before, clause, context, block)
    if nested and kind is not CitationKind.BASIS:
        return CitationKind.CITES
    if kind is CitationKind.IMPLEMENTS and own_type in _REPORTS and type_ not in _NO_PLANS:
        return CitationKind.REPORTS
    return kind


def body_start(context: Context) -> int:
    """Where the first provision starts; of a text without any, the end of its first part."""
    if context.provisions:
        return context.provisions[0].start
    return context.blocks[context.parts[0].tail - 1].end if context.parts and context.parts[0].tail else 0


def _changed(context: Context, block: Block, before: str, sentence: str, at: int) -> CitationKind | None:
    """Whether this document replaces or amends the one cited: it says so of itself, or an article opens with it."""
    after = context.text[at : min(block.end, at + _REACH)]
    if _THIS_REPLACES.search(sentence) or (context.header.type in _NORMS and _ENDS.match(after) and "này" in after):
        return CitationKind.REPLACES
    if at < body_start(context) and not _is_title(before):
        return None
    if _OPENS_REPLACING.match(before) or (
        _is_title(before) and at < body_start(context) and _REPLACES.search(sentence)
    ):
        return CitationKind.REPLACES
    if _OPENS_AMENDING.match(before) or (_is_title(before) and at < body_start(context) and _AMENDS.search(sentence)):
        return CitationKind.AMENDS
    return None


def _is_title(before: str) -> bool:
    return _OPENER.search(before) is None


def _of_preamble(before: str, clause: str, context: Context, block: Block) -> CitationKind:
    openers = list(_OPENER.finditer(before))
    if openers:
        opened = openers[-1]
        return next(kind for at, (kind, _) in enumerate(_OPENERS) if opened[f"k{at}"] is not None)
    if _CARRIES_OUT.search(clause):
        return CitationKind.IMPLEMENTS
    return CitationKind.CITES
