"""Which files are renditions of one document (a scan, a Word file, a web page), and which rendition is the best.

Pure functions of the documents themselves, so that the order in which files come never matters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from math import log

from corpus.language.normalise import fold, normalise
from corpus.model import Quality

BANDS, _ROWS = 32, 4  # two texts that share half of their shingles meet with 87 %, three quarters with 99.999 %
_SHINGLE = 3  # syllables
_FEWEST_SHINGLES = 12  # a shorter text is nobody's rendition: too little to tell by
_LONGEST = 400_000  # syllables that are compared
_BLOCK = 4_096  # shingles hashed at once
_ISSUED = range(1945, 2101)  # years
_HEAD = 1_500  # characters where a draft says that it is one

_NAMED_SHARE = 0.35  # of the shorter text, where number, issuer and year agree: a poor scan keeps half
_CLEAN_SHARE = 0.85  # where they do not tell, of two texts in the files' own characters
_SCAN_SHARE = 0.55  # … one of which was recognised: with one syllable in six misread 0.58 is left
_CLEAN_TIMES, _SCAN_TIMES = 3, 6  # how often a pair of syllables stands in one text only before that is no accident
_SCAN_FIGURES = 0.8  # of the figures of the shorter text that the other has too
_SHORT_RENDITION = 0.5  # of the longest: a shorter one is an excerpt, whatever its quality
_MISREADABLE = 3  # letters of a word of which one may be misread
_MISREAD_WORDS = 4  # one word in so many may be misread beyond recognition
_STEP = 1.15  # lengths that differ by less count as equal

_WORD = re.compile(r"[^\W_]+")
# A figure of one digit counts with its unit ("5 ngay", "7 %"); others are the numbers of lists.
_FIGURE = re.compile(r"\d(?:[.,]?\d)+|\d(?:\s?%|\s[^\W\d_]+)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DRAFT = re.compile(r"^\W*(?:ban )?du thao(?: lan (?:thu )?\w+| \d+)?\W*$", re.MULTILINE)
# What amends another document says so in its title (Law 80/2015/QH13 on legal documents, article 12).
_AMENDS = re.compile(r"\b(?:sua doi|bo sung|dieu chinh|thay the|dinh chinh|bai bo|huy bo|thu hoi|gia han)\b")
_FORMATS = ("wordprocessingml", "msword", "pdf", "html")  # of equal texts Word's is the most complete
_RANK = {Quality.NATIVE: 0, Quality.CONVERTED: 1, Quality.MIXED: 2, Quality.RECOGNISED: 3}


@dataclass(frozen=True)
class Rendition:
    """What is told of a document before its text is compared: ``head`` is its beginning, ``length`` in characters."""

    id: str
    number_key: str | None
    type: str | None
    title: str | None
    issuer: str | None
    province: str | None
    issued_on: date | None
    year_from: int | None
    year_to: int | None
    quality: Quality
    media_type: str
    length: int
    head: str

    @property
    def clean(self) -> bool:
        """Whether no letter of it was guessed from an image."""
        return self.quality in {Quality.NATIVE, Quality.CONVERTED}

    @property
    def dated(self) -> date | None:
        """When it was issued, None where a misread year cannot be."""
        return self.issued_on if self.issued_on and self.issued_on.year in _ISSUED else None

    @cached_property
    def is_draft(self) -> bool:
        """Whether a line of its head says so (dự thảo)."""
        return bool(_DRAFT.search(fold(self.head[:_HEAD])))

    @cached_property
    def amends(self) -> frozenset[str]:
        """The words of its title that say what it does to another document."""
        return frozenset(_AMENDS.findall(fold(self.title or "")))


class Words:
    """A text as it is compared: its syllables without marks, in runs of three; its figures."""

    def __init__(self, text: str) -> None:
        """Take the text of a document."""
        bare = fold(text)
        self.syllables = _WORD.findall(bare)[:_LONGEST]
        self.shingles = frozenset(
            " ".join(self.syllables[at : at + _SHINGLE]) for at in range(len(self.syllables) - _SHINGLE + 1)
        )
        self._bare = bare

    @cached_property
    def pairs(self) -> Counter[tuple[str, str]]:
        """How often each two syllables stand side by side; only such of two signs and more."""
        return Counter(pair for pair in pairwise(self.syllables) if min(map(len, pair)) > 1)

    @cached_property
    def figures(self) -> Counter[str]:
        """How often each figure stands in the text."""
        return Counter(" ".join(figure.split()) for figure in _FIGURE.findall(self._bare))

    @cached_property
    def years(self) -> Counter[str]:
        """How often each year stands in the text."""
        return Counter({figure: count for figure, count in self.figures.items() if _YEAR.fullmatch(figure)})


def bands_of(text: str) -> tuple[int, ...]:
    """Numbers of 63 bits, some of which two nearly equal texts share: a MinHash signature cut into bands.

    Empty for a text too short to tell by. The method: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4.
    """
    from datasketch import MinHash

    shingles = sorted(Words(text).shingles)
    if len(shingles) < _FEWEST_SHINGLES:
        return ()
    signature = MinHash(BANDS * _ROWS, seed=1, scheme="affine32")
    for at in range(0, len(shingles), _BLOCK):
        signature.update_batch([shingle.encode() for shingle in shingles[at : at + _BLOCK]])
    rows = signature.hashvalues.astype("<u8").reshape(BANDS, _ROWS)
    return tuple(
        int.from_bytes(blake2b(bytes([band]) + row.tobytes(), digest_size=8).digest(), "big") >> 1
        for band, row in enumerate(rows)
    )


def differ(one: Rendition, other: Rendition) -> bool:
    """Whether what two documents say of themselves rules out that they are one; what either leaves blank does not.

    A recognised head may have letters misread: then only what no misreading explains counts.
    """
    return (
        _unlike(_numeral(one.number_key), _numeral(other.number_key))
        or _unlike(one.type, other.type)
        or _names_differ(one.province, other.province, one, other)
        or _names_differ(one.issuer, other.issuer, one, other)
        or _times_differ(one, other)
        or one.is_draft != other.is_draft
        or (one.title is not None and other.title is not None and one.amends != other.amends and not named(one, other))
    )


def named(one: Rendition, other: Rendition) -> bool:
    """Whether two documents have the same number of the same year and issuer."""
    return (
        one.number_key is not None
        and one.number_key == other.number_key
        and one.dated is not None
        and other.dated is not None
        and one.dated.year == other.dated.year
        and one.province == other.province
        and not _words_apart(one.issuer, other.issuer, misread=False)
    )


def _unlike(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _numeral(number_key: str | None) -> str | None:
    # Symbols follow from type and issuer, and are the first to be cut off or misread.
    return number_key and re.split(r"[/-](?!\d)", number_key)[0]


def _times_differ(one: Rendition, other: Rendition) -> bool:
    if named(one, other):
        return False  # the day may be misread
    planned = _unlike(one.year_from, other.year_from) or _unlike(one.year_to, other.year_to)
    return planned or _unlike(one.dated, other.dated)


def _names_differ(one: str | None, other: str | None, first: Rendition, second: Rendition) -> bool:
    return _words_apart(one, other, misread=not (first.clean and second.clean))


def _words_apart(one: str | None, other: str | None, *, misread: bool) -> bool:
    """Whether the shorter of two names has words that the longer has not."""
    if one is None or other is None:
        return False
    fewer, more = sorted(((fold if misread else normalise)(name).lower().split() for name in (one, other)), key=len)
    apart = sum(not any(word == whole or (misread and _misread(word, whole)) for whole in more) for word in fewer)
    return apart > (len(fewer) // _MISREAD_WORDS if misread else 0)


def _misread(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _MISREADABLE:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    shorter, longer = sorted((one, other), key=len)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


def likeness(one: Rendition, other: Rendition, words: Words, others: Words) -> int | None:
    """How surely two documents that do not differ are renditions of one, None when they are not.

    In thousandths of the shorter text that is in the longer one too, a thousand more where number and year agree.
    """
    fewest = min(len(words.shingles), len(others.shingles))
    if fewest < _FEWEST_SHINGLES:
        return None
    share = len(words.shingles & others.shingles) / fewest
    if named(one, other):
        placed = one.province is not None
        same = share >= _NAMED_SHARE and (placed or not _replaced(words, others, _SCAN_TIMES))
        return 1_000 + round(1_000 * share) if same else None
    clean = one.clean and other.clean
    if share < (_CLEAN_SHARE if clean else _SCAN_SHARE):
        return None
    if _replaced(words, others, _CLEAN_TIMES if clean else _SCAN_TIMES) or not _same_figures(words, others, clean):
        return None
    return round(1_000 * share)


def _replaced(one: Words, other: Words, times: int) -> bool:
    """Whether each text says something again and again that the other never does.

    So differ the plans of two provinces, or of two years, that were made from one template; slips of recognition fall
    now here, now there.
    """
    times = max(times, min(len(one.syllables), len(other.syllables)) // 1_500)
    return _own(one, other, times) and _own(other, one, times)


def _own(one: Words, other: Words, times: int) -> bool:
    return any(count >= times and pair not in other.pairs for pair, count in one.pairs.items())


def _same_figures(one: Words, other: Words, clean: bool) -> bool:
    """Whether two texts give the same figures: a draft and what became of it differ in some.

    Of two clean texts one may lack figures (a blank date, an annex), but neither has others instead.
    """
    if clean:
        return not (one.figures - other.figures and other.figures - one.figures)
    return all(
        min((mine - yours).total(), (yours - mine).total()) <= (1 - _SCAN_FIGURES) * min(mine.total(), yours.total())
        for mine, yours in ((one.figures, other.figures), (one.years, other.years))
    )


def groups(members: Mapping[str, Rendition], likenesses: Iterable[tuple[str, str, int]]) -> list[frozenset[str]]:
    """The documents among ``members``, each with its renditions: the surest likenesses first, never two that differ.

    A blank number may be like two documents of different numbers; it goes with the one it is more like.
    """
    home = {member: {member} for member in members}
    for one, other, _ in sorted(likenesses, key=lambda edge: (-edge[2], edge[:2])):
        here, there = home[one], home[other]
        if here is there or any(differ(members[a], members[b]) for a in here for b in there):
            continue
        here |= there
        for member in there:
            home[member] = here
    return [frozenset(group) for group in {id(group): group for group in home.values()}.values()]


def best(group: Collection[Rendition]) -> Rendition:
    """The rendition that is searched and shown: the files' own characters before recognised ones, whole before part.

    Then the longer, the later by its date, the one whose head is more complete, Word before PDF before a web page; at
    last the id decides.
    """
    longest = max(rendition.length for rendition in group)

    def order(rendition: Rendition) -> tuple[bool, int, int, int, int, int, int, str]:
        known: Sequence[object] = (rendition.number_key, rendition.type, rendition.title, rendition.issuer)
        form = next((rank for rank, name in enumerate(_FORMATS) if name in rendition.media_type), len(_FORMATS))
        return (
            rendition.length < _SHORT_RENDITION * longest,
            _RANK[rendition.quality],
            -round(log(max(rendition.length, 1), _STEP)),
            -(rendition.issued_on.toordinal() if rendition.issued_on else 0),
            -sum(value is not None for value in known),
            form,
            -rendition.length,
            rendition.id,
        )

    return min(group, key=order)
