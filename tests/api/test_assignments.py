"""Assignments as a staff member asks for them: by agency then and now, by deadline, by what they are about."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers.agencies import list_agencies, show_agency
from api.answers.assignments import AssignmentRow, list_assignments
from api.answers.documents import list_documents
from api.answers.filters import Filters
from api.answers.narrowing import narrowed, read_days
from api.answers.targets import list_targets
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.store.archive import Archive
from tests.api.planting import new_archive, plan, plant, target, task

JOBS = "giải quyết việc làm cho lao động nông thôn"
CHILDREN = "chăm sóc trẻ em có hoàn cảnh đặc biệt"
OFFICE = "Văn phòng UBND tỉnh"
LABOUR = "Sở Lao động - Thương binh và Xã hội"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = new_archive(tmp_path_factory.mktemp("assigned") / "archive")
    plant(
        archive,
        "old.md",
        plan("12/KH-UBND", "Giảm nghèo năm 2018", date(2018, 1, 15)),
        task(JOBS, "Sở LĐ-TB&XH", due="Quý II/2018", start=date(2018, 4, 1), end=date(2018, 6, 30)),
        task(CHILDREN, LABOUR, coordinating=["Sở Y tế"]),
        task("duy trì phần mềm một cửa điện tử", OFFICE, due="thường xuyên"),
        target("tỷ lệ lao động qua đào tạo", ">=", 65, end=date(2018, 12, 31)),
    )
    plant(
        archive,
        "new.md",
        plan("7/KH-UBND", "Cải cách hành chính năm 2026", date(2026, 1, 6)),
        task("chấm điểm chỉ số cải cách hành chính", "Sở Nội vụ", due="chậm nhất 31/3/2026", end=date(2026, 3, 31)),
        task("vận hành trạm quan trắc", "Tổ công tác 171 bản Khe Nà", coordinating=["Sở Nội vụ"]),
        target("mức độ hài lòng của người dân", "range", 88, high=90),
    )
    plant(
        archive,
        "department.md",
        plan("3/KH-SNV", "Tuyển dụng năm 2026", date(2026, 2, 1), issuer="Sở Nội vụ tỉnh Khánh Hòa"),
        target("thi tuyển", "=", 2, "kỳ"),
    )
    return archive


def tasks(archive: Archive, filters: Filters | None = None, **asked: object) -> list[AssignmentRow]:
    filters = filters or narrowed(archive, Filters(), **asked)  # type: ignore[arg-type]
    found, total = list_assignments(archive, filters)
    assert total == len(found)
    return found


def test_a_row_says_who_does_what_by_when_and_where_it_is_written(archive: Archive) -> None:
    row = next(row for row in tasks(archive) if row.task == JOBS)
    assert (row.number, row.type, row.province) == ("12/KH-UBND", "Kế hoạch", "Khánh Hòa")
    assert (row.lead, row.due_text, row.due_start, row.due_end) == (
        ("Sở LĐ-TB&XH",), "Quý II/2018", date(2018, 4, 1), date(2018, 6, 30),
    )  # fmt: skip
    assert row.source == "old.md"
    assert (row.inherited, row.unresolved, row.score) == (False, (), None)
    assert row.passage is not None
    assert row.passage <= row.start < row.end


def test_rows_come_newest_document_first_and_paged(archive: Archive) -> None:
    every = tasks(archive)
    assert [row.issued_on for row in every] == sorted((row.issued_on for row in every), reverse=True)  # type: ignore[type-var]
    pages = [list_assignments(archive, Filters(), limit=2, offset=offset) for offset in range(0, 6, 2)]
    assert [row for rows, _ in pages for row in rows] == every
    assert {total for _, total in pages} == {len(every)} == {5}


@pytest.mark.parametrize(
    "typed", [LABOUR, "sở lđtb&xh", "so lao dong thuong binh va xa hoi", "Sở LĐTBXH tỉnh Khánh Hòa"]
)
def test_an_agency_is_found_by_any_of_its_spellings(archive: Archive, typed: str) -> None:
    assert {row.task for row in tasks(archive, leads=[typed])} == {JOBS, CHILDREN}


def test_an_agency_with_its_province_is_that_provinces(archive: Archive) -> None:
    assert len(tasks(archive, leads=["Sở LĐTBXH tỉnh Khánh Hòa"])) == 2
    assert tasks(archive, leads=["Sở LĐTBXH tỉnh Sóc Trăng"]) == []
    assert tasks(archive, leads=["Sở LĐTBXH tỉnh Ninh Thuận"]) == []
    assert JOBS in {row.task for row in tasks(archive, leads=["Sở LĐTBXH tỉnh Ninh Thuận"], as_of_today=True)}


def test_as_issued_only_the_agency_itself_is_meant(archive: Archive) -> None:
    found = tasks(archive, agencies=["Sở Nội vụ"])
    assert {row.task for row in found} == {"chấm điểm chỉ số cải cách hành chính", "vận hành trạm quan trắc"}
    assert not any(row.inherited for row in found)
    assert len(tasks(archive, leads=["Sở Nội vụ"])) == 1


def test_as_of_today_an_agency_has_what_it_took_over_by_function(archive: Archive) -> None:
    found = {row.task: row for row in tasks(archive, leads=["Sở Nội vụ"], as_of_today=True)}
    assert set(found) == {JOBS, "chấm điểm chỉ số cải cách hành chính"}
    assert found[JOBS].inherited
    assert found[JOBS].lead_today == ("Sở Nội vụ",)
    assert not found["chấm điểm chỉ số cải cách hành chính"].inherited
    health = {row.task: row for row in tasks(archive, leads=["Sở Y tế"], as_of_today=True)}
    assert set(health) == {CHILDREN}
    assert health[CHILDREN].inherited
    either = tasks(archive, agencies=["Sở Y tế"], as_of_today=True)
    assert [row.task for row in either] == [CHILDREN]
    assert not either[0].inherited  # it took part already


def test_an_agency_that_ended_stands_for_its_successor_as_of_today(archive: Archive) -> None:
    assert JOBS in {row.task for row in tasks(archive, leads=[LABOUR], as_of_today=True)}
    assert CHILDREN not in {row.task for row in tasks(archive, leads=[LABOUR], as_of_today=True)}


def test_an_agency_that_is_nobodys_is_kept_as_written_and_marked(archive: Archive) -> None:
    (row,) = tasks(archive, leads=["tổ công tác 171 bản khe nà"])
    assert row.lead == row.lead_today == row.unresolved == ("Tổ công tác 171 bản Khe Nà",)


def test_an_unknown_agency_is_told_with_near_names(archive: Archive) -> None:
    with pytest.raises(QueryError) as caught:
        tasks(archive, agencies=["Sở Nội vu trung"])
    assert caught.value.code == "agency-unknown"
    assert "Sở Nội vụ" in caught.value.vi


@pytest.mark.parametrize(
    ("due_from", "due_to", "due"),
    [
        ("1/6/2018", "31/12/2018", {JOBS}),
        ("1/7/2018", None, {"chấm điểm chỉ số cải cách hành chính"}),
        (None, "Quý II/2018", {JOBS}),
        ("3/2026", "2026", {"chấm điểm chỉ số cải cách hành chính"}),
        ("2026-04-01", None, set()),
        (None, "2017", set()),
    ],
)
def test_deadlines_are_asked_for_by_any_stretch_of_time(
    archive: Archive, due_from: str | None, due_to: str | None, due: set[str]
) -> None:
    assert {row.task for row in tasks(archive, due_from=due_from, due_to=due_to)} == due


def test_a_deadline_that_names_no_day_is_none(archive: Archive) -> None:
    assert {row.due_text for row in tasks(archive, has_deadline=True)} == {"Quý II/2018", "chậm nhất 31/3/2026"}


@pytest.mark.parametrize("typed", ["31/2/2018", "mai", "2018..2019"])
def test_a_day_that_cannot_be_is_told(archive: Archive, typed: str) -> None:
    with pytest.raises(QueryError) as caught:
        tasks(archive, due_from=typed)
    assert caught.value.code == "day-unknown"
    assert typed in caught.value.vi


@given(st.text(max_size=14))
def test_any_day_text_is_read_or_told(typed: str) -> None:
    try:
        first, last = read_days(typed)
    except QueryError as error:
        assert error.code == "day-unknown"
    else:
        assert first <= last


def test_days_the_wrong_way_round_are_told(archive: Archive) -> None:
    with pytest.raises(QueryError, match="not after the last"):
        tasks(archive, due_from="2019", due_to="2018")


def test_one_documents_rows_are_asked_for_by_number_or_file(archive: Archive) -> None:
    assert {row.number for row in tasks(archive, documents=["7/kh-ubnd"])} == {"7/KH-UBND"}
    assert len(tasks(archive, documents=["7/kh-ubnd", "old.md"])) == 5
    with pytest.raises(QueryError) as caught:
        tasks(archive, documents=["999/KH-UBND"])
    assert caught.value.code == "document-unknown"


def test_a_question_puts_first_what_its_words_are_about(archive: Archive) -> None:
    encoder = load_encoder()
    found, total = list_assignments(archive, Filters(), query="phần mềm một cửa", encoder=encoder)
    assert found[0].task == "duy trì phần mềm một cửa điện tử"
    assert total == len(found)
    scores = [row.score for row in found]
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
    unmarked, _ = list_assignments(archive, Filters(), query="tre em hoan canh dac biet", encoder=encoder, limit=1)
    assert [row.task for row in unmarked] == [CHILDREN]
    narrow = narrowed(archive, Filters(), leads=["Sở Nội vụ"], as_of_today=True)
    found, _ = list_assignments(archive, narrow, query="việc làm", encoder=encoder)
    assert found[0].task == JOBS
    assert all(row.task != CHILDREN for row in found)


def test_a_blank_question_is_told(archive: Archive) -> None:
    with pytest.raises(QueryError):
        list_assignments(archive, Filters(), query=" ", encoder=load_encoder())


def test_targets_of_an_agency_are_those_that_it_issued(archive: Archive) -> None:
    found, _ = list_targets(archive, narrowed(archive, Filters(), agencies=["Sở Nội vụ"]))
    assert [row.indicator for row in found] == ["thi tuyển"]
    due, total = list_targets(archive, narrowed(archive, Filters(), due_to="2018"))
    assert (total, due[0].indicator, due[0].comparator, due[0].value) == (1, "tỷ lệ lao động qua đào tạo", ">=", 65)
    found, _ = list_targets(archive, Filters(), query="hài lòng", encoder=load_encoder())
    assert (found[0].value, found[0].value_high, found[0].comparator) == (88, 90, "range")


def test_documents_are_an_agencys_by_issue_or_by_task(archive: Archive) -> None:
    def numbers(**asked: object) -> set[str | None]:
        return {card.number for card in list_documents(archive, narrowed(archive, Filters(), **asked))[0]}  # type: ignore[arg-type]

    assert numbers(agencies=["Sở Nội vụ"]) == {"7/KH-UBND", "3/KH-SNV"}
    assert numbers(agencies=["Sở Nội vụ"], as_of_today=True) == {"12/KH-UBND", "7/KH-UBND", "3/KH-SNV"}
    assert numbers(agencies=["Sở Nội vụ"], has_deadline=True) == {"7/KH-UBND"}


def test_agencies_are_listed_by_how_much_they_are_given(archive: Archive) -> None:
    found, total = list_agencies(archive, limit=2)
    assert found[0].name == LABOUR
    assert (found[0].leads, found[0].coordinates) == (2, 0)
    assert total > 100
    (nobody,) = list_agencies(archive, "khe na")[0]
    assert (nobody.id, nobody.name, nobody.leads) == (None, "Tổ công tác 171 bản Khe Nà", 1)


def test_an_agencys_page_tells_where_its_functions_went_and_by_which_document(archive: Archive) -> None:
    card = show_agency(archive, "Sở LĐ-TB&XH")
    assert card == show_agency(archive, card.id)
    assert card.name == LABOUR
    assert card.valid_to == date(2025, 2, 28)
    heirs = {step.name: step for step in card.successors}
    assert {"Sở Nội vụ", "Sở Y tế"} <= set(heirs)
    assert heirs["Sở Y tế"].since == date(2025, 3, 1)
    assert "NĐ-CP" in heirs["Sở Y tế"].source
    assert set(card.written) == {LABOUR, "Sở LĐ-TB&XH"}
    home = show_agency(archive, "Sở Nội vụ")
    assert card.id in {step.id for step in home.predecessors}
    with pytest.raises(QueryError):
        show_agency(archive, "Sở Thiên văn")
