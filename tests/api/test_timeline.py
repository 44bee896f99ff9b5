"""A topic over the years, against what the sample archive says of itself (docs/sample-archive.md)."""

import csv
import io
import json
from pathlib import Path

import docx
import httpx
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from api.answers.filters import Filters
from api.answers.timeline import responsible, series, timeline
from api.cli.records import targets as targets_command
from api.cli.timeline import timeline as timeline_command
from corpus.encoder.contract import Encoder
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.store.archive import Archive

SOFTWARE = "phần mềm một cửa điện tử"
VINH_LAM = Filters(provinces=("Vĩnh Lam",))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_who_kept_the_software_in_which_years(archive: Archive, encoder: Encoder) -> None:
    led = {(each.province, each.agency): each for each in responsible(archive, encoder, Filters(), SOFTWARE)}
    office, informatics, science = (
        led["Vĩnh Lam", name]
        for name in ("Văn phòng Ủy ban nhân dân tỉnh", "Sở Thông tin và Truyền thông", "Sở Khoa học và Công nghệ")
    )
    assert office.years == (2016, 2017, 2018)
    assert informatics.years == (2019, 2020, 2021, 2023, 2024, 2025)
    assert science.years == (2026,)
    assert informatics.today == science.today == ("Sở Khoa học và Công nghệ",)
    assert led["Sơn Khê", "Sở Nội vụ"].years == (2017,)
    assert all("một cửa" in f"{task.task} {task.product}" for task in informatics.tasks)


def test_goals_of_an_indicator_go_up_year_by_year(archive: Archive, encoder: Encoder) -> None:
    found = series(archive, VINH_LAM, "mức độ hài lòng của người dân", encoder=encoder)
    (satisfaction,) = [
        each
        for each in found
        if each.key == "sipas" and each.unit == "%" and (each.issuer or "").startswith("Ủy ban nhân dân")
    ]
    values = {point.year: point.target.value for point in satisfaction.points}
    assert {year: values[year] for year in (2016, 2018, 2019, 2021, 2025, 2026)} == {
        2016: 78, 2018: 82, 2019: 83, 2021: 85, 2025: 89, 2026: 90,
    }  # fmt: skip
    assert [point.year for point in satisfaction.points] == sorted(point.year for point in satisfaction.points)


def test_series_without_a_question_hold_every_goal_of_a_known_year(archive: Archive) -> None:
    points = [point.target for each in series(archive, Filters()) for point in each.points]
    places = [(target.document, target.ordinal) for target in points]
    assert len(places) == len(set(places)) > 100


def test_a_topic_shows_when_it_is_spoken_of(archive: Archive, encoder: Encoder) -> None:
    found = timeline(archive, encoder, Filters(), "trợ lý ảo")
    assert [each.year for each in found.years] == sorted(each.year for each in found.years)
    assert {2024, 2025, 2026} <= {each.year for each in found.years} <= {2023, 2024, 2025, 2026}
    bulletin = timeline(archive, encoder, VINH_LAM, "Bản tin cải cách hành chính")
    assert {2017, 2018, 2020} <= {each.year for each in bulletin.years}
    assert all(each.documents == len(each.ids) <= each.passages for each in bulletin.years)
    assert not any("chủ trì" in heading for each in bulletin.years for heading in each.headings)


def test_filters_narrow_and_what_is_nowhere_has_no_years(archive: Archive, encoder: Encoder) -> None:
    narrow = timeline(archive, encoder, Filters(year_from=2018, year_to=2019), SOFTWARE)
    assert {2018, 2019} <= {each.year for each in narrow.years} <= {2018, 2019, 2020}  # issued in 2019, for 2020
    nowhere = timeline(archive, encoder, Filters(), "xyzzy quuxnak")
    assert (nowhere.years, nowhere.goals, nowhere.responsible) == ((), (), ())
    with pytest.raises(QueryError):
        timeline(archive, encoder, Filters(), "  ")


command = typer.Typer()
command.command()(timeline_command)
command.command()(targets_command)


@command.callback()
def _several() -> None: ...


