"""Precedents for drafts: known earlier tasks are found, what is new, missing or outside what others did is said."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
import typer
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.answers import precedents as precedents_module
from api.answers.precedents import Draft, Precedents, TaskPrecedents, find_precedents
from api.answers.task_words import task_words
from api.cli.precedents import precedents
from api.drafts.reading import read_draft
from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.errors import TienLeError
from corpus.language.places import Places
from corpus.store.archive import Archive
from corpus.store.extracts import extraction_of
from tests.api.planting import new_archive, plan, plant, target, task

SAMPLE = Path(__file__).parent.parent.parent / "corpus" / "sample"
KNOWN = json.loads(Path(__file__).with_name("precedents_known.json").read_text(encoding="utf-8"))
LATEST = "vinh-lam/2026/03-kh-ubnd-cai-cach-hanh-chinh-2026.docx"


def beside(archive: Archive, name: str) -> Precedents:
    path = SAMPLE / name
    return find_precedents(archive, load_encoder(), read_draft(path.read_bytes(), path.suffix, archive.places))


def task_with(found: Precedents, words: str) -> TaskPrecedents:
    return next(each for each in found.tasks if words.lower() in each.task.lower())


@pytest.fixture(params=["every task read", "the nearest read"])
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Compare as with a small archive, and as with a large one."""
    monkeypatch.setattr(precedents_module, "MOST_READ", 100_000 if request.param == "every task read" else 0)
    return str(request.param)


def test_the_known_earlier_task_is_among_the_first_three(archive: Archive, reading: str) -> None:
    """Threads of docs/sample-archive.md and pairs found by reading, each later plan taken as the draft."""
    wanted = defaultdict(list)
    for row in KNOWN:
        wanted[row["draft"]].append(row)
    missed = []
    for name, rows in wanted.items():
        found = beside(archive, name)
        for row in rows:
            earlier = task_with(found, row["task"]).earlier
            if not any(
                each.record.source.endswith(tuple(row["earlier"]))
                and row["earlier_task"].lower() in each.record.task.lower()
                for each in earlier
            ):
                missed.append((row, [each.record.task for each in earlier]))
    assert len(KNOWN) >= 40
    assert len(missed) <= (0.05 if reading == "every task read" else 0.1) * len(KNOWN), missed


@pytest.mark.usefixtures("reading")
def test_the_latest_plan_beside_the_years_before(archive: Archive) -> None:
    found = beside(archive, LATEST)
    assert found.last is not None
    assert found.last.number == "21/KH-UBND"
    software = task_with(found, "phần mềm một cửa")
    assert software.status == "known"
    # Sở Thông tin và Truyền thông had it the year before, and is Sở Khoa học và Công nghệ today.
    assert software.earlier[0].same_lead
    assert "Sở Thông tin và Truyền thông" in software.earlier[0].record.lead
    assert "lead" not in software.changed
    assert software.others[0].record.province == "Sơn Khê"
    assert task_with(found, "cấp phù hiệu").status == "new"
    assert any("chữ ký số" in row.task for row in found.missing)
    assert not any("mã QR" in row.task or "trợ lý ảo" in row.task for row in found.missing)
    sipas = next(goal for goal in found.targets if goal.key == "sipas")
    assert (sipas.value, sipas.change) == (90, 1)
    assert all(each.record.issued_on < date(2026, 1, 6) for task in found.tasks for each in task.earlier)


