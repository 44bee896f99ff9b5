"""``saved.sqlite`` in an archive's folder: whose lists hold what; safe for several processes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import category

from sqlalchemy import Connection, Row, delete, func, select, update

from api.saved.model import Collection, Item, Quoted, SavedSearch
from api.saved.schema import collections, items, metadata, searches
from corpus.errors import QueryError
from corpus.store.companion import Companion

FILE_NAME = "saved.sqlite"

KEPT_DAYS = 30
"""Days for which what was removed can be brought back."""

LONGEST_NAME = 200
LONGEST_NOTE = 10_000
LONGEST_QUERY = 10_000

_QUOTED = [field.name for field in fields(Quoted)]


def now() -> datetime:
    """The time, in UTC, as it is stored."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class SavedStore:
    """The lists of everyone who uses an archive; each method sees one owner's alone.

    QueryError ``saved-unknown`` where there is no such thing, ArchiveError where the folder cannot be read or written.
    """

    def __init__(self, directory: Path) -> None:
        """The file is made when something is first kept."""
        self._file = Companion(directory, directory / FILE_NAME, metadata)

    def collections(self, owner: str) -> list[Collection]:
        """The owner's collections, those that were removed last, in the order they were made."""
        held = select(items.c.collection, func.count().label("held")).where(items.c.removed_at.is_(None))
        counts = held.group_by(items.c.collection).subquery()
        query = (
            select(collections, func.coalesce(counts.c.held, 0).label("held"))
            .outerjoin(counts, counts.c.collection == collections.c.id)
            .where(collections.c.owner == owner)
            .order_by(collections.c.removed_at.is_not(None), collections.c.id)
        )
        with self._file.reading() as connection:
            rows = connection.execute(query).all() if connection else []
        return [Collection(row.id, row.name, row.held, row.removed_at) for row in rows]

    def add_collection(self, owner: str, name: str) -> int:
        """Make a collection; its id. QueryError for a name that is empty, too long or cannot be shown."""
        with self._file.writing() as connection:
            return _add_collection(connection, owner, _named(name))

    def rename_collection(self, owner: str, id_: int, name: str) -> None:
        """Give a collection another name; QueryError as in :meth:`add_collection`."""
        with self._file.writing() as connection:
            _require(connection, owner, id_)
            connection.execute(update(collections).where(collections.c.id == id_).values(name=_named(name)))

    def remove_collection(self, owner: str, id_: int, *, restore: bool = False) -> None:
        """Take a collection out with all that it holds, or bring it back."""
        with self._file.writing() as connection:
            _require(connection, owner, id_)
            at = None if restore else now()
            connection.execute(update(collections).where(collections.c.id == id_).values(removed_at=at))

    def items(self, owner: str, collection: int) -> list[Item]:
        """What a collection holds in the order of adding, what was taken out last."""
        query = (
            select(items)
            .where(items.c.collection == collection)
            .order_by(items.c.removed_at.is_not(None), items.c.added_at, items.c.id)
        )
        with self._file.reading() as connection:
            if connection is None:
                raise _unknown()
            _require(connection, owner, collection)
            return [_item(row) for row in connection.execute(query)]

    def add(self, owner: str, quoted: Quoted, note: str, collection: int | None, named: str) -> Item:
        """Keep a place; where it is kept already that item, brought back if it was removed.

        ``collection``: the one that was last added to where None; ``named``: the name of the first of all.
        """
        with self._file.writing() as connection:
            _forget(connection)
            at = collection if collection is not None else _last_used(connection, owner)
            if at is None:
                at = _add_collection(connection, owner, named)
            _require(connection, owner, at)
            same = select(items).where(
                items.c.collection == at,
                items.c.kind == quoted.kind,
                items.c.document == quoted.document,
                items.c.place.is_not_distinct_from(quoted.place),
                items.c.words == quoted.words,
            )
            known = connection.execute(same).first()
            if known is not None:
                connection.execute(update(items).where(items.c.id == known.id).values(removed_at=None))
                return _item(connection.execute(select(items).where(items.c.id == known.id)).one())
            row = {**asdict(quoted), "collection": at, "note": note[:LONGEST_NOTE], "added_at": now()}
            made = connection.execute(items.insert().values(**row)).inserted_primary_key
            return _item(connection.execute(select(items).where(items.c.id == (made[0] if made else None))).one())

    def change(self, owner: str, id_: int, note: str, collection: int) -> None:
        """Write an item's note and move it to a collection."""
        with self._file.writing() as connection:
            _require(connection, owner, _holder(connection, id_))
            _require(connection, owner, collection)
            changed = update(items).where(items.c.id == id_)
            connection.execute(changed.values(note=note[:LONGEST_NOTE].strip(), collection=collection))

    def remove(self, owner: str, id_: int, *, restore: bool = False) -> int:
        """Take an item out of its collection, or bring it back; the collection's id."""
        with self._file.writing() as connection:
            holder = _holder(connection, id_)
            _require(connection, owner, holder)
            at = None if restore else now()
            connection.execute(update(items).where(items.c.id == id_).values(removed_at=at))
            return holder

    def searches(self, owner: str) -> list[SavedSearch]:
        """The owner's searches, the newest first, those that were removed last."""
        query = (
            select(searches)
            .where(searches.c.owner == owner)
            .order_by(searches.c.removed_at.is_not(None), searches.c.saved_at.desc(), searches.c.id.desc())
        )
        with self._file.reading() as connection:
            return [_search(row) for row in connection.execute(query)] if connection else []

    def add_search(self, owner: str, query: str, note: str, generation: int, documents: Sequence[str]) -> int:
        """Keep a search with the documents that it finds now; the id, that of the same search where it is kept."""
        with self._file.writing() as connection:
            _forget(connection)
            same = select(searches.c.id).where(searches.c.owner == owner, searches.c.query == query)
            known = connection.execute(same).scalar()
            state = {"generation": generation, "documents": list(documents), "removed_at": None}
            if known is not None:
                connection.execute(update(searches).where(searches.c.id == known).values(**state))
                return int(known)
            row = {**state, "owner": owner, "query": query, "note": note[:LONGEST_NOTE], "saved_at": now()}
            made = connection.execute(searches.insert().values(**row)).inserted_primary_key
            return int(made[0]) if made else 0

    def note_search(self, owner: str, id_: int, note: str) -> None:
        """Write a search's note."""
        self._change_search(owner, id_, note=note[:LONGEST_NOTE].strip())

    def see_search(self, owner: str, id_: int, generation: int, documents: Sequence[str]) -> None:
        """Note what a search finds now: what comes later is new."""
        self._change_search(owner, id_, generation=generation, documents=list(documents))

    def remove_search(self, owner: str, id_: int, *, restore: bool = False) -> None:
        """Take a search out, or bring it back."""
        self._change_search(owner, id_, removed_at=None if restore else now())

    def _change_search(self, owner: str, id_: int, **values: object) -> None:
        with self._file.writing() as connection:
            own = searches.c.id == id_, searches.c.owner == owner
            if not connection.execute(update(searches).where(*own).values(**values)).rowcount:
                raise _unknown()


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise QueryError(
            "saved-name-empty",
            "Bộ sưu tập chưa có tên. Gõ tên rồi bấm lại.",
            "The collection has no name. Type one and press again.",
        )
    if len(name) > LONGEST_NAME:
        raise QueryError(
            "saved-name-long",
            f"Tên bộ sưu tập dài {len(name)} ký tự; dài nhất {LONGEST_NAME} ký tự. Rút ngắn tên rồi bấm lại.",
            f"The collection's name has {len(name)} characters; at most {LONGEST_NAME} fit. Shorten it, then save.",
        )
    if any(category(character) == "Cc" for character in name):
        raise QueryError(
            "saved-name-control",
            "Tên bộ sưu tập có ký tự điều khiển không hiện ra được. Gõ lại tên thay vì dán, rồi bấm lại.",
            "The collection's name has control characters, which cannot be shown. Type it instead of pasting it, and "
            "press again.",
        )
    return name


