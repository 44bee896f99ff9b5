"""A question as both indexes take it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.errors import QueryError
from corpus.language.abbreviations import meanings
from corpus.language.analysis import Terms, terms_of
from corpus.language.normalise import fold, normalise
from corpus.language.segment import segment

MAXIMUM_LENGTH = 2_000

_NUMBER = re.compile(
    r"(?<![\w/])\d+[a-zđ]?\s*/(?:\s*\d{4}\s*/)?\s*[a-zđư]+[\w&]*(?:\s?-\s?[a-zđư][\w&]*)*", re.IGNORECASE
)
# "807 qd ubnd": the signs left out, as people type; symbols of types and issuers of Decree 30/2020/NĐ-CP, annex III.
_LOOSE_NUMBER = re.compile(r"\b(\d{1,5})\s+(qd|kh|ct|nq|tb|bc|ctr)[\s-]+(ubnd|hdnd|ctubnd)\b")
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

    ``expanded``: what abbreviations in it stand for; they are searched along. ``unmarked``: no letter carries a mark,
    so that words have to be matched without marks.
    """

    typed: str
    segmented: str
    terms: Terms
    numbers: tuple[str, ...]
    expanded: tuple[str, ...]
    unmarked: bool


def read_question(typed: str) -> Question:
    """The question in a typed line; QueryError when it is blank, too long or has no letter or digit.

    There is no query language: quotes, operators and brackets are read as blanks.
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
    text = normalise(typed)
    if not any(character.isalnum() for character in text):
        raise QueryError(
            "query-blank",
            "Câu hỏi trống. Gõ vài từ của nội dung cần tìm, ví dụ: chỉ số hài lòng của người dân",
            "The question is empty. Type some words of what you look for, such as: chỉ số hài lòng của người dân",
        )
    expanded = meanings(text)
    segmented = segment("\n".join((text, *expanded)))
    terms = terms_of(segmented)
    words = [word for word in terms.words.split() if word not in _COMMON] or terms.words.split()
    syllables = [word for word in terms.syllables.split() if word not in _COMMON] or terms.syllables.split()
    kept = Terms(" ".join(words), " ".join(syllables), " ".join(fold(syllable) for syllable in syllables))
    numbers = tuple(match[0] for match in _NUMBER.finditer(text))
    numbers += tuple(f"{match[1]}/{match[2]}-{match[3]}" for match in _LOOSE_NUMBER.finditer(fold(text)))
    return Question(typed, segmented, kept, numbers, tuple(expanded), unmarked=fold(text) == text.lower())
