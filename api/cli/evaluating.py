"""``tienle evaluate``: an archive, or a collection made into one for the while."""

from __future__ import annotations

import tempfile
from pathlib import Path

from api.answers.evaluation import Scores, evaluate_archive, evaluate_documents
from api.cli.context import encoder_of, reranker_of
from api.cli.judgements import read_beir, read_queries
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.collection import index_texts


def evaluate_quotes(archive: Archive, queries: Path, by: str | None, reranker: str | None = None) -> Scores:
    """An archive against questions whose relevant passages are quoted."""
    return evaluate_archive(archive, encoder_of(archive), read_queries(queries), by=by, reranker=reranker_of(reranker))


def evaluate_beir(
    corpus: Path, queries: Path, qrels: Path, model: str, by: str | None, reranker: str | None = None
) -> Scores:
    """A collection in BEIR layout, indexed with a model into an archive that goes afterwards."""
    collection = read_beir(corpus, queries, qrels)
    encoder = load_encoder(model)
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.create(Path(folder), encoder.spec, model)
        documents = {name: document for document, name in index_texts(archive, collection.texts, encoder).items()}
        graded = [{documents[name]: grade for name, grade in grades.items()} for grades in collection.grades]
        scores = evaluate_documents(archive, encoder, collection.queries, graded, by=by, reranker=reranker_of(reranker))
        archive.close()
    return scores
