"""The register of provinces: names as people write them, before and after the mergers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QueryError
from corpus.language.places import Places, Province


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.load()


def test_register_holds_the_63_and_the_34(places: Places) -> None:
    before = {"Hà Tây", "Thừa Thiên Huế"}
    assert len(places.names()) == 65
    assert len({places.today(name) for name in places.names()}) == 34
    assert before <= set(places.names())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("đắk lắk", "Đắk Lắk"),
        ("DAK LAK", "Đắk Lắk"),
        ("Đắc Lắc", "Đắk Lắk"),
        ("Tỉnh Khánh Hoà", "Khánh Hòa"),
        ("thanh pho hue", "Huế"),
        ("TP HCM", "Hồ Chí Minh"),
        ("TPHCM", "Hồ Chí Minh"),
        ("TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("BR-VT", "Bà Rịa - Vũng Tàu"),
        ("Bà Rịa – Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("TT Huế", "Thừa Thiên Huế"),
        ("Bắc Cạn", "Bắc Kạn"),
    ],
)
def test_finds_names_as_people_write_them(places: Places, written: str, name: str) -> None:
    found = places.find(written)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("written", ["Atlantis", "", "tỉnh", "hành chính"])
def test_unknown_names_are_not_guessed(places: Places, written: str) -> None:
    assert places.find(written) is None
    assert places.today(written) == written
    assert places.predecessors(written) == (written,)


def test_mergers_run_both_ways(places: Places) -> None:
    assert places.today("Bình Phước") == "Đồng Nai"
    assert places.today("Hà Tây") == "Hà Nội"
    assert places.today("Thừa Thiên Huế") == "Huế"
    assert places.predecessors("Phú Thọ") == ("Phú Thọ", "Vĩnh Phúc", "Hòa Bình")
    assert places.predecessors("Cao Bằng") == ("Cao Bằng",)
    for name in places.names():
        assert name in places.predecessors(places.today(name))


def test_units_carry_the_days_they_existed(places: Places) -> None:
    old, new = places.find("Bình Phước"), places.find("Huế")
    assert old is not None
    assert new is not None
    assert old.valid_to == date(2025, 6, 30)
    assert new.valid_from == date(2025, 1, 1)
    now = places.find("Đồng Nai")
    assert now is not None
    assert (now.kind, now.valid_from) == ("thành phố", date(2026, 4, 30))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UBND tỉnh Hoà Bình vì hòa bình", ["tỉnh Hoà Bình"]),
        ("tư tưởng Hồ Chí Minh ở TP. Hồ Chí Minh", ["TP. Hồ Chí Minh"]),
        ("cai cach o dak lak va ha noi", ["dak lak", "ha noi"]),
        ("bình định vùng, rồi về Bình Định", ["Bình Định"]),
        ("UBND tỉnh\nĐắk\nLắk", ["tỉnh\nĐắk\nLắk"]),
        ("TỈNH THỪA THIÊN HUẾ", ["TỈNH THỪA THIÊN HUẾ"]),
        ("nêu cao bằng chứng", []),
    ],
)
def test_names_in_running_text(places: Places, text: str, expected: list[str]) -> None:
    assert [text[start:end] for _, start, end in places.in_text(text)] == expected


def test_suggests_what_resembles_an_unknown_name(places: Places) -> None:
    assert "Đắk Lắk" in places.near("Dak Lac")
    assert places.near("Quảng Nghãi", 1) == ["Quảng Ngãi"]
    assert len(places.near("Quảng", 2)) <= 2


def test_an_archive_adds_its_own(tmp_path: Path) -> None:
    table = tmp_path / "archive.toml"
    table.write_text(
        '[[province]]\nname = "Vĩnh Lam"\nkind = "tỉnh"\nvalid_to = 2025-06-30\nsuccessor = "Đồng Lam"\n'
        '[[province]]\nname = "Đồng Lam"\nkind = "tỉnh"\nvalid_from = 2025-07-01\n',
        encoding="utf-8",
    )
    places = Places.load(table)
    assert places.today("vinh lam") == "Đồng Lam"
    assert places.predecessors("Đồng Lam") == ("Đồng Lam", "Vĩnh Lam")
    assert places.find("Hà Nội") is not None


@pytest.mark.parametrize(
    "table", ["[[province]", '[[province]]\nkind = "tỉnh"', '[[province]]\nname = "X"\nkind = "bang"']
)
def test_a_broken_table_is_named(tmp_path: Path, table: str) -> None:
    path = tmp_path / "archive.toml"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(QueryError) as raised:
        Places.load(path)
    assert "archive.toml" in raised.value.message("vi")


def test_successors_must_end_in_the_register() -> None:
    with pytest.raises(QueryError):
        Places([Province("A", "tỉnh", successor="B")])
    with pytest.raises(QueryError):
        Places([Province("A", "tỉnh", successor="B"), Province("B", "tỉnh", successor="A")])


@given(st.text(max_size=80))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    places = _SHIPPED
    for province, start, end in places.in_text(text):
        assert 0 <= start < end <= len(text)
        assert places.find(province.name) is not None
    places.find(text)
    places.near(text)


_SHIPPED = Places.load()
