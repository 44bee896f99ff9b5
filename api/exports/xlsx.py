"""Lists of records as Excel sheets that are ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.exports.cells import Linked, Value
from api.exports.columns import COLUMNS, Kind, value_of
from api.exports.links import Links
from api.exports.sheets import Sheet, sheets_to_xlsx
from api.exports.wording import worded
from corpus.errors import Language

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_SHEETS: dict[Kind, dict[Language, str]] = {
    "assignments": {"vi": "Nhiệm vụ", "en": "Assignments"},
    "targets": {"vi": "Chỉ tiêu", "en": "Targets"},
    "citations": {"vi": "Viện dẫn", "en": "Citations"},
    "documents": {"vi": "Văn bản", "en": "Documents"},
    "series": {"vi": "Chỉ tiêu qua các năm", "en": "Goals over the years"},
}
_LINKED: dict[Kind, str] = {"assignments": "number", "targets": "number", "citations": "citing_number"}


def to_xlsx(
    records: Sequence[DataclassInstance], kind: Kind, links: Links, language: Language, notice: str = ""
) -> bytes:
    """A workbook of one sheet, a row a record; ``notice`` goes to the foot of the printed pages and the properties.

    The document's number links to its source. It is for people, as CSV is for programs: what has public names there is
    in words here. QueryError for more rows than a sheet holds.
    """
    columns = COLUMNS[kind]
    linked = _LINKED.get(kind, "number")

    def row(record: DataclassInstance) -> list[Value]:
        told: list[Value] = []
        for column in columns:
            value = worded(column.name, value_of(record, column.name), language)
            link = links.to(record) if column.name == linked else ""
            # A document without a number still leads to its source.
            told.append(Linked("→" if value is None else str(value), link) if link else value)
        return told

    heads = [(column.vi if language == "vi" else column.en, column.width) for column in columns]
    name = _SHEETS[kind][language]
    return sheets_to_xlsx(name, notice, [Sheet(name, heads, [row(record) for record in records], frozen="B2")])
