"""Marks restored to Vietnamese typed without them, by a model of neighbouring syllables (bigrams).

The most probable reading of a line is found with Viterbi's algorithm over the spellings that each bare syllable has.
Probabilities interpolate bigrams with single syllables (Jelinek and Mercer, 1980).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from corpus.language.normalise import normalise, strip_marks

_RUN = re.compile(r"[^\W\d_]+(?:[ \t]+[^\W\d_]+)*")
# Parts of document numbers and names with digits ("807/qd-ubnd", "5G") are no syllables.
_SYLLABLE = re.compile(r"(?<![\w/&.@-])[^\W\d_]+(?![\w/&@-]|\.\w)")
_WORD_ID_BITS = 16
_LONGEST = 7  # letters of a syllable; longer words are foreign

_BIGRAM_SHARE = 0.9
"""Weight of the bigram in a probability; the rest is the syllable's own. 0.97 restored fewer queries wholly."""

_AS_TYPED = 6.0
"""How much likelier (natural logarithm) a bare syllable is meant as typed, were all others marked; less with fewer."""

SHIPPED = "accents.npz"

_LETTERS = "abcdeghiklmnopqrstuvxy"  # of Vietnamese, without marks
_bare = lru_cache(maxsize=1 << 17)(strip_marks)  # a model is made anew whenever its texts have changed
_AS_IT_IS: NDArray[np.int64] = np.array([-1])


@dataclass(frozen=True)
class SyllableCounts:
    """How often syllables, and pairs of neighbours, stand in texts: lower case, normalised."""

    single: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        """Count a text; neighbours are parted by blanks alone."""
        for run in _RUN.findall(normalise(text).lower()):
            syllables = run.split()
            self.single.update(syllables)
            self.pairs.update(pairwise(syllables))


