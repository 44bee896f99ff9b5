"""The lists of records on the command line, as a person or a script runs them over the sample archive."""

import csv
import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

ASSIGNMENT = (
    "document number section page task lead coordinating product due_text due_start due_end funding "
    "inherited lead_today"
)
TARGET = "document number section page indicator comparator value value_high unit due_text due_start due_end"
CITATION = "document number type name issuer issued_on resolved"


def tienle(*arguments: str | Path, archive: Path, language: str = "vi") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "api.cli", *map(str, arguments), "--archive", str(archive)]
    environment = {**os.environ, "TIENLE_LANG": language, "COLUMNS": "180"}
    return subprocess.run(command, capture_output=True, check=False, env=environment)


def rows(*arguments: str, archive: Path) -> list[dict[str, Any]]:
    done = tienle(*arguments, "--json", archive=archive)
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("command", "names"), [("assignments", ASSIGNMENT), ("targets", TARGET), ("citations", CITATION)]
)
def test_json_is_one_array_of_everything_under_the_public_names(sample_archive: Path, command: str, names: str) -> None:
    every = rows(command, archive=sample_archive)
    assert len(every) > 20
    assert set(names.split()) <= set(every[0])
    assert rows(command, "--limit", "3", "--offset", "2", archive=sample_archive) == every[2:5]
    cards = {card["id"] for card in rows("documents", archive=sample_archive)}
    assert {row["document"] for row in every} <= cards


def test_who_was_told_to_keep_the_software_is_a_row(sample_archive: Path) -> None:
    found = rows("assignments", "phần mềm một cửa điện tử", "--year", "2019", archive=sample_archive)
    assert any("Sở Thông tin và Truyền thông" in row["lead"] and "một cửa" in row["task"] for row in found[:5])
    assert {row["number"] for row in found} >= {"09/KH-UBND"}


def test_todays_agency_finds_what_its_predecessor_was_given(sample_archive: Path) -> None:
    asked = ("assignments", "--lead", "Sở Khoa học và Công nghệ", "--year", "2021")
    assert not any("Truyền thông" in name for row in rows(*asked, archive=sample_archive) for name in row["lead"])
    today = rows(*asked, "--as-of-today", archive=sample_archive)
    inherited = [row for row in today if row["inherited"]]
    assert inherited
    assert all("Sở Khoa học và Công nghệ" in row["lead_today"] for row in inherited)


def test_filters_narrow_every_list(sample_archive: Path) -> None:
    for command in ("assignments", "targets", "citations"):
        found = rows(command, "--document", "12/KH-UBND", archive=sample_archive)
        assert found
        assert len({row["document"] for row in found}) == 1
    due = rows("assignments", "--due-from", "Quý II/2018", "--due-to", "30/6/2018", archive=sample_archive)
    assert due
    for row in due:
        first, last = row["due_start"] or row["due_end"], row["due_end"] or row["due_start"]
        assert first <= "2018-06-30"
        assert last >= "2018-04-01"
    dated = rows("assignments", "--has-deadline", archive=sample_archive)
    assert dated
    assert all(row["due_start"] or row["due_end"] for row in dated)


def test_a_decisions_number_stands_for_the_plan_that_it_issues(sample_archive: Path) -> None:
    found = rows("assignments", "--document", "415/QĐ-UBND", archive=sample_archive)
    shown = json.loads(tienle("show", "415/QĐ-UBND", "--json", archive=sample_archive).stdout)
    plan = next(relation["document"] for relation in shown["relations"] if relation["kind"] == "issues")
    assert plan in {row["document"] for row in found}


def test_show_prints_one_card_with_relations_both_ways_records_and_abbreviations(sample_archive: Path) -> None:
    shown = json.loads(tienle("show", "12/KH-UBND", "--json", archive=sample_archive).stdout)
    kinds = {relation["kind"] for relation in shown["relations"]}
    assert "implemented by" in kinds
    assert shown["counts"]["assignments"] > 10
    assert {row["citing_number"] for row in shown["cited_by"]} >= {"214/KH-STC"}
    assert {"short", "long", "start", "end"} <= set(shown["abbreviations"][0])
    said = tienle("show", "12/KH-UBND", archive=sample_archive).stdout.decode()
    assert "Được thực hiện bởi: Kế hoạch · 214/KH-STC" in said
    assert f"{shown['counts']['assignments']} nhiệm vụ" in said
    assert "CCHC = cải cách hành chính" in said
    below = json.loads(tienle("show", "214/KH-STC", "--json", archive=sample_archive).stdout)
    assert [step["number"] for step in below["cascade"] if step["step"] == -1] == ["12/KH-UBND"]