@pytest.mark.usefixtures("reading")
def test_a_goal_far_from_what_others_set_is_said(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    for number, (province, value) in enumerate([("Khánh Hòa", 70), ("Phú Yên", 75), ("Bình Phước", 80)], start=1):
        header = plan(f"{number}/KH-UBND", "Cải cách hành chính năm 2024", date(2024, 1, number), province=province)
        plant(archive, f"{province}.md", header, target("Tỷ lệ hồ sơ nộp trực tuyến", ">=", value))
    header = plan("9/KH-UBND", "Cải cách hành chính năm 2025", date(2025, 1, 5), province="Gia Lai")
    drafted = [target("Tỷ lệ hồ sơ nộp trực tuyến", ">=", value) for value in (95, 72, 40)]
    found = find_precedents(archive, load_encoder(), Draft(header, (), tuple(drafted)))
    assert [goal.outside for goal in found.targets] == ["above", None, "below"]
    assert (found.targets[0].lowest, found.targets[0].highest, found.targets[0].authorities) == (70, 80, 3)


def test_a_deadline_moved_by_a_year_is_no_change_and_another_day_is(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    words = "khảo sát mức độ hài lòng của người dân bằng phiếu hỏi"
    before = task(words, "Sở Nội vụ", due="trước ngày 30/6/2024", end=date(2024, 6, 29))
    title = "Cải cách hành chính năm {}"
    plant(archive, "a.md", plan("1/KH-UBND", title.format(2024), date(2024, 1, 5)), before)
    header = plan("2/KH-UBND", title.format(2025), date(2025, 1, 5))
    same = task(words, "Sở Nội vụ", due="trước ngày 30/6/2025", end=date(2025, 6, 29))
    later = task(words, "Sở Tài chính", due="trước ngày 30/9/2025", end=date(2025, 9, 29))
    found = find_precedents(archive, load_encoder(), Draft(header, (same, later), ()))
    assert [each.changed for each in found.tasks] == [(), ("lead", "deadline")]
    assert found.missing == ()


def test_a_draft_that_the_archive_holds_is_not_its_own_precedent(archive: Archive) -> None:
    found = beside(archive, LATEST)
    assert not any(each.record.source.endswith(LATEST) for task in found.tasks for each in task.earlier)


def test_a_paragraph_without_a_task_is_compared_as_it_is(archive: Archive) -> None:
    text = "Khảo sát sự hài lòng của người dân bằng mã QR đặt tại quầy giao dịch của bộ phận một cửa."
    found = find_precedents(archive, load_encoder(), read_draft(text.encode(), "", archive.places))
    assert found.read_as == "paragraphs"
    assert any("mã QR" in each.record.task for each in found.tasks[0].others)
    assert found.missing == ()


def test_an_english_draft_is_not_given_precedents_that_are_none(archive: Archive) -> None:
    text = "Survey citizens' satisfaction at one-stop counters; maintain the one-stop software."
    found = find_precedents(archive, load_encoder(), read_draft(text.encode(), "", archive.places))
    assert [(each.status, each.earlier, each.others) for each in found.tasks] == [("new", (), ())]
    assert found.missing == ()


def test_a_draft_of_five_hundred_pages_is_answered(archive: Archive) -> None:
    page = "\n".join(f"{n}. Sở Nội vụ chủ trì khảo sát sự hài lòng của người dân tại xã số {n}." for n in range(1, 9))
    text = "\f".join([page] * 500)
    draft = read_draft(text.encode(), ".txt", archive.places)
    found = find_precedents(archive, load_encoder(), draft)
    assert len(found.tasks) > 3_000
    assert found.tasks[-1].others[0].score > 0.4


def test_task_words_of_any_text_are_looked_up(archive: Archive) -> None:
    words = task_words(archive)
    first = words.places[0]
    with archive.reading() as connection:
        task = extraction_of(connection, first[0]).assignments[first[1]].task
    likeness = words.likeness(task)
    assert likeness.argmax() in {at for at in range(len(likeness)) if likeness[at] > 0.99}
    assert not words.likeness("").any()
    assert not words.likeness("xyzzy 12").any()
    assert words.of([first[0]]).sum() == sum(place[0] == first[0] for place in words.places)
    assert not words.of(["none such"]).any()


@settings(max_examples=15)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        draft = read_draft(text.encode(), ".txt", Places.load())
    except TienLeError as error:
        assert error.vi
    else:
        assert all(task.task for task in draft.tasks)


commands = typer.Typer(pretty_exceptions_enable=False)
commands.command()(precedents)


def run(archive: Path, *arguments: str, typed: bytes | None = None) -> Any:
    return CliRunner().invoke(commands, [*arguments, "--archive", str(archive)], input=typed)


def test_the_command_prints_json_a_table_a_workbook_and_a_word_document(sample_archive: Path, tmp_path: Path) -> None:
    draft = str(SAMPLE / LATEST)
    shown = json.loads(run(sample_archive, draft, "--json").stdout)
    assert shown["last"]["number"] == "21/KH-UBND"
    assert shown["tasks"][0]["task"]
    table = run(sample_archive, draft).stdout
    assert "Tiền lệ cho dự thảo" in table
    assert "21/KH-UBND" in table
    book = tmp_path / "a.xlsx"
    assert run(sample_archive, draft, "--output", str(book)).exit_code == 0
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["Nhiệm vụ", "Chỉ tiêu", "Dự thảo không có"]
    said = [str(cell.value) for row in sheets["Nhiệm vụ"].iter_rows() for cell in row]
    assert any("Trợ lý ảo" in cell for cell in said)
    page = tmp_path / "a.docx"
    assert run(sample_archive, draft, "--output", str(page)).exit_code == 0
    written = docx.Document(str(page))
    assert [row.cells[1].text for row in written.tables[0].rows][1] == shown["tasks"][0]["task"]


def test_the_command_reads_standard_input_and_refuses_nothing(sample_archive: Path) -> None:
    typed = run(sample_archive, "-", "--json", typed="Sở Nội vụ chủ trì khảo sát hài lòng bằng mã QR.".encode())
    assert "QR" in json.loads(typed.stdout)["tasks"][0]["others"][0]["record"]["task"]
    empty = run(sample_archive, "-", typed=b"")
    assert isinstance(empty.exception, TienLeError)
    assert empty.exception.vi.startswith("-: ")


def test_the_route_takes_a_file_and_gives_json_and_word(sample_archive: Path) -> None:
    app = create_app(sample_archive)
    data = (SAMPLE / LATEST).read_bytes()
    with TestClient(app) as client:
        answer: httpx.Response = client.post("/api/v1/precedents", params={"name": "a.docx"}, content=data)
        assert answer.status_code == 200, answer.text
        assert answer.json()["last"]["number"] == "21/KH-UBND"
        written = client.post("/api/v1/precedents", params={"format": "docx"}, content=data)
        assert docx.Document(io.BytesIO(written.content)).tables
        empty = client.post("/api/v1/precedents", content=b"")
        assert empty.status_code == 400
        assert empty.json()["detail"]
        assert client.get("/openapi.json").status_code == 200
