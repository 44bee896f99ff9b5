"""Pairs of texts that belong together, made from records: what the contrastive loss learns from.

Every generator is pure: the same records and the same ``random.Random`` give the same pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from corpus.encoder.training.sources import Record
from corpus.encoder.training.vocabulary import words_of

_PASSAGE_WORDS = (40, 100)  # words after segmentation; about 60 to 150 syllables
_SHORTEST = 8
_LONGEST_SENTENCE = 60
_TITLED, _TITLED_REST = 0.5, 0.3  # how many passages carry their title, as all do when searched
_GENERIC_TITLE = 6  # a title that so many texts bear ("Phạm vi điều chỉnh") says nothing alone


@dataclass(frozen=True, slots=True)
class Pair:
    """A text and the passage that it should find."""

    query: str
    passage: str


def passages_of(text: str, random: Random) -> list[str]:
    """A segmented text cut at sentence ends into runs of varying length; a short rest joins the run before."""
    passages: list[list[str]] = []
    run: list[str] = []
    target = random.randint(*_PASSAGE_WORDS)
    for sentence in sentences_of(text):
        run.extend(sentence)
        if len(run) >= target:
            passages.append(run)
            run, target = [], random.randint(*_PASSAGE_WORDS)
    if len(run) >= _PASSAGE_WORDS[0] // 2 or not passages:
        passages.append(run)
    elif run:
        passages[-1] = [*passages[-1], *run]
    return [" ".join(run) for run in passages if len(run) >= _SHORTEST]


def sentences_of(text: str) -> Iterator[list[str]]:
    """The sentences of a segmented text, also parted at ";" and where they grow too long."""
    sentence: list[str] = []
    for word in text.split():
        sentence.append(word)
        if (word in {".", ";", "?", "!"} and len(sentence) > 1) or len(sentence) >= _LONGEST_SENTENCE:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def keywords(passage: str, weights: Mapping[str, float], random: Random) -> str:
    """Two to six words of the passage in its order, drawn by weight: what a person types who remembers it."""
    words = sorted(set(words_of(passage)))
    if len(words) < _SHORTEST:
        return ""
    # Efraimidis and Spirakis (2006): the largest of u^(1/w) are a weighted sample without replacement.
    drawn = sorted(words, key=lambda word: random.random() ** (1 / weights.get(word, 1.0)), reverse=True)
    kept = set(drawn[: random.randint(2, 6)])
    return " ".join(dict.fromkeys(word for word in passage.split() if word in kept))


def sentence_and_rest(passage: str, random: Random) -> Pair | None:
    """One sentence of a passage, and the passage without it."""
    sentences = list(sentences_of(passage))
    long = [at for at, sentence in enumerate(sentences) if len(sentence) >= _SHORTEST]
    if len(sentences) == 1 or not long:
        return None
    chosen = random.choice(long)
    rest = [word for at, sentence in enumerate(sentences) if at != chosen for word in sentence]
    return Pair(" ".join(sentences[chosen]), " ".join(rest)) if len(rest) >= _SHORTEST else None


def generic_titles(records: Iterable[Record]) -> frozenset[str]:
    """Titles that too many records bear for them to say what a text is about."""
    counts = Counter(record.title for record in records)
    return frozenset(title for title, count in counts.items() if count >= _GENERIC_TITLE)


def pairs_of(
    record: Record,
    related: Sequence[Record],
    generic: frozenset[str],
    weights: Mapping[str, float],
    random: Random,
) -> Iterator[Pair]:
    """All pairs of a record: title, headings, neighbours, a sentence, keywords, and records that it refers to."""
    title = f"{record.topic} {record.title}".strip() if record.title in generic else record.title
    firsts: list[str] = []
    for section in record.sections:
        passages = passages_of(section.text, random)
        if not passages:
            continue
        named = f"{title} {section.heading}".strip()
        yield Pair(named, passages[0])
        firsts.append(passages[0])
        for at, passage in enumerate(passages):
            shown = f"{named} . {passage}" if random.random() < _TITLED else passage
            yield Pair(keywords(passage, weights, random), shown)
            if pair := sentence_and_rest(passage, random):
                with_title = f"{named} . {pair.passage}" if random.random() < _TITLED_REST else pair.passage
                yield Pair(pair.query, with_title)
            if at:
                yield Pair(passages[at - 1], passage)
                yield Pair(title, passage)
    # Abstract and body, introduction and what follows.
    yield from (Pair(before, after) for before, after in pairwise(firsts))
    for other in related:
        if firsts and other.sections and other.sections[0].text:
            yield Pair(f"{title} . {firsts[0]}", f"{other.topic} {other.title} . {other.sections[0].text}")


def pairs_of_source(
    records: Callable[[], Iterator[Record]], weights: Mapping[str, float], seed: int, related: int = 2
) -> Iterator[Pair]:
    """The pairs of all records of a source, duplicates left out; ``records`` is called once or twice.

    ``related``: how many of the records that one refers to are paired with it.
    """
    random = Random(seed)  # noqa: S311  (nothing secret)
    everything = list(records())
    generic = generic_titles(everything)
    by_key = {record.key: record for record in everything}
    seen: set[int] = set()
    for record in everything:
        linked = [by_key[key] for key in record.related if key in by_key and key != record.key]
        for pair in pairs_of(record, random.sample(linked, min(related, len(linked))), generic, weights, random):
            mark = hash((pair.query, pair.passage))
            if pair.query and pair.passage and pair.query != pair.passage and mark not in seen:
                seen.add(mark)
                yield pair


def thinned(pairs: Iterable[Pair], share: float, seed: int) -> Iterator[Pair]:
    """That share of the pairs, drawn by chance."""
    random = Random(seed)  # noqa: S311  (nothing secret)
    return (pair for pair in pairs if random.random() < share)