def _unknown() -> QueryError:
    return QueryError(
        "saved-unknown",
        "Không có mục này trong danh sách đánh dấu của bạn; có thể đã xóa hẳn. Mở trang Đánh dấu để xem những gì "
        "đang có.",
        "Your saved list has no such thing; it may have been deleted. Open the page Saved to see what there is.",
    )


def _require(connection: Connection, owner: str, collection: int | None) -> None:
    own = select(collections.c.id).where(collections.c.id == collection, collections.c.owner == owner)
    if connection.execute(own).first() is None:
        raise _unknown()


def _holder(connection: Connection, item: int) -> int:
    holder = connection.execute(select(items.c.collection).where(items.c.id == item)).scalar()
    if holder is None:
        raise _unknown()
    return int(holder)


def _add_collection(connection: Connection, owner: str, name: str) -> int:
    made = connection.execute(collections.insert().values(owner=owner, name=name)).inserted_primary_key
    return int(made[0]) if made else 0


def _last_used(connection: Connection, owner: str) -> int | None:
    query = (
        select(collections.c.id)
        .outerjoin(items, items.c.collection == collections.c.id)
        .where(collections.c.owner == owner, collections.c.removed_at.is_(None))
        .order_by(items.c.added_at.desc().nulls_last(), items.c.id.desc(), collections.c.id.desc())
    )
    return connection.execute(query.limit(1)).scalar()


def _forget(connection: Connection) -> None:
    """Delete what was removed long ago."""
    before = now() - timedelta(days=KEPT_DAYS)
    for table in (items, collections, searches):
        connection.execute(delete(table).where(table.c.removed_at < before))


def _item(row: Row[Any]) -> Item:
    values = row._asdict()
    quoted = Quoted(**{name: values[name] for name in _QUOTED})
    return Item(row.id, row.collection, quoted, row.note, row.added_at, row.removed_at)


def _search(row: Row[Any]) -> SavedSearch:
    return SavedSearch(row.id, row.query, row.note, row.saved_at, row.generation, tuple(row.documents), row.removed_at)
