"""Assignments put in order, in groups, by role and state of the deadline; how they were inherited."""

from datetime import date

import pytest

from api.answers.agencies import read_agencies, roster_of
from api.answers.arranging import Arranged, Arrangement, arranged
from api.answers.filters import Filters
from api.answers.goals_over_years import goals, series_of_indicators
from api.answers.inheritance import handovers
from api.answers.narrowing import narrowed
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from tests.api.planting import new_archive, plan, plant, target, task

LABOUR = "Sở Lao động - Thương binh và Xã hội"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = new_archive(tmp_path_factory.mktemp("arranged") / "archive")
    plant(
        archive,
        "2018.md",
        plan("12/KH-UBND", "Giảm nghèo năm 2018", date(2018, 1, 15)),
        task("giải quyết việc làm cho lao động nông thôn", LABOUR, due="trước 1/7/2018", end=date(2018, 6, 30)),
        task(
            "giải ngân vốn vay",
            "Ủy ban nhân dân cấp huyện",
            due="Quý III/2018",
            start=date(2018, 7, 1),
            end=date(2018, 9, 30),
        ),
        task("rà soát hộ nghèo", "Đài Phát thanh", coordinating=[LABOUR], due="thường xuyên"),
        target("tỷ lệ lao động qua đào tạo", ">=", 65, end=date(2018, 12, 31)),
        target("tỷ lệ lao động qua đào tạo", ">=", 70, end=date(2019, 12, 31)),
        target("giống lúa mới", "=", 3, "giống"),
    )
    plant(
        archive,
        "2026.md",
        plan("7/KH-UBND", "Việc làm năm 2026", date(2026, 1, 6)),
        task("tư vấn việc làm cho lao động trẻ", "Sở Nội vụ", due="chậm nhất 31/3/2026", end=date(2026, 3, 31)),
        task("vận hành trạm quan trắc", "Ban Dân tộc và Tôn giáo"),
    )
    return archive


def put(
    archive: Archive, filters: Filters | None = None, limit: int | None = None, offset: int = 0, **how: object
) -> Arranged:
    return arranged(archive, filters or Filters(), Arrangement(**how), limit=limit, offset=offset)  # type: ignore[arg-type]


def tasks(found: Arranged) -> list[str]:
    return [row.task for row in found.rows]


def test_deadlines_are_put_in_order_and_what_has_none_comes_last_both_ways(archive: Archive) -> None:
    days = [row.due_end for row in put(archive, sort="due").rows]
    assert days == [date(2018, 6, 30), date(2018, 9, 30), date(2026, 3, 31), None, None]
    days = [row.due_end for row in put(archive, sort="-due").rows]
    assert days == [date(2026, 3, 31), date(2018, 9, 30), date(2018, 6, 30), None, None]


def test_agencies_are_put_in_vietnamese_order(archive: Archive) -> None:
    first = [row.lead[0] for row in put(archive, sort="agency").rows]
    assert first == ["Ban Dân tộc và Tôn giáo", "Đài Phát thanh", LABOUR, "Sở Nội vụ", "Ủy ban nhân dân cấp huyện"]


def test_groups_count_their_members_and_begin_where_they_say(archive: Archive) -> None:
    found = put(archive, group="year", sort="due")
    assert [(group.name, group.count, group.first) for group in found.groups] == [("2026", 2, 0), ("2018", 3, 2)]
    assert {row.number for row in found.rows[2:]} == {"12/KH-UBND"}
    assert found.years == {2018: 3, 2026: 2}
    page = put(archive, group="year", sort="due", limit=2, offset=1)
    assert (page.rows, page.total, page.groups) == (found.rows[1:3], 5, found.groups)


def test_groups_of_today_bring_together_what_was_merged(archive: Archive) -> None:
    as_issued = {group.name: group.count for group in put(archive, group="agency").groups}
    today = {group.name: group.count for group in put(archive, group="agency", as_of_today=True).groups}
    assert as_issued["Sở Nội vụ"] == 1
    assert today["Sở Nội vụ"] == 2  # with the task of the department of labour
    assert sum(as_issued.values()) == sum(today.values()) == 5


def test_the_state_of_a_deadline_depends_on_the_day(archive: Archive) -> None:
    july = {"on": date(2018, 7, 15)}
    assert tasks(put(archive, state="overdue", **july)) == ["giải quyết việc làm cho lao động nông thôn"]
    assert tasks(put(archive, state="soon", on=date(2018, 9, 1))) == ["giải ngân vốn vay"]
    assert tasks(put(archive, state="soon", on=date(2018, 8, 30))) == []
    assert tasks(put(archive, state="overdue", on=date(2018, 9, 30))) == ["giải quyết việc làm cho lao động nông thôn"]
    assert {"rà soát hộ nghèo", "vận hành trạm quan trắc"} == set(tasks(put(archive, state="undated")))
    assert put(archive, state="dated").total == 3
    with pytest.raises(ValueError, match="day"):
        put(archive, state="overdue")


def test_what_an_agency_only_takes_part_in_can_be_told_apart(archive: Archive) -> None:
    (any_role,) = read_agencies(archive, [LABOUR])
    (leading,) = read_agencies(archive, [LABOUR], lead=True)
    filters = Filters(agencies=(any_role,))
    assert put(archive, filters).total == 2
    assert tasks(put(archive, filters, unled=leading)) == ["rà soát hộ nghèo"]


def test_a_question_keeps_its_best_first_unless_another_order_is_asked_for(archive: Archive) -> None:
    encoder = load_encoder()
    found = arranged(
        archive, Filters(), Arrangement(), query="giải quyết việc làm cho lao động nông thôn", encoder=encoder
    )
    assert found.rows[0].task == "giải quyết việc làm cho lao động nông thôn"
    scores = [row.score or 0 for row in found.rows]
    assert scores == sorted(scores, reverse=True)
    late = arranged(archive, Filters(), Arrangement(sort="-due"), query="việc làm lao động", encoder=encoder)
    assert late.rows[0].due_end == date(2026, 3, 31)


def test_an_inherited_task_tells_who_had_it_since_when_and_by_what(archive: Archive) -> None:
    roster = roster_of(archive)
    filters = narrowed(archive, Filters(), agencies=["Sở Nội vụ"], as_of_today=True)
    row = next(row for row in put(archive, filters).rows if row.inherited and row.lead == (LABOUR,))
    (step,) = handovers(roster, row, to=["Sở Nội vụ"])
    assert (step.predecessor, step.successor) == (roster.name_of(roster.id_of(LABOUR) or ""), "Sở Nội vụ")
    assert step.since == date(2025, 3, 1)
    assert "Nghị định" in step.source
    assert handovers(roster, row, to=["Sở Tài chính"]) == ()
    own = next(row for row in put(archive).rows if row.lead == ("Sở Nội vụ",))
    assert handovers(roster, own) == ()


def test_goals_that_come_back_are_found_and_counted(archive: Archive) -> None:
    found = goals(archive, Filters())
    assert found.total == 3
    (recurring,) = found.recurring
    assert (recurring.years, recurring.goals) == (2, 2)
    alone = goals(archive, Filters(), indicator=recurring.key)
    assert [row.value for row in alone.rows] == [65, 70]
    (series,) = series_of_indicators(archive, Filters(), [recurring.key])
    assert [(point.year, point.target.value) for point in series.points] == [(2018, 65), (2019, 70)]
    assert goals(archive, Filters(), limit=1, offset=1).rows == found.rows[1:2]
    assert goals(archive, Filters(year_from=2026), indicator=recurring.key).total == 0
