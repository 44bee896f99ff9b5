"""Answers as files for other programs: CSV, Excel sheets, calendars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from corpus.errors import Language, QueryError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from api.exports.columns import Kind
    from api.exports.links import Links

FileFormat = Literal["csv", "xlsx", "ics"]

MEDIA_TYPES: dict[FileFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar; charset=utf-8",
}


def export(
    records: Sequence[DataclassInstance], kind: Kind, form: FileFormat, links: Links, language: Language, notice: str
) -> bytes:
    """The bytes of a file that holds records of one kind; ``notice`` is what the archive says about its documents.

    QueryError where the form cannot hold them: a calendar takes only what may have deadlines.
    """
    if form == "csv":
        from api.exports.csv import to_csv

        return to_csv(records, kind)
    if form == "xlsx":
        from api.exports.xlsx import to_xlsx

        return to_xlsx(records, kind, links, language, notice)
    require_deadlines(kind, form)
    from api.answers.assignments import AssignmentRow
    from api.answers.targets import TargetRow
    from api.exports.calendar import to_calendar

    dated = [record for record in records if isinstance(record, AssignmentRow | TargetRow)]
    return to_calendar(dated, links, language, notice)


def require_deadlines(kind: Kind, form: str) -> None:
    """QueryError where a calendar is wanted of records that have no deadlines."""
    if form == "ics" and kind not in ("assignments", "targets"):
        raise QueryError(
            "export-no-deadlines",
            "Lịch (ics) chỉ chứa được nhiệm vụ và chỉ tiêu, vì chỉ chúng có thời hạn. Chọn csv hoặc xlsx.",
            "A calendar (ics) takes assignments and targets only, which have deadlines. Choose csv or xlsx.",
        )
