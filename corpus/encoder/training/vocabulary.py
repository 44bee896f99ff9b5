"""The words that get a vector, and the tokenizer that finds them in segmented text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from corpus.encoder.training.sources import Record

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN, JOINT = "[UNK]", "_"
SILENT = (UNKNOWN, JOINT)
"""The first rows of every model, which stay zero: unknown words and the joint between the syllables of a word."""

_FALLBACK = 0.05  # what a word counts for its syllables, which stand in for rare words
_LONGEST_WORD = 60  # characters; longer runs are addresses and table rulings
# Of numbers only years mean a topic; the rest would be noise in a mean of words (the lexical index has them).
_WORD = re.compile(r"(?:19|20)\d\d|[^\W\d_][\w&-]*")


def words_of(text: str) -> list[str]:
    """The words of a segmented text that may get a vector."""
    return [word for word in text.split() if _WORD.fullmatch(word) and len(word) <= _LONGEST_WORD]


def count_words(records: Iterable[Record]) -> Counter[str]:
    """How often each word occurs in titles, headings and texts."""
    counts: Counter[str] = Counter()
    for record in records:
        titles = [record.topic] if record.source == "parallel" else [record.topic, record.title]
        for text in (*titles, *(part for section in record.sections for part in (section.heading, section.text))):
            counts.update(words_of(text))
    return counts


def choose_words(counts: Mapping[str, Counter[str]], size: int, minimum: int) -> list[str]:
    """The ``size`` most frequent words, the most frequent first, every source with the same weight.

    Without equal weight the largest source (news) would fill the vocabulary with names of persons. A word must occur
    ``minimum`` times in all; one that is left out falls back to its syllables, so these count a little with every word.
    """
    total: Counter[str] = Counter()
    share: dict[str, float] = {}
    for source in counts.values():
        total.update(source)
        whole = source.total() or 1
        for word, count in source.items():
            share[word] = share.get(word, 0.0) + count / whole
            for syllable in word.split(JOINT) if JOINT in word else ():
                share[syllable] = share.get(syllable, 0.0) + _FALLBACK * count / whole
                total[syllable] += count
    kept = [word for word in share if total[word] >= minimum]
    return sorted(kept, key=lambda word: (-share[word], word))[:size]


def build_tokenizer(words: Iterable[str]) -> Tokenizer:
    """A tokenizer over blanks that lower-cases; a word without a vector is cut into the longest pieces that have one.

    So "ban_chỉ_đạo" falls back to "ban", "chỉ_đạo", then to syllables. It is part of the model folder, hence the same
    in training and serving.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    vocabulary = {word: row for row, word in enumerate((*SILENT, *words))}
    pieces = models.WordPiece(
        vocab=vocabulary,
        unk_token=UNKNOWN,
        continuing_subword_prefix="",
        max_input_chars_per_word=_LONGEST_WORD,
    )
    tokenizer = Tokenizer(pieces)
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer
