"""An agency's duties in a period: everything of its own and inherited, by deadline, as sheets and calendar."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import typer
from fastapi.testclient import TestClient
from icalendar import Calendar
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.answers.duties import duties_of
from api.cli.duties import duties
from api.http import create_app
from corpus.errors import QueryError
from corpus.store.archive import Archive
from tests.api.planting import new_archive, plan, plant, target, task

commands = typer.Typer(pretty_exceptions_enable=False)
commands.command()(duties)

AGENCY = "Sở Khoa học và Công nghệ"


def run(archive: Path, *arguments: str) -> Any:
    return CliRunner().invoke(commands, [*arguments, "--archive", str(archive)])


def test_duties_come_by_deadline_with_what_was_inherited(archive: Archive) -> None:
    found = duties_of(archive, AGENCY, first="1/2025", last="12/2026").duties
    days = [duty.due or date.max for duty in found]
    assert days == sorted(days)
    assert all(date(2025, 1, 1) <= duty.due <= date(2026, 12, 31) for duty in found if duty.due)
    tasks = {getattr(duty.record, "task", ""): duty for duty in found}
    assert tasks["Mở rộng trợ lý ảo đến cấp xã"].inherited  # given to Sở Thông tin và Truyền thông
    assert not tasks["Trợ lý ảo hỗ trợ hai thứ tiếng, có tiếng dân tộc thiểu số"].inherited
    assert {duty.role for duty in found} == {"lead", "coordinating", None}


def test_a_period_takes_what_touches_it_and_what_runs_all_year(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    header = plan("1/KH-UBND", "Cải cách hành chính năm 2024", date(2024, 1, 5))
    plant(
        archive,
        "a.md",
        header,
        task("khảo sát hài lòng", "Sở Nội vụ", due="Quý I/2024", start=date(2024, 1, 1), end=date(2024, 3, 31)),
        task("kiểm tra công vụ", "Sở Nội vụ", due="trước ngày 1/6/2024", end=date(2024, 5, 31)),
        task("báo cáo tiến độ", "Sở Nội vụ", due="hằng quý"),
        task("cấp kinh phí", "Sở Tài chính", coordinating=["Sở Nội vụ"], due="tháng 3", end=date(2024, 3, 31)),
        task("sửa đường tỉnh", "Sở Xây dựng", end=date(2024, 3, 1)),
    )
    first = duties_of(archive, "sở nội vụ", first="Quý I/2024", last="Quý I/2024").duties
    assert [(duty.kind, duty.role, duty.due) for duty in first] == [
        ("task", "lead", date(2024, 3, 31)),
        ("task", "coordinating", date(2024, 3, 31)),
        ("report", "lead", None),
    ]
    second = duties_of(archive, "Sở Nội vụ", first="4/2024", last="6/2024").duties
    assert [duty.due for duty in second] == [date(2024, 5, 31), None]
    assert duties_of(archive, "Sở Nội vụ", first="2025").duties == ()


def test_goals_of_a_plan_that_the_agency_issued_are_its_own(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    header = plan("1/KH-SNV", "Cải cách hành chính năm 2024", date(2024, 1, 5), issuer="Sở Nội vụ")
    plant(archive, "a.md", header, target("Tỷ lệ hồ sơ đúng hạn", ">=", 98, end=date(2024, 11, 30)))
    (goal,) = duties_of(archive, "Sở Nội vụ", first="2024", last="2024").duties
    assert (goal.kind, goal.due, goal.role) == ("goal", date(2024, 11, 30), None)


@pytest.mark.parametrize(
    ("agency", "first", "last"),
    [("", None, None), ("Sở Không Có Thật", None, None), (AGENCY, "hôm nào", None), (AGENCY, "2026", "2025")],
)
def test_what_is_not_understood_is_told(archive: Archive, agency: str, first: str | None, last: str | None) -> None:
    with pytest.raises(QueryError) as told:
        duties_of(archive, agency, first=first, last=last)
    assert told.value.vi != told.value.en


def test_the_command_gives_table_json_sheet_word_and_calendar(sample_archive: Path, tmp_path: Path) -> None:
    asked = (AGENCY, "--from", "1/2025", "--to", "12/2026")
    printed = json.loads(run(sample_archive, *asked, "--json").stdout)
    assert (printed["agency"], printed["first"], printed["last"]) == (AGENCY, "2025-01-01", "2026-12-31")
    table = run(sample_archive, *asked).stdout
    assert "từ 01/01/2025 đến 31/12/2026" in table
    assert "kế thừa" in table
    files = {suffix: tmp_path / f"a.{suffix}" for suffix in ("xlsx", "docx", "ics")}
    for file in files.values():
        assert run(sample_archive, *asked, "--output", str(file)).exit_code == 0
    rows = list(load_workbook(files["xlsx"]).active.iter_rows(values_only=True))
    assert len(rows) == 1 + len(printed["duties"])
    assert rows[1][0].date().isoformat() == printed["duties"][0]["due"]
    assert len(docx.Document(str(files["docx"])).tables[0].rows) == len(rows)
    events = Calendar.from_ical(files["ics"].read_bytes()).walk("VEVENT")
    assert len(events) == sum(duty["due"] is not None for duty in printed["duties"])


def test_the_route_gives_json_and_a_calendar(sample_archive: Path) -> None:
    app = create_app(sample_archive)
    with TestClient(app) as client:
        asked = {"of": AGENCY, "from": "1/2025", "to": "12/2026"}
        answer = client.get("/api/v1/duties", params=asked).json()
        assert answer["first"] == "2025-01-01"
        assert answer["duties"]
        calendar = client.get("/api/v1/duties", params={**asked, "format": "ics"})
        assert Calendar.from_ical(calendar.content).walk("VEVENT")
        assert client.get("/api/v1/duties", params={"of": "Sở Không Có Thật"}).status_code == 400
