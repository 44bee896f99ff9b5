"""Files for Excel and calendars, opened as those programs open them."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from api.answers.assignments import AssignmentRow
from api.answers.citations import CitationRow
from api.answers.targets import TargetRow
from api.exports import FileFormat, export
from api.exports.calendar import to_calendar
from api.exports.cells import Linked
from api.exports.columns import COLUMNS, Kind
from api.exports.csv import to_csv
from api.exports.links import Links
from api.exports.sheets import Sheet, sheets_to_word, sheets_to_xlsx
from api.exports.wording import amount
from api.exports.xlsx import to_xlsx
from corpus.errors import Language, QueryError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HERE = Links("http://127.0.0.1:8000/")


def assignment(task: str = "tổ chức hội nghị", **fields: object) -> AssignmentRow:
    values: dict[str, object] = dict.fromkeys(AssignmentRow.__dataclass_fields__)
    values |= {
        "document": "0123456789ab", "number": "12/KH-UBND", "title": "Cải cách hành chính", "section": "II.1.a",
        "task": task, "lead": ("Sở Nội vụ", "Văn phòng UBND tỉnh"), "coordinating": (), "lead_today": ("Sở Nội vụ",),
        "inherited": False, "unresolved": (), "due_text": "Quý II/2018", "due_start": date(2018, 4, 1),
        "due_end": date(2018, 6, 30), "source": "plans/a.docx", "ordinal": 3, "start": 100, "end": 160, "passage": 90,
        "issued_on": date(2018, 1, 15),
    }  # fmt: skip
    return AssignmentRow(**{**values, **fields})  # type: ignore[arg-type]


def goal(comparator: str, value: float, high: float | None = None, unit: str | None = "%") -> TargetRow:
    values: dict[str, object] = dict.fromkeys(TargetRow.__dataclass_fields__)
    values |= {
        "document": "0123456789ab", "section": "I", "indicator": "mức độ hài lòng", "comparator": comparator,
        "value": value, "value_high": high, "unit": unit, "due_end": date(2018, 12, 31), "key": "sipas",
        "source": "a.md", "ordinal": 0, "start": 5, "end": 9,
    }  # fmt: skip
    return TargetRow(**values)  # type: ignore[arg-type]


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet_of(data: bytes) -> Worksheet:
    sheet = load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_csv_has_the_public_names_and_opens_as_vietnamese_in_excel() -> None:
    data = to_csv([assignment('chữ "trong ngoặc", phẩy\nvà xuống dòng')], "assignments")
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = rows_of(data)
    assert row["task"] == 'chữ "trong ngoặc", phẩy\nvà xuống dòng'
    assert row["lead"] == "Sở Nội vụ; Văn phòng UBND tỉnh"
    assert (row["due_start"], row["due_end"], row["funding"]) == ("2018-04-01", "2018-06-30", "")
    names = "document number section page task lead coordinating product due_text due_start due_end funding"
    assert set(names.split()) <= set(row)


@pytest.mark.parametrize("typed", ["=1+1", "+84", "-ok", "@SUM(A1)", "\tx", "＝1+1", "=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula(typed: str) -> None:
    (row,) = rows_of(to_csv([assignment(typed)], "assignments"))
    assert row["task"] == f"'{typed}"
    cell = sheet_of(to_xlsx([assignment(typed)], "assignments", HERE, "vi")).cell(2, 1)
    assert cell.data_type == "s"
    assert cell.value == typed


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_text_goes_into_every_form_and_comes_out(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    records = [assignment(text) for text in texts]
    assert [row["task"].removeprefix("'") for row in rows_of(to_csv(records, "assignments"))] == [
        text.removeprefix("'") for text in texts
    ]
    sheet = sheet_of(to_xlsx(records, "assignments", HERE, "vi", "ghi chú & lưu ý"))
    assert sheet.max_row == len(texts) + 1
    calendar = Calendar.from_ical(to_calendar(records, HERE, "vi", now=NOW))
    assert len(list(calendar.walk("VEVENT"))) == len(texts)


def test_a_sheet_is_ready_to_read_filter_and_print() -> None:
    sheet = sheet_of(
        to_xlsx([assignment(), assignment(number=None, due_end=None)], "assignments", HERE, "vi", "Minh họa")
    )
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    assert sheet.title == "Nhiệm vụ"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.endswith(f"{3}")
    assert sheet.column_dimensions["A"].width > 60
    task = sheet.cell(2, heads["Nhiệm vụ"])
    assert task.alignment.wrap_text
    assert task.alignment.vertical == "top"
    due = sheet.cell(2, heads["Đến ngày"])
    assert due.is_date
    assert due.value == datetime(2018, 6, 30)
    assert due.number_format == "dd/mm/yyyy"
    assert sheet.cell(3, heads["Đến ngày"]).value is None
    for row in (2, 3):
        link = sheet.cell(row, heads["Số hiệu"]).hyperlink
        assert link.target == "http://127.0.0.1:8000/documents/0123456789ab#p90"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddFooter.left.text == "Minh họa"


def test_a_sheet_says_in_words_what_programs_read_as_names() -> None:
    def column(records: list[Any], kind: Kind, head: str, language: Language = "vi") -> list[object]:
        sheet = sheet_of(to_xlsx(records, kind, HERE, language))
        at = next(cell.column for cell in sheet[1] if cell.value == head)
        return [sheet.cell(row, at).value for row in range(2, sheet.max_row + 1)]

    assert column([assignment(inherited=True), assignment()], "assignments", "Kế thừa") == ["có", None]
    assert column([goal(">=", 90), goal("range", 1, 2)], "targets", "So sánh") == ["≥", "–"]
    cited = CitationRow(**(dict.fromkeys(CitationRow.__dataclass_fields__) | {"document": "a", "kind": "basis"}))  # type: ignore[arg-type]
    assert column([cited], "citations", "Quan hệ") == ["căn cứ"]
    assert column([cited], "citations", "Relation", "en") == ["basis"]
    assert rows_of(to_csv([goal(">=", 90)], "targets"))[0]["comparator"] == ">="


@pytest.mark.parametrize(
    "typed", ["a\ufffeb", "a\uffffb", "a\x00b", "a\x0bb", "\u202eab", "😀" * 9_000, "rất dài " * 2_000]
)
def test_odd_signs_and_long_texts_leave_a_sheet_that_opens(typed: str) -> None:
    cell = sheet_of(to_xlsx([assignment(typed)], "assignments", HERE, "vi")).cell(2, 1)
    assert str(cell.value)[:1] == typed[:1]
    with zipfile.ZipFile(io.BytesIO(to_xlsx([assignment(typed)], "assignments", HERE, "vi"))) as package:
        etree.fromstring(package.read("xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize("make", [sheets_to_xlsx, sheets_to_word])
def test_odd_signs_leave_tables_that_open(make: Callable[[str, str, list[Sheet]], bytes]) -> None:
    odd = "=1+1\ufffe\uffff\x0b" + "rất dài " * 5_000
    rows = [(odd, date(2018, 4, 1)), (Linked(odd, "http://h/"), 1.5)]
    table = Sheet("Bảng có tên dài hơn một trang của Excel cho phép", [(odd, 20), ("Ngày", 12)], rows)
    with zipfile.ZipFile(io.BytesIO(make(odd, odd, [table]))) as package:
        for name in package.namelist():
            if name.endswith(".xml"):
                etree.fromstring(package.read(name))


def test_heads_are_in_the_readers_language() -> None:
    assert [cell.value for cell in sheet_of(to_xlsx([goal(">=", 90)], "targets", HERE, "en"))[1]][:2] == [
        "Indicator", "Comparator",
    ]  # fmt: skip


def test_links_lead_to_the_file_where_no_address_is_known(tmp_path: Path) -> None:
    package = tmp_path / "kế hoạch 2018.zip"
    package.write_bytes(b"PK")
    assert Links().to(assignment(source=str(package))) == package.as_uri()
    assert Links().to(assignment(source=f"{package}!a/b.docx")) == package.as_uri()
    assert Links().to(assignment(source="a.docx")).startswith("file:///")
    assert Links("http://h/").to(assignment(passage=None)) == "http://h/documents/0123456789ab"


def test_a_deadline_is_an_all_day_event_on_its_last_day() -> None:
    records = [assignment(), assignment("theo dõi", due_start=None, due_end=None), assignment("từ", due_end=None)]
    calendar = Calendar.from_ical(to_calendar(records, HERE, "vi", "Minh họa", NOW))
    first, second = calendar.walk("VEVENT")
    assert first.decoded("dtstart") == date(2018, 6, 30)
    assert first.decoded("dtend") - first.decoded("dtstart") == timedelta(days=1)
    assert not isinstance(first.decoded("dtstart"), datetime)
    assert str(first["summary"]) == "tổ chức hội nghị"
    for said in ("Sở Nội vụ; Văn phòng UBND tỉnh", "12/KH-UBND", "II.1.a", "Quý II/2018"):
        assert said in str(first["description"])
    assert str(first["url"]) == "http://127.0.0.1:8000/documents/0123456789ab#p90"
    assert second.decoded("dtstart") == date(2018, 4, 1)
    assert str(calendar["version"]) == "2.0"
    assert calendar["prodid"]


def test_uids_are_stable_and_each_is_its_own() -> None:
    records = [assignment(), assignment("khác"), assignment(start=200)]

    def uids(rows: list[AssignmentRow], now: datetime) -> list[str]:
        return [
            str(event["uid"]) for event in Calendar.from_ical(to_calendar(rows, HERE, "vi", now=now)).walk("VEVENT")
        ]

    known = uids(records, NOW)
    assert len(set(known)) == 3
    assert uids([records[0], records[2]], NOW + timedelta(days=9)) == [known[0], known[2]]


def test_a_task_and_a_goal_at_one_place_are_two_events() -> None:
    at_one_place = [assignment(start=5), goal(">=", 90)]
    events = [Calendar.from_ical(to_calendar([each], HERE, "vi", now=NOW)).walk("VEVENT")[0] for each in at_one_place]
    assert len({str(event["uid"]) for event in events}) == 2


def test_long_tasks_are_cut_in_the_month_view_only() -> None:
    long = "rà soát thủ tục " * 40
    (event,) = Calendar.from_ical(to_calendar([assignment(long)], HERE, "vi", now=NOW)).walk("VEVENT")
    assert len(str(event["summary"])) <= 120
    assert long.strip() in str(event["description"])


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (goal(">=", 90.0), "≥ 90 %"),
        (goal("range", 30, 40), "30–40 %"),
        (goal("<", 0.5), "< 0,5 %"),
        (goal("=", 2, unit="hội nghị"), "2 hội nghị"),
        (goal("<=", 1500000000, unit=None), "≤ 1500000000"),
    ],
)
def test_amounts_are_said_as_people_write_them(record: TargetRow, said: str) -> None:
    assert amount(record) == said


@pytest.mark.parametrize("kind", ["documents", "citations"])
def test_a_calendar_takes_only_what_has_deadlines(kind: Kind) -> None:
    with pytest.raises(QueryError) as caught:
        export([], kind, "ics", HERE, "vi", "")
    assert caught.value.code == "export-no-deadlines"


@pytest.mark.parametrize("kind", list(COLUMNS))
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_nothing_found_is_a_table_with_its_head(kind: Kind, form: FileFormat) -> None:
    data = export([], kind, form, HERE, "vi", "")
    if form == "csv":
        assert data.decode("utf-8-sig").strip().split(",") == [column.name for column in COLUMNS[kind]]
    else:
        assert [cell.value for cell in sheet_of(data)[1]] == [column.vi for column in COLUMNS[kind]]
