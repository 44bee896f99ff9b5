"""Summaries in the source's own words: every sentence is a span of a document, and says which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal

from api.answers.choosing import Candidate, Length, Vectors, central, choose
from api.answers.summary_pieces import Piece, Role, Text, pieces_of
from corpus.encoder.contract import Encoder
from corpus.errors import QueryError
from corpus.language.segment import segment

Change = Literal["new", "changed", "kept"]

USUAL = Length(words=200)
_BEFORE = 20  # characters before a piece that tell whether it begins a sentence
_READ = 400  # sentences of one document that are compared with each other; those of most worth beforehand
_ORDER: tuple[Role, ...] = ("purpose", "goal", "task", "deadline", "money", "other")
# Shares of a digest's words, spent in this order; what is left over goes to the next, and what remains to tasks again.
_SHARES: tuple[tuple[Role, float, int], ...] = (("purpose", 0.2, 1), ("goal", 0.3, 20), ("money", 0.12, 1))
_FILLING: dict[Role, float] = {"purpose": 0.05, "deadline": 0.05, "money": 0.05}  # where records leave room
_CENTRALITY, _OPENING, _DECAY = 0.5, 0.3, 2.0  # fitted on news clusters (benchmarks/summaries.py)
_PLAIN_REDUNDANCY = 0.5  # likewise
_RECORD_REDUNDANCY = 0.2  # tasks of one plan are alike in their words; what tells them apart are records


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a sentence of an earlier year said: the document, the span and the words."""

    document: str
    number: str | None
    year: int | None
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of a summary; field names are those of the public JSON.

    ``text`` is the span ``start`` to ``end`` of the document's text, character by character. ``role``: what it is in a
    plan; ``lead`` and ``due_text``: of the tasks in it, as written. ``change``: in a summary by years, whether earlier
    years said it, and ``before`` what they said.
    """

    document: str
    number: str | None
    title: str | None
    province: str | None
    year: int | None
    section: str
    page: int | None
    start: int
    end: int
    text: str
    role: Role
    lead: tuple[str, ...] = ()
    due_text: str | None = None
    change: Change | None = None
    before: Quoted | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences with their sources, their words, and how many documents they were chosen from."""

    about: str
    sentences: tuple[SummarySentence, ...]
    words: int
    documents: int


@dataclass(frozen=True, slots=True)
class Source:
    """A piece with the text that it is of."""

    text: Text
    piece: Piece

    @property
    def shown(self) -> str:
        """The piece's characters."""
        return self.text.said(self.piece.start, self.piece.end)

    @property
    def words(self) -> int:
        """How many words it counts in a summary's length."""
        return len(self.shown.split())


def check_length(words: int | None, sentences: int | None) -> Length:
    """The length asked for, the usual one where none is; QueryError for less than one word or sentence."""
    if (words is not None and words < 1) or (sentences is not None and sentences < 1):
        raise QueryError(
            "summary-length",
            "Độ dài tóm tắt phải từ 1 trở lên. Viết: --words 200 hoặc --sentences 5",
            "A summary has at least one word or sentence. Write: --words 200 or --sentences 5",
        )
    return Length(words, sentences) if words or sentences else USUAL


def vectors_of(encoder: Encoder, sources: Sequence[Source]) -> Vectors:
    """A unit vector a source, of its words on one line."""
    return encoder.encode_passages([segment(" ".join(each.shown.split())) for each in sources])


def summarize_texts(texts: Sequence[Text], encoder: Encoder, length: Length = USUAL, *, about: str = "") -> Summary:
    """A summary of documents together: by the plan's structure where they hold records, else by what they share.

    Several plans share the length evenly, in their order.
    """
    found = [[Source(text, piece) for piece in pieces_of(text)] for text in texts]
    if any(source.piece.assignments or source.piece.targets for sources in found for source in sources):
        chosen = _digests(found, encoder, length)
    else:
        chosen = _plain([source for sources in found for source in sources], encoder, length)
    return summary_of(about or "; ".join(text.name for text in texts), chosen, len(texts))


def summary_of(about: str, chosen: Sequence[Source], documents: int) -> Summary:
    """A summary of chosen sources in their order."""
    sentences = tuple(sentence_of(each) for each in chosen)
    return Summary(about, sentences, sum(each.words for each in chosen), documents)


def sentence_of(source: Source, change: Change | None = None, before: Source | None = None) -> SummarySentence:
    """A source as a summary shows it."""
    text, piece = source.text, source.piece
    return SummarySentence(
        document=text.document,
        number=text.number,
        title=text.title,
        province=text.province,
        year=text.year,
        section=piece.section,
        page=piece.page,
        start=piece.start,
        end=piece.end,
        text=source.shown,
        role=piece.role,
        lead=tuple(dict.fromkeys(name for task in piece.assignments for name in task.lead)),
        due_text="; ".join(dict.fromkeys(task.due_text for task in piece.assignments if task.due_text)) or None,
        change=change,
        before=None
        if before is None
        else Quoted(
            before.text.document,
            before.text.number,
            before.text.year,
            before.piece.start,
            before.piece.end,
            before.shown,
        ),
    )