def test_the_command_gives_a_table_and_json(sample_archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    asked = ["timeline", *SOFTWARE.split(), "--province", "Vĩnh Lam", "--archive", str(sample_archive)]
    table = CliRunner().invoke(command, asked, catch_exceptions=False).stdout
    assert "minh họa" in table
    assert "2016, 2017, 2018" in table
    answer = json.loads(CliRunner().invoke(command, [*asked, "--json"], catch_exceptions=False).stdout)
    assert set(answer) == {"query", "years", "undated", "goals", "responsible"}
    assert {each["province"] for each in answer["responsible"]} == {"Vĩnh Lam"}


def test_the_command_writes_a_workbook_and_a_word_document(sample_archive: Path, tmp_path: Path) -> None:
    asked = ["timeline", *SOFTWARE.split(), "--archive", str(sample_archive), "--output"]
    book, page = tmp_path / "a.xlsx", tmp_path / "a.docx"
    for path in (book, page):
        assert CliRunner().invoke(command, [*asked, str(path)], catch_exceptions=False).exit_code == 0
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["Các năm", "Theo năm", "Ai phụ trách", "Nhiệm vụ"]
    assert ("Sở Khoa học và Công nghệ", "Vĩnh Lam", "2026", "Sở Khoa học và Công nghệ") in list(
        sheets["Ai phụ trách"].values
    )
    assert [table.rows[0].cells[0].text for table in docx.Document(str(page)).tables] == [
        "Năm", "Chỉ tiêu", "Cơ quan", "Cơ quan",
    ]  # fmt: skip


def test_goal_series_as_table_json_csv_and_workbook(
    sample_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "260")
    asked = ["targets", "--series", "hài", "lòng", "--province", "Vĩnh Lam", "--archive", str(sample_archive)]

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*asked, *arguments], catch_exceptions=False)

    table = run().stdout
    assert "minh họa" in table
    assert "Theo năm" in table
    listed = json.loads(run("--json").stdout)
    points = [(each["key"], point["year"], point["target"]["value"]) for each in listed for point in each["points"]]
    assert {("sipas", 2016, 78), ("sipas", 2026, 90)} <= set(points)
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv").stdout.removeprefix("\ufeff"))))
    assert [(row["key"], int(row["year"]), float(row["value"])) for row in rows] == points
    book = tmp_path / "a.xlsx"
    assert run("--output", str(book)).exit_code == 0
    wide, long = load_workbook(book).worksheets
    heads = [cell.value for cell in wide[1]]
    cells = next(row for row in wide.iter_rows(values_only=True) if "78 %" in str(row[heads.index("2016")]))
    assert "90 %" in str(cells[heads.index("2026")])
    assert long.max_row == 1 + len(points)
    assert len(json.loads(run("--json", "--limit", "2", "--offset", "1").stdout)) == 2
    assert CliRunner().invoke(command, [*asked, "--format", "ics"]).exception.code == "export-no-deadlines"  # type: ignore[union-attr]  # it failed


def test_the_same_over_http(client: httpx.Client) -> None:
    answer = client.get("/api/v1/timeline", params={"q": SOFTWARE, "province": "Vĩnh Lam"}).json()
    assert "minh họa" in answer["notice"]
    office = answer["timeline"]["responsible"][0]
    assert office["years"] == [2016, 2017, 2018]
    assert client.get("/api/v1/timeline").status_code == 422
    written = client.get("/api/v1/timeline", params={"q": SOFTWARE, "format": "docx"})
    assert len(docx.Document(io.BytesIO(written.content)).tables) == 4
    goals = client.get("/api/v1/targets/series", params={"q": "hài lòng", "province": "Vĩnh Lam", "limit": 3}).json()
    assert len(goals["series"]) == 3 < goals["total"]
    assert "sipas" in {each["key"] for each in goals["series"]}
    lines = client.get("/api/v1/targets/series", params={"format": "csv"}).text.splitlines()
    assert lines[0].removeprefix("\ufeff").startswith("indicator,province,issuer,year,")
    assert (
        load_workbook(io.BytesIO(client.get("/api/v1/targets/series?format=xlsx").content)).worksheets[1].max_row > 100
    )
    assert client.get("/api/v1/timeline", params={"q": " "}).json()["code"]
