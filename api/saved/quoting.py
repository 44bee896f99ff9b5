"""Places in an archive as they are kept, and where what was kept stands today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select

from api.answers.assignments import AssignmentRow, list_assignments
from api.answers.documents import show_document
from api.answers.filters import Filters
from api.answers.sources import SOURCE
from api.answers.targets import TargetRow, list_targets
from api.exports.wording import amount
from api.saved.model import Item, Kind, Quoted
from corpus.errors import QueryError
from corpus.store import schema
from corpus.store.archive import Archive

_FACTS = ("number", "type", "title", "issuer", "issued_on")

Now = Literal["same", "changed_text", "replaced", "replaced_changed", "gone"]
"""What became of a place: its words stand as they did; the document was read anew and has others; its file was
replaced by another version, which has these words or not; it is gone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a place; ``document``: where to look today, null where it is gone; ``start``: of its passage."""

    now: Now
    document: str | None
    start: int | None


def quote(archive: Archive, kind: Kind, reference: str) -> Quoted:
    """The place that a reference names: a document's id, or "DOCUMENT:START" or "DOCUMENT:ORDINAL".

    QueryError where the archive does not have it.
    """
    document, _, place = reference.partition(":")
    if kind == "document":
        card = show_document(archive, reference).card
        facts = (card.number, card.type, card.title, card.issuer, card.issued_on)
        return Quoted("document", card.id, None, *facts, "", None, "", "", 0, 0, "", card.source)
    if not place.isascii() or not place.isdigit():
        raise _no_such_place(reference)
    at = int(place[:12])
    if kind == "passage":
        return _passage(archive, document, at)
    rows: Sequence[AssignmentRow | TargetRow]
    only = Filters(documents=(document,))
    rows = (list_assignments if kind == "assignment" else list_targets)(archive, only)[0]
    row = next((row for row in rows if row.ordinal == at), None)
    if row is None:
        raise _no_such_place(reference)
    with archive.reading() as connection:
        words = _words(connection, document, row.start, row.end) or ""
    facts = (row.number, row.type, row.title, row.issuer, row.issued_on)
    text, details = _told(row)
    return Quoted(
        kind, document, at, *facts, row.section, row.page, text, details, row.start, row.end, words, row.source
    )


def _told(row: AssignmentRow | TargetRow) -> tuple[str, str]:
    """A record's own words, and what else it says, in the language of the documents."""
    due = f"thời hạn: {row.due_text}" if row.due_text else ""
    if isinstance(row, TargetRow):
        return f"{row.indicator}: {amount(row)}", due
    told = (
        f"chủ trì: {', '.join(row.lead)}" if row.lead else "",
        f"phối hợp: {', '.join(row.coordinating)}" if row.coordinating else "",
        due,
        f"sản phẩm: {row.product}" if row.product else "",
    )
    return row.task, "; ".join(filter(None, told))


def _passage(archive: Archive, document: str, start: int) -> Quoted:
    documents, passages = schema.documents.c, schema.passages.c
    query = (
        select(
            *(documents[name] for name in _FACTS),
            passages.section,
            passages.page,
            passages.end,
            func.substr(documents.text, start + 1, passages.end - start).label("words"),
            SOURCE,
        )
        .join_from(schema.passages, schema.documents)
        .where(passages.document_id == document, passages.start == start)
    )
    with archive.reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise _no_such_place(f"{document}:{start}")
    facts = (row.number, row.type, row.title, row.issuer, row.issued_on)
    text, span = " ".join(row.words.split()), (start, row.end, row.words)
    return Quoted("passage", document, start, *facts, row.section, row.page, text, "", *span, row.source)


def _words(connection: Connection, document: str, start: int, end: int) -> str | None:
    text = func.substr(schema.documents.c.text, start + 1, end - start)
    return connection.execute(select(text).where(schema.documents.c.id == document)).scalar()


def standings(archive: Archive, items: Sequence[Item]) -> dict[int, Standing]:
    """What became of each of some items, by their ids."""
    documents, files = schema.documents.c, schema.files.c
    wanted = {item.quoted.document for item in items}
    with archive.reading() as connection:
        held = set(connection.scalars(select(documents.id).where(documents.id.in_(wanted))))
        paths = {item.quoted.source for item in items if item.quoted.document not in held}
        named = select(files.path, files.document_id).where(files.path.in_(paths), files.document_id.is_not(None))
        replaced = {row.path: row.document_id for row in connection.execute(named)}
        return {item.id: _standing(connection, item.quoted, held, replaced) for item in items}


def _standing(connection: Connection, quoted: Quoted, held: set[str], replaced: dict[str, str]) -> Standing:
    known = quoted.document in held
    document = quoted.document if known else replaced.get(quoted.source)
    if document is None:
        return Standing("gone", None, None)
    if not quoted.words:
        return Standing("same" if known else "replaced", document, None)
    if known and _words(connection, document, quoted.start, quoted.end) == quoted.words:
        return Standing("same", document, _holding(connection, document, quoted.start))
    # Read anew, the same words may stand elsewhere: a list was numbered, a line joined.
    text = schema.documents.c.text
    found = select(func.instr(text, quoted.words)).where(schema.documents.c.id == document)
    at = int(connection.execute(found).scalar() or 0)
    if not at:
        return Standing("changed_text" if known else "replaced_changed", document, None)
    return Standing("same" if known else "replaced", document, _holding(connection, document, at - 1))


def _holding(connection: Connection, document: str, offset: int) -> int | None:
    """Where the passage starts that holds an offset."""
    passages = schema.passages.c
    query = select(func.max(passages.start)).where(passages.document_id == document, passages.start <= offset)
    return connection.execute(query).scalar()


def _no_such_place(reference: str) -> QueryError:
    return QueryError(
        "saved-place",
        f"Kho không có chỗ “{reference[:60]}” để đánh dấu. Mở lại trang vừa xem rồi bấm Đánh dấu lần nữa.",
        f"The archive has no place “{reference[:60]}” to save. Open the page again and press Save once more.",
    )