class AccentModel:
    """Reads bare syllables with their marks; immutable."""

    def __init__(
        self, syllables: Sequence[str], counts: NDArray[np.uint32], pairs: NDArray[np.uint32], often: NDArray[np.uint32]
    ) -> None:
        """``counts`` of ``syllables``; ``pairs`` sorted, each the numbers of two syllables in its halves, ``often``."""
        self.syllables = tuple(syllables)
        self.counts = counts
        self.pairs = pairs
        self.often = often

    @cached_property
    def _number(self) -> dict[str, int]:
        return {syllable: number for number, syllable in enumerate(self.syllables)}

    @cached_property
    def _spellings(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, syllable in enumerate(self.syllables):
            found.setdefault(_bare(syllable), []).append(number)
        return found

    @cached_property
    def _share(self) -> NDArray[np.float64]:
        share: NDArray[np.float64] = self.counts / max(1, int(self.counts.sum()))
        return share

    @classmethod
    def of(cls, counts: SyllableCounts, fewest: int = 1, fewest_pairs: int = 1) -> AccentModel:
        """The model of counts; rarer syllables and pairs are left out."""
        kept = [(word, n) for word, n in counts.single.most_common() if n >= fewest and len(word) <= _LONGEST]
        kept = kept[: (1 << _WORD_ID_BITS) - 1]
        number = {word: at for at, (word, _) in enumerate(kept)}
        pairs = sorted(
            (number[one] << _WORD_ID_BITS | number[other], n)
            for (one, other), n in counts.pairs.items()
            if n >= fewest_pairs and one in number and other in number
        )
        return cls(
            [word for word, _ in kept],
            np.array([n for _, n in kept], np.uint32),
            np.array([pair for pair, _ in pairs], np.uint32),
            np.array([n for _, n in pairs], np.uint32),
        )

    def plus(self, other: AccentModel, weight: int = 1) -> AccentModel:
        """The model of this one's texts and another's, the other's counting ``weight`` times."""
        room = (1 << _WORD_ID_BITS) - 1 - len(self.syllables)
        new = [syllable for syllable in other.syllables if syllable not in self._number][:room]
        number = {**self._number, **{syllable: at for at, syllable in enumerate(new, start=len(self.syllables))}}
        to = np.array([number.get(syllable, -1) for syllable in other.syllables], dtype=np.int64)
        counts = np.concatenate([self.counts, np.zeros(len(new), np.uint32)]).astype(np.uint64)
        counts[to[to >= 0]] += other.counts[to >= 0].astype(np.uint64) * weight
        first, second = to[other.pairs >> _WORD_ID_BITS], to[other.pairs & ((1 << _WORD_ID_BITS) - 1)]
        known = (first >= 0) & (second >= 0)
        keys = np.concatenate([self.pairs.astype(np.int64), (first[known] << _WORD_ID_BITS) | second[known]])
        often = np.concatenate([self.often.astype(np.uint64), other.often[known].astype(np.uint64) * weight])
        pairs, place = np.unique(keys, return_inverse=True)
        summed = np.zeros(pairs.size, np.uint64)
        np.add.at(summed, place, often)
        return AccentModel((*self.syllables, *new), _clipped(counts), pairs.astype(np.uint32), _clipped(summed))

    def without_rare(self, fewest: int, fewest_pairs: int) -> AccentModel:
        """The model without syllables and pairs that were counted less often."""
        kept = self.counts >= fewest
        number = np.cumsum(kept) - 1
        first, second = self.pairs >> _WORD_ID_BITS, self.pairs & ((1 << _WORD_ID_BITS) - 1)
        pairs = (self.often >= fewest_pairs) & kept[first] & kept[second]
        keys = (number[first[pairs]] << _WORD_ID_BITS) | number[second[pairs]]
        order = np.argsort(keys)
        return AccentModel(
            [word for word, keep in zip(self.syllables, kept, strict=True) if keep],
            self.counts[kept],
            keys[order].astype(np.uint32),
            self.often[pairs][order],
        )

    @classmethod
    def load(cls, file: Path | BytesIO) -> AccentModel:
        """A model that :meth:`save` wrote; OSError, KeyError or ValueError when it is damaged."""
        packed = BytesIO(file.read_bytes()) if isinstance(file, Path) else file  # numpy leaves a damaged file open
        with np.load(packed) as arrays:
            joined = bytes(arrays["syllables"]).decode()
            words = joined.split("\n") if joined else []
            pairs = np.cumsum(arrays["pairs"].astype(np.uint64)).astype(np.uint32)
            return cls(words, arrays["counts"].astype(np.uint32), pairs, arrays["often"].astype(np.uint32))

    def save(self, file: BinaryIO) -> None:
        """Write the model; pairs as steps between neighbours, which are small."""
        steps = np.diff(self.pairs.astype(np.uint64), prepend=np.uint64(0)).astype(np.uint32)
        words = np.frombuffer("\n".join(self.syllables).encode(), np.uint8)
        np.savez_compressed(file, syllables=words, counts=self.counts, pairs=steps, often=self.often)

    def knows(self, syllable: str) -> bool:
        """Whether the texts had a syllable, with these very marks."""
        return syllable in self._number

    def restore(self, typed: str) -> str:
        """``typed`` with marks where its bare syllables most probably have some; all else as it is.

        A syllable that has a mark keeps it. In a line with marks elsewhere a bare one is mostly meant as typed.
        """
        words = list(_SYLLABLE.finditer(typed))
        lowered = [normalise(word[0]).lower() for word in words]
        marked = sum(strip_marks(word) != word for word in lowered)
        shouted = typed.isupper()
        kept = [not shouted and _is_abbreviation(word[0]) for word in words]
        choices = [_AS_IT_IS if as_is else self._choices(low) for as_is, low in zip(kept, lowered, strict=True)]
        bonus = _AS_TYPED * marked / max(1, len(words))
        return self._rewritten(typed, words, lowered, choices, bonus)

    def corrected(self, typed: str) -> str | None:
        """``typed`` with syllables that no text has put right by one letter or their marks; None where all are known.

        None too where nothing near is known. Numbers, abbreviations and names with capitals inside stay.
        """
        words = list(_SYLLABLE.finditer(typed))
        lowered = [normalise(word[0]).lower() for word in words]
        choices = []
        wrong = False
        for word, low in zip(words, lowered, strict=True):
            unknown = len(low) > 1 and low not in self._number and not _is_abbreviation(word[0])
            near = self._near(low) if unknown else None
            wrong |= near is not None
            choices.append(np.array([self._number.get(low, -1)]) if near is None else near)
        return self._rewritten(typed, words, lowered, choices, 0.0) if wrong else None

    def _near(self, word: str) -> NDArray[np.int64] | None:
        bare = _bare(word)
        if bare in self._spellings:
            return np.array(self._spellings[bare])  # a wrong mark is likelier than a wrong letter
        parts = [(bare[:at], bare[at:]) for at in range(len(bare) + 1)]
        near = {left + right[1:] for left, right in parts if right}
        near.update(left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1)
        near.update(left + letter + right[1:] for left, right in parts if right for letter in _LETTERS)
        near.update(left + letter + right for left, right in parts for letter in _LETTERS)
        found = [number for each in sorted(near) for number in self._spellings.get(each, ())]
        return np.array(found) if found and len(bare) <= _LONGEST + 1 else None

    def _rewritten(
        self,
        typed: str,
        words: Sequence[re.Match[str]],
        lowered: Sequence[str],
        choices: Sequence[NDArray[np.int64]],
        bonus: float,
    ) -> str:
        pieces, at = [], 0
        for first, last in _stretches(typed, words):
            best = self._best(choices[first:last], lowered[first:last], bonus)
            for word, number in zip(words[first:last], best, strict=True):
                pieces += [typed[at : word.start()], word[0] if number < 0 else _cased(self.syllables[number], word[0])]
                at = word.end()
        return "".join((*pieces, typed[at:]))

    def _choices(self, word: str) -> NDArray[np.int64]:
        bare = _bare(word)
        if bare != word or len(word) > _LONGEST:
            return np.array([self._number.get(word, -1)])
        return np.array(self._spellings.get(word, [-1]))

    def _best(self, choices: Sequence[NDArray[np.int64]], typed: Sequence[str], bonus: float) -> list[int]:
        scores: NDArray[np.float64] = np.zeros(1)
        before: NDArray[np.int64] | None = None
        back: list[NDArray[np.int64]] = []
        for options, word in zip(choices, typed, strict=True):
            own = self._share[options] + 1e-9
            own[options < 0] = 1e-9
            if before is None:
                steps = np.log(own)[np.newaxis, :]
            else:
                known = np.maximum(before, 0)
                total = np.where(before >= 0, self.counts[known], 1).astype(float)
                together = self._together(before, options) / total[:, np.newaxis]
                steps = np.log(_BIGRAM_SHARE * together + (1 - _BIGRAM_SHARE) * own[np.newaxis, :])
            if bonus:
                as_typed = [number >= 0 and self.syllables[number] == word for number in options]
                steps = steps + bonus * np.array(as_typed)
            reached = scores[:, np.newaxis] + steps
            back.append(reached.argmax(axis=0))
            scores, before = reached.max(axis=0), options
        best, at = [], int(scores.argmax())
        for options, came in zip(reversed(choices), reversed(back), strict=True):
            best.append(int(options[at]))
            at = int(came[at])
        return best[::-1]

    def _together(self, before: NDArray[np.int64], options: NDArray[np.int64]) -> NDArray[np.float64]:
        if not self.pairs.size:
            return np.zeros((before.size, options.size))
        wanted = (before[:, np.newaxis] << _WORD_ID_BITS) | options[np.newaxis, :]
        wanted = np.where((before[:, np.newaxis] < 0) | (options[np.newaxis, :] < 0), -1, wanted)
        places = np.minimum(np.searchsorted(self.pairs, wanted.clip(0).astype(np.uint32)), self.pairs.size - 1)
        found = (self.pairs[places] == wanted) & (wanted >= 0)
        return np.where(found, self.often[places], 0).astype(float)


def _clipped(counts: NDArray[np.uint64]) -> NDArray[np.uint32]:
    return np.minimum(counts, np.iinfo(np.uint32).max).astype(np.uint32)


def _stretches(typed: str, words: Sequence[re.Match[str]]) -> Iterable[tuple[int, int]]:
    # Neighbours across a full stop or a number say nothing of each other.
    first = 0
    for at in range(1, len(words)):
        if typed[words[at - 1].end() : words[at].start()].strip():
            yield first, at
            first = at
    if words:
        yield first, len(words)


def _is_abbreviation(word: str) -> bool:
    return len(word) > 1 and any(letter.isupper() for letter in word[1:])


def _cased(syllable: str, like: str) -> str:
    if like.isupper():
        return syllable.upper() if len(like) > 1 else syllable.capitalize()
    return syllable.capitalize() if like[0].isupper() else syllable


@cache
def shipped_accents() -> AccentModel:
    """The model that comes with the program, counted from laws, procedures, gazettes and an encyclopedia."""
    return AccentModel.load(BytesIO(resources.files("corpus.language").joinpath(SHIPPED).read_bytes()))
