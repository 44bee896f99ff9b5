"""Tasks given twice: planted pairs are found among few false ones, and the real repetitions of a real plan."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import typer
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.answers.filters import Filters
from api.answers.overlaps import find_overlaps
from api.cli.overlaps import overlaps
from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index
from tests.api.planting import new_archive, plan, plant, task

PLANTED = json.loads(Path(__file__).with_name("overlaps_planted.json").read_text(encoding="utf-8"))
DATA = Path(os.environ.get("TIENLE_DATA", Path(__file__).parent.parent.parent.parent / "shared" / "data"))
REAL = DATA / "seeds" / "binh-phuoc-2020-59-kh-ubnd.txt"

commands = typer.Typer(pretty_exceptions_enable=False)
commands.command()(overlaps)


def run(archive: Path, *arguments: str) -> Any:
    return CliRunner().invoke(commands, [*arguments, "--archive", str(archive)])


@pytest.fixture(scope="module")
def planted(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample archive where thirty of its tasks are given again, in other words, by other plans."""
    folder = tmp_path_factory.mktemp("planted") / "archive"
    shutil.copytree(sample_archive, folder)
    archive = Archive.open(folder)
    plans = defaultdict(list)
    for row in PLANTED:
        plans[row["province"], row["year"]].append(task(row["again"], row["lead"]))
    for number, ((province, year), tasks) in enumerate(plans.items(), start=700):
        header = plan(f"{number}/KH-UBND", f"Nhiệm vụ trọng tâm năm {year}", date(year, 2, 20), province=province)
        plant(archive, f"trong-tam-{province}-{year}.md", header, *tasks)
    archive.close()
    return folder


def test_thirty_planted_pairs_are_found_among_few_false_ones(planted: Path) -> None:
    groups = find_overlaps(Archive.open(planted), load_encoder())
    right, found = set(), set()
    for group in groups:
        said = [row.task.lower() for row in group.tasks]
        for row in PLANTED:
            pair = (row["again"].lower(), row["given"].lower())
            if pair[0] in said and any(pair[1] in each and each != pair[0] for each in said):
                right.add(group.id)
                found.add(row["again"])
    missed = [row["again"] for row in PLANTED if row["again"] not in found]
    false = [[row.task for row in group.tasks] for group in groups if group.id not in right]
    assert len(PLANTED) == 30
    assert len(found) >= 27, missed
    assert len(false) <= 0.1 * len(groups), false


def test_the_real_repetitions_inside_one_plan_are_found(tmp_path: Path) -> None:
    if not REAL.exists():
        pytest.skip("no real documents here")
    archive = new_archive(tmp_path / "archive")
    index(archive, [REAL])
    groups = find_overlaps(archive, load_encoder())
    sections = {tuple(row.section for row in group.tasks) for group in groups}
    assert {
        ("III.3.a", "V.2.a"),
        ("III.3.b", "V.2.a"),
        ("III.3.c", "V.2.a"),
        ("III.3.d", "V.3.b"),
        ("III.3.đ", "V.5"),
    } <= sections
    assert len(groups) <= 6
    assert all(group.ways == ("within a document",) for group in groups)


def test_what_is_no_overlap(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    survey = "khảo sát mức độ hài lòng của người dân, doanh nghiệp bằng mã QR"
    plant(archive, "a.md", plan("1/KH-UBND", "Cải cách hành chính năm 2024", date(2024, 1, 5)), task(survey, "Sở Y"))
    plant(archive, "b.md", plan("2/KH-UBND", "Cải cách hành chính năm 2025", date(2025, 1, 5)), task(survey, "Sở Y"))
    elsewhere = plan("3/KH-UBND", "Cải cách hành chính năm 2024", date(2024, 1, 6), province="Gia Lai")
    plant(archive, "c.md", elsewhere, task(survey, "Sở Y"))
    schools = plan("4/KH-UBND", "Chuẩn bị năm học mới 2024", date(2024, 1, 7))
    plant(archive, "d.md", schools, task("xây mới 12 phòng học", "Sở Y"), task("xây mới 30 phòng học", "Sở Y"))
    assert find_overlaps(archive, load_encoder()) == []


def test_reports_and_inspections_asked_for_twice_are_named_so(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    inspect = "kiểm tra việc chấp hành quy định về an toàn thực phẩm tại các chợ"
    report = "báo cáo kết quả giải quyết hồ sơ đất đai trễ hẹn của cấp huyện"
    first = plan("1/KH-UBND", "Cải cách hành chính năm 2024", date(2024, 1, 5))
    plant(archive, "a.md", first, task(inspect, "Sở Y tế"), task(report, "Sở Tài chính"))
    second = plan("2/KH-SCT", "An toàn năm 2024", date(2024, 2, 5), issuer="Sở Công Thương")
    plant(archive, "b.md", second, task(inspect, "Sở Công Thương"), task(f"định kỳ {report}", "Sở Tài chính"))
    groups = find_overlaps(archive, load_encoder())
    assert {group.kind for group in groups} == {"inspection", "report"}
    inspection = next(group for group in groups if group.kind == "inspection")
    assert set(inspection.ways) == {"two plans", "two levels", "two agencies"}


def test_filters_narrow_and_what_was_judged_intended_stays_away(planted: Path, tmp_path: Path) -> None:
    archive = Archive.open(planted)
    one = find_overlaps(archive, load_encoder(), Filters(provinces=("Sơn Khê",)))
    assert {row.province for group in one for row in group.tasks} == {"Sơn Khê"}
    marks = tmp_path / "intended.txt"
    marks.write_text(f"{one[0].id}  # hai cấp cùng làm\n", encoding="utf-8")
    arguments = ("--province", "Sơn Khê", "--intended", str(marks))
    assert one[0].tasks[0].task[:30] not in run(planted, *arguments).stdout
    listed = json.loads(run(planted, *arguments, "--json").stdout)
    assert [group["id"] for group in listed if group["intended"]] == [one[0].id]


def test_the_command_and_the_route_give_the_same_groups_and_files(planted: Path, tmp_path: Path) -> None:
    printed = json.loads(run(planted, "--json").stdout)
    book, page = tmp_path / "a.xlsx", tmp_path / "a.docx"
    assert run(planted, "--output", str(book)).exit_code == 0
    assert run(planted, "--output", str(page)).exit_code == 0
    assert load_workbook(book).active.max_row == 1 + sum(len(group["tasks"]) for group in printed)
    assert printed[0]["tasks"][0]["task"] in [row.cells[2].text for row in docx.Document(str(page)).tables[0].rows]
    app = create_app(planted)
    with TestClient(app) as client:
        answer = client.get("/api/v1/overlaps", params={"limit": 1_000}).json()
        assert [group["id"] for group in answer["overlaps"]] == [group["id"] for group in printed]
        assert client.get("/api/v1/overlaps", params={"province": "Không Có"}).status_code == 400
