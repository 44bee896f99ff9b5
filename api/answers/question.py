"""A question as both indexes take it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.answers.syntax import Typed, take_apart
from corpus.errors import QueryError
from corpus.language.abbreviations import meanings
from corpus.language.accents import AccentModel
from corpus.language.analysis import Terms, terms_of
from corpus.language.normalise import fold, normalise
from corpus.language.segment import segment
from corpus.store.lexical import Phrase

MAXIMUM_LENGTH = 2_000

_NUMBER = re.compile(
    r"(?<![\w/])\d+[a-zđ]?\s*/(?:\s*\d{4}\s*/)?\s*[a-zđư]+[\w&]*(?:\s?-\s?[a-zđư][\w&]*)*", re.IGNORECASE
)
# "807 qd ubnd": the signs left out, as people type; symbols of types and issuers of Decree 30/2020/NĐ-CP, annex III.
_LOOSE_NUMBER = re.compile(r"\b(\d{1,5})\s+(qd|kh|ct|nq|tb|bc|ctr)[\s-]+(ubnd|hdnd|ctubnd)\b")
_WRITTEN = re.compile(r"[\w&]+")
_ASKING = (
    "là và của các cho với về được bị này đó kia gì nào ai đâu sao thế khi thì mà ở tại từ đến do bởi vì như những "
    "một có không phải bao nhiêu mấy hay hoặc cũng đã đang sẽ ra để ra_sao thế_nào bao_nhiêu khi_nào như_thế_nào "
    "vì_sao tôi chúng_tôi chúng cần hãy xin hỏi"
)
_COMMON = frozenset(_ASKING.split())
"""Words of questions, not of the matter asked for (interrogatives, particles, pronouns); our list."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, segmented, its terms without the words that only ask, and the document numbers in it.

    ``asked``: its words alone, with the marks that were put in; ``restored``: the same, None where none was put in.
    ``expanded``: what abbreviations in it stand for; they are searched along. ``unmarked``: no letter carries a mark,
    typed or restored. ``phrases`` have to stand in a passage, ``excluded`` may not; ``fields``: filters typed in the
    line (:mod:`api.answers.syntax`).
    """

    typed: str
    segmented: str
    terms: Terms
    numbers: tuple[str, ...]
    expanded: tuple[str, ...]
    unmarked: bool
    restored: str | None = None
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    asked: str = ""


def check_question(typed: str) -> Typed:
    """A typed line taken apart; QueryError when it is blank or filters only, or too long.

    Quoted phrases, ``-word`` and ``field:value`` are taken apart (:mod:`api.answers.syntax`); other signs are blanks.
    """
    if len(typed) > MAXIMUM_LENGTH:
        raise QueryError(
            "query-long",
            f"Câu hỏi dài {len(typed)} ký tự, nhiều nhất {MAXIMUM_LENGTH}. Rút lại còn vài câu chính.",
            f"The question has {len(typed)} characters, at most {MAXIMUM_LENGTH}. Shorten it to the main sentences.",
        )
    try:
        typed.encode()
    except UnicodeEncodeError:
        raise QueryError(
            "query-encoding",
            "Câu hỏi có byte không phải UTF-8. Gõ lại câu hỏi bằng bộ gõ Unicode.",
            "The question has bytes that are not UTF-8. Type it again with a Unicode keyboard.",
        ) from None
    parts = take_apart(typed)
    if not any(character.isalnum() for character in normalise(parts.words)):
        if parts.fields or parts.excluded:
            raise QueryError(
                "query-filters-only",
                "Câu hỏi chỉ có điều kiện lọc. Thêm vài từ cần tìm, hoặc bỏ câu hỏi và lọc bằng --year, --province…",
                "The question has filters only. Add words, or ask nothing and filter by --year, --province…",
            )
        raise QueryError(
            "query-blank",
            "Câu hỏi trống. Gõ vài từ của nội dung cần tìm, ví dụ: chỉ số hài lòng của người dân",
            "The question is empty. Type some words of what you look for, such as: chỉ số hài lòng của người dân",
        )
    return parts


def read_question(typed: str, accents: AccentModel | None = None, defined: Mapping[str, str] | None = None) -> Question:
    """The question in a typed line; QueryError as :func:`check_question`.

    ``accents`` restores the marks of words typed without them; None reads the line as typed. ``defined``: abbreviations
    that documents define; they count as they are written, since "AI" is no "ai".
    """
    parts = check_question(typed)
    text = normalise(parts.words)
    numbers = tuple(match[0] for match in _NUMBER.finditer(text))
    numbers += tuple(f"{match[1]}/{match[2]}-{match[3]}" for match in _LOOSE_NUMBER.finditer(fold(text)))
    restored = accents.restore(text) if accents else text
    was_restored, text = restored != text, restored
    own = (defined.get(word) for word in _WRITTEN.findall(text)) if defined else ()
    expanded = list(dict.fromkeys([*meanings(text), *filter(None, own)]))
    segmented = segment("\n".join((text, *expanded)))
    kept = _matter(terms_of(segmented))
    return Question(
        typed,
        segmented,
        kept,
        numbers,
        tuple(expanded),
        unmarked=fold(text) == text.lower(),
        restored=text if was_restored else None,
        phrases=tuple(filter(None, map(_phrase, parts.phrases))),
        excluded=tuple(filter(None, map(_phrase, parts.excluded))),
        fields=parts.fields,
        asked=text,
    )


def own_terms(question: Question) -> Terms:
    """The terms of a question's own words, without what its abbreviations stand for."""
    return _matter(terms_of(segment(question.asked)))


def _matter(terms: Terms) -> Terms:
    words = [word for word in terms.words.split() if word not in _COMMON] or terms.words.split()
    syllables = [word for word in terms.syllables.split() if word not in _COMMON] or terms.syllables.split()
    return Terms(" ".join(words), " ".join(syllables), " ".join(fold(syllable) for syllable in syllables))


def _phrase(typed: str) -> Phrase | None:
    """The terms of a phrase, without marks where none was typed; None for signs alone."""
    terms = terms_of(segment(normalise(typed)))
    form = "folded" if fold(typed) == normalise(typed).lower() else "syllables"
    words = tuple(getattr(terms, form).split())
    return (form, words) if words else None
