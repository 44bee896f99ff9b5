"""Where an archive is kept: records in SQL, a lexical and a vector index derived from them, the source files."""

from corpus.store.archive import Archive
from corpus.store.entry import Entry, EntryPassage

__all__ = ["Archive", "Entry", "EntryPassage"]
