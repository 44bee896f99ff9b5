"""Whether sentences say what their cited passages say: numbers, dates, names and quotes, checked without a model.

For text that somebody, or a language model, has written over retrieved passages. A sentence stands when each number,
day, year, document number, agency, name and quote in it is in the passages' sentences that it draws on. Those are the
ones that share its words; names and numbers from elsewhere in a passage do not count, or a swapped agency would pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.language.abbreviations import meanings
from corpus.language.agency_names import find_agencies
from corpus.language.dates import find_dates
from corpus.language.letters import LOWER, UPPER
from corpus.language.normalise import fold, normalise
from corpus.language.numbers import find_numbers, number_key
from corpus.language.sentences import split_sentences

FaultKind = Literal["number", "date", "agency", "name", "quote", "role", "citation"]

_SUPPORT = 0.55
"""Share of a sentence's words that its passages must have; a faithful rewording keeps more, a wrong citation less."""
_DRAWN = 0.3  # share of a sentence's words from which it is drawn from a passage's sentence
_NEAR = 0.6  # … or of the best sentence's share
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
_QUOTE = re.compile(r"“([^”]{3,})”|\"([^\"]{3,})\"|«([^»]{3,})»")
_NAME = re.compile(rf"(?<![\w.])[{UPPER}][{LOWER}]+(?: [{UPPER}][{LOWER}]+)+")
_SHORT_DAY = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})(?![\d/])")
_LEADS = re.compile(r"\s*(?:chịu trách nhiệm )?chủ trì\b")
_WITH = re.compile(r"phối hợp (?:chặt chẽ )?(?:với|cùng)[^;.]{0,200}$")
_EMPTY_WORDS = "và của các những cho với là để theo tại về đến từ trong trên do được có một này đó khi thì năm"
_EMPTY = frozenset(re.findall(r"\w+", _EMPTY_WORDS))


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence to check and the keys of the passages that it cites."""

    text: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a sentence says that its passages do not; ``what`` is as written there."""

    kind: FaultKind
    what: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence with its faults, none where it stands."""

    text: str
    citations: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def faithful(self) -> bool:
        """Whether it may be shown unmarked."""
        return not self.faults


def check(
    sentences: Sequence[Cited], passages: Mapping[str, str], above: Mapping[str, str] | None = None
) -> list[Checked]:
    """Each sentence with what is wrong with it; one without a citation, or with an unknown one, is at fault.

    ``above``: what stands over passages and holds for all of them, their headings and their documents' names and years.
    """
    known = above or {}
    return [
        Checked(each.text, each.citations, tuple(dict.fromkeys(_faults(each, passages, known)))) for each in sentences
    ]


def faithful(
    sentences: Sequence[Cited], passages: Mapping[str, str], above: Mapping[str, str] | None = None
) -> list[Checked]:
    """Only the sentences that stand."""
    return [each for each in check(sentences, passages, above) if each.faithful]


def _faults(cited: Cited, passages: Mapping[str, str], above: Mapping[str, str]) -> Iterator[Fault]:
    if not cited.citations:
        yield Fault("citation", "")
        return
    unknown = [key for key in cited.citations if key not in passages]
    if unknown:
        yield from (Fault("citation", key) for key in unknown)
        return
    text = _line(cited.text)
    sources = [_read(passages[key]) for key in cited.citations]
    drawn, support = _drawn(text, [sentence for source in sources for sentence in source])
    if support < _SUPPORT:
        yield Fault("citation", ", ".join(cited.citations))
    drawn = " ".join((*(_line(above.get(key, "")) for key in cited.citations), drawn)).strip()
    found = _facts(drawn)
    whole = " ".join(sentence for source in sources for sentence in source)
    said = _facts(text)
    yield from (Fault("quote", quote) for quote in said.quotes if _bare(quote) not in _bare(whole))
    yield from (Fault("date", each) for key, each in said.dates.items() if key not in found.dates)
    yield from (Fault("number", each) for key, each in said.numbers.items() if key not in found.numbers)
    agencies = {key: name for key, name in said.agencies.items() if not any(key in other for other in found.agencies)}
    yield from (Fault("agency", name) for key, name in agencies.items() if key not in fold(_expanded(drawn)))
    bare = f" {_bare(_expanded(drawn))} "
    yield from (Fault("name", each) for key, each in said.names.items() if f" {key} " not in bare)
    yield from (Fault("role", name) for name in _swapped(text, drawn))


@lru_cache(maxsize=2_000)
def _read(passage: str) -> tuple[str, ...]:
    sentences = split_sentences(passage)
    return tuple(_line(passage[each.start : each.end]) for each in sentences)


def _line(text: str) -> str:
    return " ".join(normalise(text).split())


def _bare(text: str) -> str:
    """Letters and digits in small letters, single blanks: what quoting keeps."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _content(text: str) -> set[str]:
    return {word for word in _WORD.findall(_expanded(text).lower()) if word not in _EMPTY}


