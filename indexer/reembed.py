"""Another model for an archive: from its stored passages, while the old vectors go on serving."""

from __future__ import annotations

from collections.abc import Callable

from corpus.encoder.contract import Encoder
from corpus.store import records
from corpus.store.archive import Archive
from indexer.prepare import embedded_text

_BLOCK = 512

Progress = Callable[[int, int], None]
"""Called after every block with passages done and passages in all."""


def reembed(archive: Archive, encoder: Encoder, model: str, progress: Progress | None = None) -> int:
    """Embed every stored passage with ``encoder`` and switch to it at the end, in one step; how many were embedded.

    ``model`` is the name that loads the encoder. A run that was stopped goes on where it was. ArchiveError when another
    process writes.
    """
    spec = encoder.spec
    embedded = 0
    with archive.writing():
        archive.sync()
        if spec.fingerprint == archive.spec.fingerprint:
            return 0
        while True:
            with archive.reading() as connection:
                rows = records.passages_without(connection, spec.fingerprint, _BLOCK)
            if not rows:
                break
            texts = [
                embedded_text(
                    spec,
                    written=(row.title or "", *row.headings, row.text),
                    segmented=(row.segmented_title, row.segmented_headings, row.segmented),
                )
                for row in rows
            ]
            archive.embed(spec, [row.id for row in rows], encoder.encode_passages(texts))
            embedded += len(rows)
            if progress:
                with archive.reading() as connection:
                    progress(*records.count_vectors(connection, spec.fingerprint))
        archive.switch(spec, model)
        archive.sync()
    return embedded
