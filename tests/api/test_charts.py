"""Charts: everything in its place, within the picture, and nothing told on top of another."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.web.charts import Bar, Line, Point, bars, lines
from api.web.numbers import shown_number

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


def test_bars_are_as_high_as_their_values_and_stand_on_one_foot() -> None:
    chart = bars([Bar("2017", 10, "10"), Bar("2018", 5, "5"), Bar("2019", 0, "0"), Bar("2020", 1e-9, "ít")])
    high, half, none, some = chart.bars
    assert high.height == chart.height == 2 * half.height
    assert none.height == 0 < some.height  # what is not nothing is seen
    assert {round(bar.top + bar.height, 1) for bar in chart.bars} == {chart.height}
    assert [bar.middle for bar in chart.bars] == [12.5, 37.5, 62.5, 87.5]
    with pytest.raises(ValueError, match="negative"):
        bars([Bar("x", -1, "-1")])


@given(st.integers(0, 200))
def test_labels_of_many_bars_give_way(count: int) -> None:
    chart = bars([Bar(str(1900 + at), at, str(at)) for at in range(count)])
    assert len(chart.bars) == count
    assert sum(bar.narrow for bar in chart.bars) <= sum(bar.wide for bar in chart.bars) <= max(count, 1)
    assert sum(bar.narrow for bar in chart.bars) <= 9  # 300 pixels, 36 a year
    assert all(bar.left >= 0 and bar.left + bar.width <= 100 for bar in chart.bars)


@example([[(1990, 0.0), (1991, 5e-324)]])  # the least that a number can be above nothing
@given(st.lists(st.lists(st.tuples(st.integers(1990, 2050), NUMBERS), max_size=12), max_size=8))
def test_points_lie_inside_and_higher_values_lie_higher(series: list[list[tuple[int, float]]]) -> None:
    made = [
        Line(f"nơi {at}", tuple(Point(x, y, str(x), f"{y:g} %") for x, y in points)) for at, points in enumerate(series)
    ]
    chart = lines(made, "%")
    placed = [point for line in chart.lines for point in line.points]
    assert len(placed) == sum(map(len, series))
    for point in placed:
        assert 0 <= point.left <= 100
        assert -0.1 <= point.top <= chart.height + 0.1
    for one in placed:
        for other in placed:
            if one.point.y > other.point.y:
                assert one.top <= other.top
    values = [tick.value for tick in chart.ticks]
    assert values == sorted(set(values))
    assert all(len(line.segments) == max(0, len(line.points) - 1) for line in chart.lines)


def test_a_scale_has_round_steps_around_the_values() -> None:
    chart = lines([Line("Vĩnh Lam", (Point(2016, 78, "2016", "78"), Point(2026, 92, "2026", "92")))])
    assert [tick.value for tick in chart.ticks] == [75, 80, 85, 90, 95]
    level = lines([Line("Vĩnh Lam", (Point(2016, 100, "2016", "100"), Point(2017, 100, "2017", "100")))])
    assert level.ticks[0].value < 100 < level.ticks[-1].value
    assert min(tick.value for tick in lines([Line("x", (Point(1, 0, "1", "0"),))]).ticks) >= 0 - 1


def test_values_are_told_where_they_do_not_touch() -> None:
    level = tuple(Point(2000 + at, 50, str(2000 + at), "50,1 %") for at in range(30))
    (line,) = lines([Line("x", level)]).lines
    told = [point for point in line.points if point.wide]
    assert line.points[-1].wide  # the latest
    assert sum(point.narrow for point in line.points) < len(told) < len(level)
    assert all(later.left - one.left >= 8 for one, later in pairwise(told))  # six letters of 520 pixels


def test_what_no_picture_could_show_is_left_out_or_refused() -> None:
    strange = (
        Point(2020, float("inf"), "2020", "∞"),
        Point(2021, float("nan"), "2021", "?"),
        Point(2022, 1, "2022", "1"),
    )
    assert [point.point.label for line in lines([Line("x", strange)]).lines for point in line.points] == ["2022"]
    assert lines([]).lines == () == lines([Line("x", strange[:2])]).ticks
    with pytest.raises(ValueError, match="9"):
        lines([Line(str(at), ()) for at in range(9)])


def test_numbers_have_the_separators_of_their_language() -> None:
    assert shown_number(1234567.5, "vi") == "1.234.567,5"
    assert shown_number(1234567.5, "en") == "1,234,567.5"
    assert (shown_number(0.1 + 0.2, "vi"), shown_number(12, "vi"), shown_number(-1500, "vi")) == ("0,3", "12", "-1.500")