def _drawn(text: str, sentences: Sequence[str]) -> tuple[str, float]:
    """The sentences that a text draws on, in one, with what introduces a list; and how much of its words they have."""
    words = _content(text)
    if not words or not sentences:
        return " ".join(sentences), 1.0 if sentences else 0.0
    shares = [len(words & _content(each)) / len(words) for each in sentences]
    least = min(_DRAWN, _NEAR * max(shares)) if max(shares) < 1 else _DRAWN
    kept = [place for place, share in enumerate(shares) if share >= least]
    chosen = [sentences[place] for place in sorted({*kept, *(_head(sentences, place) for place in kept)})]
    return " ".join(chosen), len(words & _content(" ".join(chosen))) / len(words)


def _head(sentences: Sequence[str], place: int) -> int:
    """Where the list begins that a sentence is an item of ("Sở Y tế:"), its own place where it is none."""
    at = place
    while at > 0 and sentences[at - 1].endswith(";"):
        at -= 1
    return at - 1 if at > 0 and sentences[at - 1].endswith(":") else place


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a text states that can be compared: each by its key, as written."""

    numbers: dict[str, str]
    dates: dict[str, str]
    agencies: dict[str, str]
    names: dict[str, str]
    quotes: tuple[str, ...]


@lru_cache(maxsize=4_000)
def _facts(text: str) -> _Facts:
    numbers: dict[str, str] = {}
    dates: dict[str, str] = {}
    taken: list[tuple[int, int]] = []
    for found in find_numbers(text):
        numbers[f"no {number_key(found.number)}"] = found.number
        taken.append((found.start, found.end))
    for day in find_dates(text):
        if not _inside(day.start, taken):
            dates[day.value.isoformat()] = text[day.start : day.end]
            # "15/4" repeats a day without its year.
            dates[f"{day.value.day}/{day.value.month}"] = text[day.start : day.end]
            taken.append((day.start, day.end))
    for match in _SHORT_DAY.finditer(text):
        if not _inside(match.start(), taken):
            dates[f"{int(match[1])}/{int(match[2])}"] = match[0]
            taken.append(match.span())
    for match in _NUMBER.finditer(text):
        if not _inside(match.start(), taken):
            numbers[_key(match[0])] = match[0]
    mentions = find_agencies(text)
    spans = [(each.start, each.end) for each in mentions]
    agencies = {fold(_expanded(name)): name for each in mentions for name in each.names}
    names = {
        _bare(_expanded(match[0])): match[0]
        for match in _NAME.finditer(text)
        if not _inside(match.start(), spans) and not _inside(match.start(), taken)
    }
    quotes = tuple(next(filter(None, match.groups())) for match in _QUOTE.finditer(text))
    return _Facts(numbers, dates, agencies, names, quotes)


def _inside(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _key(number: str) -> str:
    """A number without the dots of its thousands and zeros that say nothing: "01" and "1", "1.200" and "1200"."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", number):
        number = number.replace(".", "")
    whole, comma, part = number.replace(".", ",").partition(",")
    part = part.rstrip("0") if comma else ""
    return (whole.lstrip("0") or "0") + (f",{part}" if part else "")


@lru_cache(maxsize=8_000)
def _expanded(text: str) -> str:
    """A text with its short forms written out once, where they have one meaning ("UBND")."""

    def long(match: re.Match[str]) -> str:
        known = meanings(match[0])
        return known[0] if len(known) == 1 else match[0]

    return re.sub(r"[^\W\d_a-z]{2,}", long, text)


def _swapped(text: str, drawn: str) -> Iterator[str]:
    """Agencies that a text has in charge and its sources only have taking part."""
    for mention in find_agencies(text):
        if not _LEADS.match(text, mention.end):
            continue
        for name in mention.names:
            key = fold(_expanded(name))
            source = [each for each in find_agencies(drawn) if key in {fold(_expanded(n)) for n in each.names}]
            if source and all(
                _WITH.search(drawn[: each.start]) and not _LEADS.match(drawn, each.end) for each in source
            ):
                yield name
