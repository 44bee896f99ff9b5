"""The lexical index (tantivy), derived from the records."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from corpus.language.analysis import ANALYSIS_VERSION, Terms, terms_of, without_marks
from corpus.stages import timed
from corpus.store.faults import index_faults
from corpus.store.generations import clear
from corpus.store.sources import hash_file

_HEAP = 128_000_000
_UNSTEADY = {".json", ".lock"}  # tantivy's lists and locks, and our stamp, are written again and again
_BULK = {".idx", ".pos"}  # postings, most of an index, read block by block
_LAYOUT = "3"  # 2 has what answers are counted by, 3 one field a form


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """One passage as the lexical index takes it; texts are segmented.

    ``facets``: what answers are counted by, values a field of :data:`FACETS`.
    """

    passage_id: int
    document_id: str
    title: str
    headings: str
    text: str
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("passage", stored=True, indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="terms", index_option="position")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


FIELDS = {
    "words": "words",
    "syllables": "syllables",
    "folded": "folded",
    "headings": "syllables",
    "headings_folded": "folded",
    "bare": "folded",
}
"""What is searched, and in which form of a question: a passage with its title, and its headings, without marks as well.

Text and title in one field are BM25F (Robertson, Zaragoza & Taylor, 2004) with equal weights: nine fields, each with a
weight, were no better and took more than twice the time (benchmarks/RESULTS.md). ``bare``: the syllables of texts that
carry no marks, so that a question with marks finds these without a search among the marks of all others.
"""

_PLACES = {"syllables": ("syllables", "headings"), "folded": ("folded", "headings_folded")}
"""Where something in a form stands that has to stand in a passage, or may not."""

FACETS = ("year", "province", "type", "quality", "issuer", "lead")
"""What answers are counted by: facts of the document, and who leads the tasks in the passage, as written."""

NONE = ""
"""The value of a facet where a passage has none, so that counts add up."""

_MOST_VALUES = 10_000

_MANY = 0.2
"""Share of the passages from which on all are searched and the others left out of what is found: the best of all are
found without looking at most, the best of some are not (benchmarks/RESULTS.md)."""
_BEYOND = 1.3
"""So many times more are looked at then than should do; where they do not, some are searched after all."""


Phrase = tuple[str, tuple[str, ...]]
"""A form, "syllables" or "folded", and what stands together in it, in text, headings or title."""

_again = lru_cache(maxsize=1_000)(terms_of)


class LexicalIndex:
    """BM25 over passages with their headings and titles, in the fields of :data:`FIELDS`."""

    def __init__(self, directory: Path) -> None:
        """Open the index in ``directory``, empty when there is none or it cannot be opened."""
        self._directory = directory
        self._stamp = directory / "generation.json"
        self._links: Path | None = None
        self.generation = self._read_generation()
        try:
            self._require_sound()
            self._index = self._open()
        except (ValueError, OSError):
            with index_faults(directory.parent):
                self._wipe()

    def _open(self) -> tantivy.Index:
        self._directory.mkdir(parents=True, exist_ok=True)
        schema = _schema()
        try:
            index = tantivy.Index(schema, path=str(self._directory))
        except ValueError:
            if os.access(self._directory, os.W_OK):
                raise
            index = tantivy.Index(schema, path=str(self._linked()))
        # Terms come parted by blanks: the analysis is ours, on both sides.
        index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        index.config_reader(reload_policy="manual")
        index.reload()
        self._schema = schema
        return index

    def _linked(self) -> Path:
        """A folder of links to the index's files: tantivy makes lock files beside what it only reads."""
        if self._links is None:
            self._links = Path(tempfile.mkdtemp(prefix="tienle-"))
            weakref.finalize(self, shutil.rmtree, self._links, ignore_errors=True)
        for file in self._directory.iterdir():
            link = self._links / file.name
            if file.suffix != ".lock" and not link.is_symlink():
                link.symlink_to(file.absolute())
        return self._links

    def _require_sound(self) -> None:
        """ValueError where a file is not as it was written, but for the postings, which it would take long to read.

        tantivy believes what a file says of its own sizes: a damaged one could take all memory, and end the process.
        """
        for name, sha256 in self._files().items():
            # A file that is gone may have been merged into another by a process that has not stamped the index yet.
            with suppress(FileNotFoundError):
                if Path(name).suffix not in _BULK and hash_file(self._directory / name)[0] != sha256:
                    raise ValueError(name)

    def _read_stamp(self) -> dict[str, Any]:
        try:
            stamp = json.loads(self._stamp.read_text())
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _files(self) -> dict[str, str]:
        files = self._read_stamp().get("files")
        return files if isinstance(files, dict) else {}

    def _hashes(self, known: Mapping[str, str]) -> dict[str, str]:
        # Segment files never change, so each is hashed once in its life.
        names = (path.name for path in self._directory.iterdir() if path.suffix not in _UNSTEADY)
        return {name: known.get(name) or hash_file(self._directory / name)[0] for name in sorted(names)}

    def damaged_files(self) -> list[str]:
        """The index's files that are gone or are not as they were written."""
        return [name for name, sha256 in self._files().items() if not self._is(name, sha256)]

    def _is(self, name: str, sha256: str) -> bool:
        path = self._directory / name
        return path.is_file() and hash_file(path)[0] == sha256

    def _read_generation(self) -> int:
        stamp = self._read_stamp()
        fits = stamp.get("analysis") == ANALYSIS_VERSION and stamp.get("layout") == _LAYOUT
        generation = stamp.get("generation")
        return generation if fits and isinstance(generation, int) else -1

    def _wipe(self) -> None:
        clear(self._directory)
        self._index = self._open()
        self.generation = -1

    def reload(self) -> None:
        """See what another process has written."""
        self.generation = self._read_generation()
        if self._links:
            self._linked()  # what has been written since, by one who may
        self._index.reload()

    def update(self, removed: Iterable[str], rows: Iterable[LexicalRow], generation: int) -> None:
        """Forget the documents in ``removed``, add ``rows``, stamp the index; a generation of -1 before starts it anew.

        Name the documents of ``rows`` in ``removed`` too: an update that was killed before its stamp is then repeated.
        """
        if self.generation < 0:
            self._wipe()
        writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        for document in removed:
            writer.delete_documents_by_term("document", document)
        for row in rows:
            writer.add_document(self._document(row))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        stamp = {
            "generation": generation,
            "analysis": ANALYSIS_VERSION,
            "layout": _LAYOUT,
            "files": self._hashes(self._files()),
        }
        new = self._stamp.with_suffix(".new")
        new.write_text(json.dumps(stamp))
        new.replace(self._stamp)
        self.generation = generation

    @staticmethod
    def _document(row: LexicalRow) -> tantivy.Document:
        document = tantivy.Document()
        document.add_integer("passage", row.passage_id)
        document.add_text("document", row.document_id)
        for name in FACETS:
            for value in row.facets.get(name) or (NONE,):
                document.add_text(name, value)
        # Title and headings come again with every passage below them.
        text, title, headings = terms_of(row.text), _again(row.title), _again(row.headings)
        for terms in (text, title):  # a value each: no phrase goes from one into the other
            document.add_text("words", terms.words)
            document.add_text("syllables", terms.syllables)
            document.add_text("folded", terms.folded)
        document.add_text("headings", headings.syllables)
        document.add_text("headings_folded", headings.folded)
        for terms in (text, title, headings):
            if without_marks(terms):
                document.add_text("bare", terms.folded)
        return document

    @timed("lexical")
    def search(
        self,
        terms: Terms,
        weights: Mapping[str, float],
        limit: int,
        documents: Sequence[str] | None = None,
        passages: NDArray[np.int64] | None = None,
        required: Sequence[Phrase] = (),
        excluded: Sequence[Phrase] = (),
        newest: int | None = None,
    ) -> list[tuple[int, float]]:
        """Passages with their BM25 scores, best first.

        ``terms``: the question's; ``weights``: a boost a field of :data:`FIELDS`, fields left out are not searched;
        ``documents``: only passages of these; ``passages``: their ids, ascending, where they are known, which makes it
        faster. Each of the ``required`` phrases has to stand in a passage, its headings or title, none of the
        ``excluded`` may. ``newest``: no passage of a higher id.
        """
        query, occur = tantivy.Query, tantivy.Occur
        clauses = [
            (occur.Should, query.boost_query(query.term_query(self._schema, name, term), weight))
            for name, weight in weights.items()
            for term in dict.fromkeys(getattr(terms, FIELDS[name]).split())
        ]
        if not clauses:
            return []
        asked, older = query.boolean_query(clauses), None
        if newest is not None:
            older = query.range_query(self._schema, "passage", tantivy.FieldType.Integer, None, newest)

        def found(within: Sequence[str] | None, most: int) -> list[tuple[int, float]]:
            wanted = self._within(asked, within, required, excluded)
            if older is not None:
                wanted = query.boolean_query([(occur.Must, wanted), (occur.Must, query.const_score_query(older, 0.0))])
            hits = searcher.search(wanted, limit=most, count=False).hits
            ids = self._ids(searcher, [address for _, address in hits])
            return [(i, float(score or 0.0)) for i, (score, _) in zip(ids, hits, strict=True)]

        with index_faults(self._directory.parent):
            searcher = self._index.searcher()
            share = 0.0 if passages is None else passages.size / max(1, searcher.num_docs)
            if documents is not None and passages is not None and share >= _MANY:
                more = math.ceil(_BEYOND * limit / share)
                hits = found(None, more)
                kept = _among(hits, passages)
                if len(kept) >= limit or len(hits) < more:
                    return kept[:limit]
            return found(documents, limit)

    def _within(
        self,
        wanted: tantivy.Query,
        documents: Sequence[str] | None,
        required: Sequence[Phrase],
        excluded: Sequence[Phrase],
    ) -> tantivy.Query:
        query, occur = tantivy.Query, tantivy.Occur
        clauses = [(occur.Must, self._standing(phrase)) for phrase in required]
        clauses += [(occur.MustNot, self._standing(phrase)) for phrase in excluded]
        if documents is not None:
            within = query.term_set_query(self._schema, "document", list(documents))
            clauses.append((occur.Must, query.const_score_query(within, 0.0)))
        return query.boolean_query([(occur.Must, wanted), *clauses]) if clauses else wanted

    def count(
        self,
        form: str,
        terms: Sequence[str],
        least: int,
        documents: Sequence[str] | None = None,
        required: Sequence[Phrase] = (),
        excluded: Sequence[Phrase] = (),
    ) -> tuple[int, dict[str, dict[str, int]]]:
        """How many passages hold at least ``least`` of some terms; and how many a facet.

        Values of each of :data:`FACETS`, :data:`NONE` where a passage has none; a passage may have several of "lead".
        """
        query, occur = tantivy.Query, tantivy.Occur
        clauses = [(occur.Should, self._standing((form, (term,)))) for term in dict.fromkeys(terms)]
        wanted = query.boolean_query(clauses, minimum_number_should_match=least) if clauses else query.all_query()
        wanted = self._within(wanted, documents, required, excluded)
        asked = {name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in FACETS}
        with index_faults(self._directory.parent):
            found = self._index.searcher().aggregate(wanted, asked)
        counts = {
            name: {bucket["key"]: int(bucket["doc_count"]) for bucket in found[name]["buckets"]} for name in FACETS
        }
        return sum(counts["quality"].values()), counts

    def _standing(self, phrase: Phrase) -> tantivy.Query:
        query, (form, words) = tantivy.Query, phrase

        def standing_in(name: str) -> tantivy.Query:
            if len(words) == 1:
                return query.term_query(self._schema, name, words[0])
            return query.phrase_query(self._schema, name, list(words))

        return query.boolean_query([(tantivy.Occur.Should, standing_in(name)) for name in _PLACES[form]])

    def passage_ids(self) -> set[int]:
        """The ids of all passages in the index."""
        with index_faults(self._directory.parent):
            searcher = self._index.searcher()
            count = searcher.num_docs
            if count == 0:
                return set()
            hits = searcher.search(tantivy.Query.all_query(), limit=count, count=False).hits
            return set(self._ids(searcher, [address for _, address in hits]))

    @staticmethod
    def _ids(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> list[int]:
        return [int(i or 0) for i in searcher.fast_field_values("passage", addresses)]


def _among(found: Sequence[tuple[int, float]], passages: NDArray[np.int64]) -> list[tuple[int, float]]:
    ids = np.array([passage for passage, _ in found], np.int64)
    places = np.minimum(np.searchsorted(passages, ids), passages.size - 1)
    return [found[at] for at in np.flatnonzero(passages[places] == ids).tolist()]