def _plain(sources: Sequence[Source], encoder: Encoder, length: Length) -> list[Source]:
    """What the texts share and open with, said once."""
    opening = sorted(range(len(sources)), key=lambda place: sources[place].piece.of)[:_READ]
    kept = [sources[place] for place in sorted(opening)]
    if not kept:
        return []
    vectors = vectors_of(encoder, kept)
    taken = choose(_shared(kept, vectors), vectors, length, redundancy=_PLAIN_REDUNDANCY, balance=0)
    return [kept[place] for place in sorted(taken)]


def _shared(sources: Sequence[Source], vectors: Vectors) -> list[Candidate]:
    """Candidates by what all say and how early; a list's item that ends in no mark is none."""
    shared = central(vectors, [each.text.document for each in sources])
    return [
        Candidate(each.words, _CENTRALITY * float(share) + _OPENING * exp(-each.piece.of / _DECAY))
        if _whole(each)
        else Candidate(each.words, 0)
        for each, share in zip(sources, shared, strict=True)
    ]


def _whole(source: Source) -> bool:
    """Whether it reads as a sentence: begins and ends as one does, or stands in a text without any records."""
    extraction = source.text.extraction
    if not (extraction.assignments or extraction.targets):
        return True
    return source.shown.rstrip('"”’)»')[-1:] in set(".!?…;") and not source.shown.startswith("- Lưu")


def _digests(found: Sequence[Sequence[Source]], encoder: Encoder, length: Length) -> list[Source]:
    """A digest a document; each leaves to the next what it has not used."""
    chosen: list[Source] = []
    for done, sources in enumerate(found):
        rest = len(found) - done
        words = None if length.words is None else (length.words - sum(each.words for each in chosen)) // rest
        count = None if length.sentences is None else -(-(length.sentences - len(chosen)) // rest)
        if words != 0 and count != 0 and sources:
            chosen += digest(sources, encoder, Length(words, count))
    return chosen


def digest(sources: Sequence[Source], encoder: Encoder, length: Length) -> list[Source]:
    """The telling sentences of one plan: why, which goals, who does what by when, with what money; in that order.

    Goals and tasks count by the records that they hold for each word, agencies in balance.
    """
    kept = sorted(sorted(sources, key=_weight, reverse=True)[:_READ], key=lambda each: each.piece.start)
    if not any(each.piece.assignments or each.piece.targets for each in kept):
        return _plain(kept, encoder, length)
    vectors = vectors_of(encoder, kept)
    taken: list[int] = []
    for role, share, most in _SHARES:
        candidates = [_candidate(each, only=role) for each in kept]
        used = sum(kept[place].words for place in taken)
        words = None if length.words is None else used + int(share * length.words)
        count = len(taken) + min(most, max(1, length.sentences // 4) if length.sentences else most)
        if length.sentences is not None:
            count = min(count, length.sentences)
        taken = choose(candidates, vectors, Length(words, count), by_word=role == "goal", chosen=taken)
    candidates = [_candidate(each) for each in kept]
    taken = choose(
        candidates, vectors, length, by_word=length.words is not None, redundancy=_RECORD_REDUNDANCY, chosen=taken
    )
    taken = choose(_shared(kept, vectors), vectors, length, redundancy=_PLAIN_REDUNDANCY, balance=0, chosen=taken)
    return sorted((kept[place] for place in taken), key=lambda each: (_ORDER.index(each.piece.role), each.piece.start))


def _weight(source: Source) -> float:
    """What a piece holds: its goals and tasks, more where they have a deadline and a product, less in a fragment."""
    tasks = source.piece.assignments
    dated = sum(0.02 for each in tasks if each.due_text) + sum(0.01 for each in tasks if each.product)
    whole = len(tasks) + len(source.piece.targets) + dated
    before = source.text.said(max(source.text.offset, source.piece.start - _BEFORE), source.piece.start).rstrip()[-1:]
    # A page or column that ends within a sentence leaves a rest that reads badly alone.
    return whole * 0.3 if source.shown[0].islower() and before not in set(";:.") else whole


def _candidate(source: Source, only: Role | None = None) -> Candidate:
    piece = source.piece
    groups = tuple(f"lead {name}" for task in piece.assignments for name in task.lead)
    if only in ("purpose", "money"):
        # The first sentence of its part says what the part is about.
        return Candidate(source.words, 1 / (1 + 0.001 * piece.start) if piece.role == only else 0.0)
    if only == "goal":
        return Candidate(source.words, float(len(piece.targets)) if piece.role == "goal" else 0.0)
    return Candidate(source.words, _weight(source) or _FILLING.get(piece.role, 0.0), groups)