def test_a_sheet_goes_to_a_file_whose_suffix_says_what_it_is(sample_archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "việc.xlsx"
    address = "http://127.0.0.1:8000"
    done = tienle("assignments", "--output", file, "--address", address, archive=sample_archive)
    assert (done.returncode, done.stdout) == (0, b"")
    sheet = load_workbook(file).worksheets[0]
    assert sheet.max_row == len(rows("assignments", archive=sample_archive)) + 1
    column = next(cell.column for cell in sheet[1] if cell.value == "Số hiệu")
    assert sheet.cell(2, column).hyperlink.target.startswith(f"{address}/documents/")
    assert [entry.name for entry in tmp_path.iterdir()] == ["việc.xlsx"]


def test_csv_and_calendar_go_through_a_pipe(sample_archive: Path) -> None:
    table = tienle("documents", "--format", "csv", archive=sample_archive).stdout
    assert table.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert {row["id"] for row in read} == {card["id"] for card in rows("documents", archive=sample_archive)}
    dated = rows("assignments", "--has-deadline", archive=sample_archive)
    calendar = Calendar.from_ical(tienle("assignments", "--format", "ics", archive=sample_archive).stdout)
    assert len(list(calendar.walk("VEVENT"))) == len(dated)


def test_on_a_terminal_a_sheet_asks_for_a_file(sample_archive: Path) -> None:
    for form in ("xlsx", "ics"):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "api.cli", "assignments", "--format", form, "--archive", str(sample_archive)]
        done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False)
        os.close(theirs)
        os.close(ours)
        assert done.returncode == 2
        assert f"--output TÊN.{form}" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["assignments", "--agency", "Sở Nội vu xx"], 2, "Có phải: Sở Nội vụ"),
        (["assignments", "--due-from", "31/2/2018"], 2, "31/2/2018"),
        (["assignments", "--document", "999/KH-UBND"], 2, "tienle documents"),
        (["assignments", " "], 2, "trống"),
        (["citations", "--output", "a.txt"], 2, "--format csv"),
        (["documents", "--output", "a.ics"], 2, "thời hạn"),
        (["assignments", "--output", "nowhere/a.csv"], 1, "không có thư mục đó"),
        (["assignments", "--output", "a.xlsx", "--format", "csv"], 2, "csv và xlsx"),
        (["assignments", "--output", "a.csv", "--json"], 2, "json và csv"),
        (["targets", "--json", "--format", "ics"], 2, "json và ics"),
        (["assignments", "--address", "may-chu:8000"], 2, "http://127.0.0.1:8000"),
        (["assignments", "năm:2018"], 2, "điều kiện lọc"),
        (["assignments", "--agency", "x" * 3000], 2, "xxx…”"),
        (["assignments", "--limt", "3"], 2, "không có --limt"),
        (["assignments", "--limit", "0"], 2, "--limit nhỏ nhất là 1"),
        (["assignments", "--offset", "ba"], 2, "--offset phải là số nguyên"),
        (["targets", "--format", "pdf"], 2, "không có “pdf”"),
        (["show"], 2, "thiếu ID"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    sample_archive: Path, arguments: list[str], status: int, said: str
) -> None:
    done = tienle(*arguments, archive=sample_archive)
    assert done.returncode == status
    assert said in done.stderr.decode()
    assert done.stderr.decode().count("\n") == 1
    assert done.stdout == b""
    assert len(done.stderr.decode()) < 400


def test_a_command_that_is_none_names_the_nearest(sample_archive: Path) -> None:
    done = tienle("asignments", archive=sample_archive)
    assert done.returncode == 2
    assert "không có lệnh asignments; gần giống: 'assignments'" in done.stderr.decode()
    assert "No such command" in tienle("asignments", archive=sample_archive, language="en").stderr.decode()


def test_a_calendars_limit_counts_what_it_shows(sample_archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "hạn.ics"
    done = tienle("assignments", "--limit", "4", "--output", file, archive=sample_archive)
    assert len(list(Calendar.from_ical(file.read_bytes()).walk("VEVENT"))) == 4
    assert "4 dòng" in done.stderr.decode()


def test_a_link_stays_a_link_to_the_file_that_is_written(sample_archive: Path, tmp_path: Path) -> None:
    (tmp_path / "kho").mkdir()
    link = tmp_path / "viec.csv"
    link.symlink_to(tmp_path / "kho" / "that.csv")
    assert tienle("assignments", "--limit", "1", "--output", link, archive=sample_archive).returncode == 0
    assert link.is_symlink()
    assert len(rows_of_csv(tmp_path / "kho" / "that.csv")) == 1


def rows_of_csv(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))


def test_nothing_found_says_what_to_try(sample_archive: Path) -> None:
    nothing = tienle("assignments", "--year", "2030", archive=sample_archive).stdout.decode()
    assert "Không có nhiệm vụ nào như vậy. Bỏ bớt điều kiện lọc" in nothing
    past = tienle("assignments", "--year", "2018", "--offset", "5000", archive=sample_archive).stdout.decode()
    assert "Không có" not in past


def test_an_archive_read_before_records_were_kept_says_so(sample_archive: Path, own: Path) -> None:
    with closing(sqlite3.connect(own / "archive.sqlite")) as database, database:
        database.execute("UPDATE documents SET recipe = replace(recipe, '.x', '.') WHERE province = 'Sơn Khê'")
    done = tienle("targets", "--json", archive=own)
    json.loads(done.stdout)
    assert "phiên bản cũ đọc" in done.stderr.decode()
    assert f"tienle index THƯ_MỤC --archive {own}" in done.stderr.decode()
    assert tienle("targets", "--json", archive=sample_archive).stderr == b""


def test_tables_name_who_leads_today(sample_archive: Path) -> None:
    asked = ("assignments", "--lead", "Sở Thông tin và Truyền thông", "--limit", "5")
    said = tienle(*asked, archive=sample_archive).stdout.decode()
    assert "nay: Sở Khoa học và Công nghệ" in said
    assert "5 trong " in said
    assert "today: Sở Khoa học và Công nghệ" in tienle(*asked, archive=sample_archive, language="en").stdout.decode()
    assert "SIPAS" in tienle("targets", "hài lòng", archive=sample_archive).stdout.decode()
    assert "thay thế" in tienle("citations", "--limit", "200", archive=sample_archive).stdout.decode()
