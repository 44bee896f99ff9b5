"""Tasks given twice: planted pairs are found among few false ones, and the real repetitions of a real plan."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
import typer
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.answers.filters import Filters
from api.answers.intended import FILE_NAME, judgements
from api.answers.overlaps import find_overlaps, mark_intended
from api.cli.overlaps import overlaps
from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.store.archive import Archive
from indexer.pipeline import index
from tests.api.planting import new_archive, plan, plant, task

if TYPE_CHECKING:
    from tests.conftest import Copied


PLANTED = json.loads(Path(__file__).with_name("overlaps_planted.json").read_text(encoding="utf-8"))
DATA = Path(os.environ.get("TIENLE_DATA", Path(__file__).parent.parent.parent.parent / "shared" / "data"))
REAL = DATA / "seeds" / "binh-phuoc-2020-59-kh-ubnd.txt"

commands = typer.Typer(pretty_exceptions_enable=False)
commands.command()(overlaps)


def run(archive: Path, *arguments: str) -> Any:
    return CliRunner().invoke(commands, [*arguments, "--archive", str(archive)])


@pytest.fixture(scope="module")
def planted(copied: Copied, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample archive where thirty of its tasks are given again, in other words, by other plans."""
    folder = copied(tmp_path_factory.mktemp("planted") / "archive")
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


def test_filters_narrow_to_a_province(planted: Path) -> None:
    one = find_overlaps(Archive.open(planted), load_encoder(), Filters(provinces=("Sơn Khê",)))
    assert {row.province for group in one for row in group.tasks} == {"Sơn Khê"}


@pytest.fixture
def judging(planted: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    shutil.copytree(planted, folder)
    return folder


def test_what_was_judged_intended_stays_away_until_asked_for_or_taken_back(
    judging: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")

    def listed(*arguments: str) -> dict[str, bool]:
        shown = run(judging, "--province", "Sơn Khê", "--json", *arguments)
        return {group["id"]: group["intended"] for group in json.loads(shown.stdout)}

    first, second, *others = listed()
    marks = tmp_path / "ids.txt"
    marks.write_text(f"{first}  # hai cấp cùng làm\n\n", encoding="utf-8")
    assert list(listed("--intended", str(marks), "--intended", second, "--remark", "hai cấp")) == others
    assert list(listed()) == others
    assert listed("--all") == {first: True, second: True} | dict.fromkeys(others, False)
    told = run(judging, "--province", "Sơn Khê")
    assert "2 nhóm đã xác nhận là chủ ý" in told.stderr
    assert "đã xác nhận chủ ý" in run(judging, "--province", "Sơn Khê", "--all").stdout
    assert second in listed("--not-intended", second)
    assert first not in listed()
    unknown = run(judging, "--intended", "0123456789ab").exception
    assert isinstance(unknown, QueryError)
    assert "0123456789ab" in unknown.vi


def test_a_judgement_holds_for_a_part_but_not_for_a_task_that_joins(judging: Path) -> None:
    archive = Archive.open(judging)
    found = find_overlaps(archive, load_encoder())
    group = next(each for each in found if len({row.document for row in each.tasks}) > 1)
    mark_intended(archive, found, [group.id], remark="theo phân cấp")
    row = group.tasks[0]
    assert row.issued_on is not None
    header = plan("990/KH-UBND", "Việc thêm", row.issued_on, province=str(row.province), years=group.years)
    plant(archive, "them.md", header, task(row.task, *row.lead))
    grown = [each for each in find_overlaps(archive, load_encoder()) if row.task in {one.task for one in each.tasks}]
    assert [each.intended for each in grown if len(each.tasks) > len(group.tasks)] == [False]


def test_half_a_line_after_a_power_cut_loses_no_other_judgement(judging: Path) -> None:
    archive = Archive.open(judging)
    first, second, *_ = find_overlaps(archive, load_encoder())
    mark_intended(archive, [first], [first.id])
    with (judging / FILE_NAME).open("ab") as file:
        file.write(b'{"intended": true, "pla')
    mark_intended(archive, [second], [second.id])
    assert set(judgements(archive)) == {first.places, second.places}


def test_the_route_keeps_a_judgement_and_takes_it_back(judging: Path) -> None:
    with TestClient(create_app(judging)) as client:
        before = client.get("/api/v1/overlaps").json()
        id_ = before["overlaps"][0]["id"]
        judged = client.post("/api/v1/overlaps/intended", json={"ids": [id_], "remark": "hai cấp"})
        assert [(each["id"], each["intended"]) for each in judged.json()] == [(id_, True)]
        assert client.get("/api/v1/overlaps").json()["total"] == before["total"] - 1
        assert client.get("/api/v1/overlaps?all=true").json()["total"] == before["total"]
        client.post("/api/v1/overlaps/intended", json={"ids": [id_], "intended": False})
        assert client.get("/api/v1/overlaps").json()["total"] == before["total"]
        assert client.post("/api/v1/overlaps/intended", json={"ids": ["x"]}).json()["code"] == "overlap-unknown"
        assert client.post("/api/v1/overlaps/intended", json={"ids": []}).status_code == 422


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
