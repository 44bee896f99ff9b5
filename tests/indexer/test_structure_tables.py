"""Tables: the same annex from every form, heads, groups, merged cells; flattened tables found or left alone."""

# ruff: noqa: E501 - markup and cells of one row read best on one line

from __future__ import annotations

import importlib.util
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language.places import Places
from corpus.model import Cell, Line, ParsedDocument, SourceText, Table
from indexer.reading import read_bytes
from indexer.reading.text import read_text
from indexer.structure import parse
from indexer.structure.tables import TableRow, flattened_tables, rows_of, tables_of

TABLES = Path(__file__).parent / "tables"


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tables_{name}", TABLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


forms, scoring = module("forms"), module("scoring")
FORMS = [
    (forms.as_word, ".docx"),
    (forms.as_html, ".html"),
    (forms.as_bars, ".txt"),
    (forms.as_broken_bars, ".txt"),
    (forms.as_lines, ".txt"),
]


@pytest.mark.parametrize(("form", "suffix"), FORMS, ids=[form.__name__ for form, _ in FORMS])
def test_the_annex_is_read_cell_by_cell_in_every_form(form: Callable[..., bytes], suffix: str) -> None:
    source = read_bytes(form(scoring.truth()), suffix)
    f1 = scoring.cell_f1(source, tables_of(source))
    missing = scoring.expected(scoring.truth()) - scoring.found(source, tables_of(source))
    assert f1 >= 0.98, (f1, sorted(missing))


@pytest.mark.parametrize("form", [forms.as_bars, forms.as_broken_bars])
def test_who_is_in_charge_of_several_rows_is_told_of_each_where_a_page_lost_the_merged_cell(
    form: Callable[..., bytes],
) -> None:
    source = read_bytes(form(scoring.truth()), ".txt")
    merged = scoring.expected(scoring.truth()) - scoring.found(source, tables_of(source))
    assert not [cell for cell in merged if cell[1] == "Cơ quan chủ trì"]


def of(text: str) -> SourceText:
    return read_text(text.encode())


def shown(source: SourceText) -> list[list[tuple[str, list[str], tuple[str, ...]]]]:
    """The tables of a source: for each row its heads joined, cells and groups."""
    return [[plain(source.text, row) for row in rows_of(source.text, table)] for table in tables_of(source)]


def plain(text: str, row: TableRow) -> tuple[str, list[str], tuple[str, ...]]:
    cells = [" ".join(text[cell.start : cell.end].split()) for cell in row.cells]
    return ", ".join(row.heads), cells, row.group


def paragraphs(*words: str) -> SourceText:
    return of("\n\n".join(words))


def test_a_merged_cell_comes_in_every_row_that_it_covers_and_once_in_the_text() -> None:
    page = (
        """<table border=1><tr><th>TT<th>Nhiệm vụ<th>Chủ trì<tr><td>1<td>a<td rowspan=2>Sở Y tế<tr><td>2<td>b</table>"""
    )
    source = read_bytes(page.encode(), ".html")
    assert [cells for _, cells, _ in shown(source)[0]] == [["1", "a", "Sở Y tế"], ["2", "b", "Sở Y tế"]]
    assert source.text.count("Sở Y tế") == 1


def test_heads_on_two_levels_and_numbers_of_columns_head_their_cells() -> None:
    page = """<table border=1><tr><td rowspan=2>TT<td rowspan=2>Nội dung<td colspan=2>Kinh phí<tr><td>Năm 2031<td>Năm 2032
    <tr><td>(1)<td>(2)<td>(3)<td>(4)<tr><td>1<td>Trồng rừng<td>20<td>30</table>"""
    assert shown(read_bytes(page.encode(), ".html")) == [
        [("TT, Nội dung, Kinh phí - Năm 2031, Kinh phí - Năm 2032", ["1", "Trồng rừng", "20", "30"], ())]
    ]


def test_group_rows_of_two_levels_head_the_rows_below_them() -> None:
    page = """<table border=1><tr><td>TT<td>Nhiệm vụ<td>Chủ trì<tr><td colspan=3>A. CẤP TỈNH<tr><td>I<td colspan=2>Thể chế
    <tr><td>1<td>a<td>Sở X<tr><td>II<td colspan=2>Thủ tục<tr><td>1<td>b<td>Sở Y<tr><td colspan=3>B. CẤP XÃ<tr><td>1<td>c<td>Xã</table>"""
    assert [(cells[1], group) for _, cells, group in shown(read_bytes(page.encode(), ".html"))[0]] == [
        ("a", ("A. CẤP TỈNH", "I Thể chế")),
        ("b", ("A. CẤP TỈNH", "II Thủ tục")),
        ("c", ("B. CẤP XÃ",)),
    ]


def test_a_row_heads_its_parts_and_is_a_row_if_it_says_more_than_its_title() -> None:
    source = paragraphs(
        "STT", "Nội dung chi", "Đơn vị tính", "Mức chi", "1", "Chi hội nghị", "1.1", "Thuê hội trường", "buổi", "500",
        "1.2", "Nước uống", "người", "20", "2", "Chi văn phòng phẩm", "bộ", "50",
    )  # fmt: skip
    assert [(cells, group) for _, cells, group in shown(source)[0]] == [
        (["1.1", "Thuê hội trường", "buổi", "500"], ("1 Chi hội nghị",)),
        (["1.2", "Nước uống", "người", "20"], ("1 Chi hội nghị",)),
        (["2", "Chi văn phòng phẩm", "bộ", "50"], ()),
    ]


def test_a_cell_that_only_the_first_row_of_a_table_fills_is_that_of_all_its_rows() -> None:
    source = paragraphs(
        "STT", "Mã số TTHC", "Tên thủ tục", "Căn cứ pháp lý", "1", "9.000001", "Cấp giấy phép", "Luật Trồng rừng",
        "2", "9.000002", "Gia hạn giấy phép", "3", "9.000003", "Thu hồi giấy phép",
    )  # fmt: skip
    assert [cells[3] for _, cells, _ in shown(source)[0]] == ["Luật Trồng rừng"] * 3


@pytest.mark.parametrize("head", ["Ghi chú", "Cơ quan phối hợp", "Thời gian", "Sản phẩm"])
def test_a_blank_that_says_nothing_stays_blank(head: str) -> None:
    source = paragraphs(
        "STT", "Mã số TTHC", "Tên thủ tục", head, "1", "9.000001", "Cấp giấy phép", "Sở X, trong năm 2031",
        "2", "9.000002", "Gia hạn giấy phép", "3", "9.000003", "Thu hồi giấy phép",
    )  # fmt: skip
    assert [cells[3] for _, cells, _ in shown(source)[0]] == ["Sở X, trong năm 2031", "", ""]


def test_nobody_in_charge_is_taken_over_from_another_group_or_from_below() -> None:
    source = of(
        "TT | Nhiệm vụ | Chủ trì | Thời gian\nI | THỂ CHẾ\n1 | Rà soát văn bản |  | Quý I\n2 | Ban hành quy chế | Sở X | Quý II\n"
        "3 | Sửa quy chế |  | Quý III\nII | BỘ MÁY\n1 | Sắp xếp phòng |  | Quý IV\n2 | Giảm biên chế | Sở Y | Quý I\n"
    )
    assert [cells[2] for _, cells, _ in shown(source)[0]] == ["", "Sở X", "Sở X", "", "Sở Y"]


def test_a_table_as_wide_as_one_row_takes_no_more_room_than_its_cells() -> None:
    tracemalloc.start()
    cells = [Cell(0, 1, 0, column) for column in range(3_000)] + [Cell(0, 1, row, 0) for row in range(1, 3_000)]
    rows = rows_of("x", Table(tuple(cells)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000  # nine million places
    assert (len(rows[-1].cells), rows[-1].cells[2_999]) == (3_000, Cell(1, 1, 2_999, 2_999))
    assert [cell.end for cell in rows[0].cells[-2:]] == [1, 1]
    with pytest.raises(IndexError):
        rows[0].cells[3_000]


def test_heads_flattened_from_two_levels_are_told_apart() -> None:
    source = paragraphs(
        "STT", "Nội dung", "Mức chi", "Ghi chú", "Cấp tỉnh", "Cấp xã", "1", "Nước uống", "20.000 đồng", "10.000 đồng",
        "2", "Ăn trưa", "50.000 đồng", "40.000 đồng", "Theo hóa đơn", "3", "Tài liệu", "9.000 đồng", "8.000 đồng",
    )  # fmt: skip
    heads, cells, _ = shown(source)[0][0]
    assert heads == "STT, Nội dung, Mức chi - Cấp tỉnh, Mức chi - Cấp xã, Ghi chú"
    assert cells == ["1", "Nước uống", "20.000 đồng", "10.000 đồng", ""]


def test_a_blank_cell_that_vanished_is_made_out_by_what_columns_hold() -> None:
    source = paragraphs(
        "TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian", "1", "Trồng rừng phòng hộ đầu nguồn",
        "Sở Nông nghiệp", "UBND các xã", "Quý I/2031", "2", "Sửa đường liên thôn", "Sở Xây dựng", "Quý II/2031",
        "3", "Mở lớp xóa mù chữ", "Sở Giáo dục", "UBND các xã", "4", "Khám bệnh cho người cao tuổi", "Sở Y tế",
        "UBND các xã", "Năm 2031", "Nơi nhận:\n- Như trên;",
    )  # fmt: skip
    assert [cells[2:] for _, cells, _ in shown(source)[0]] == [
        ["Sở Nông nghiệp", "UBND các xã", "Quý I/2031"],
        ["Sở Xây dựng", "", "Quý II/2031"],
        ["Sở Giáo dục", "UBND các xã", ""],
        ["Sở Y tế", "UBND các xã", "Năm 2031"],
    ]


def test_bars_broken_over_lines_and_repeated_heads_give_whole_rows() -> None:
    source = of(
        "PHỤ LỤC\n\nTT | Nhiệm vụ | Chủ trì\nI. TRỒNG RỪNG\n1 | Ươm giống cây\nbản địa | Sở Nông nghiệp\n"
        "2 | Trồng cây | UBND các xã\nII. GIỮ RỪNG\n3 | Tuần tra | Kiểm lâm\n\nLời kết của phụ lục này.\n"
    )
    assert [(cells, group) for _, cells, group in shown(source)[0]] == [
        (["1", "Ươm giống cây bản địa", "Sở Nông nghiệp"], ("I. TRỒNG RỪNG",)),
        (["2", "Trồng cây", "UBND các xã"], ("I. TRỒNG RỪNG",)),
        (["3", "Tuần tra", "Kiểm lâm"], ("II. GIỮ RỪNG",)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "TT\n\nĐây là một câu dài không thể là đầu cột nào, vì nó nói hết một ý.\n\n1\n\nMột\n\n2\n\nHai",
        "1\n\nMột\n\n2\n\nHai\n\n3\n\nBa",
        "TT\n\nNội dung\n\nThời gian\n\n1\n\nMột\n\n9\n\nHai\n\nBa\n\n4",
        "Giá a | b và | c\nkhông phải bảng",
        "|\n|\n|",
    ],
    ids=["sentence", "no heads", "numbers astray", "bars in prose", "only bars"],
)
def test_what_does_not_come_out_even_is_left_as_text(text: str) -> None:
    assert flattened_tables(of(text)) == ()


def parsed(source: SourceText) -> ParsedDocument:
    return parse(source, Places.load())


def test_rows_share_passages_with_rows_of_their_group_only() -> None:
    annex = scoring.truth()
    for form, suffix in FORMS:
        document = parsed(read_bytes(b"" + form(annex), suffix))
        text = document.source.text
        groups = [" ".join(row["group"]) for row in annex["rows"] if "group" in row]
        of_rows = [p for p in document.passages if p.headings and " ".join(p.headings[-1].split()) in groups]
        assert {" ".join(p.headings[-1].split()) for p in of_rows} == set(groups)
        for passage in of_rows:
            others = [
                g
                for g in groups
                if g != passage.headings[-1] and g.split(" ", 1)[1] in text[passage.start : passage.end]
            ]
            assert others == [], (form.__name__, others)
        for row in (row for table in document.source.tables for row in rows_of(text, table)):
            cell = row.cells[1]
            assert sum(p.start <= cell.start and cell.end <= p.end for p in document.passages) == 1


def test_cells_are_no_provisions() -> None:
    for form, suffix in FORMS:
        document = parsed(read_bytes(form(scoring.truth()), suffix))
        assert [p.path for p in document.provisions if p.path != "Phụ lục"] == [], form.__name__


PIECES = st.lists(
    st.sampled_from(
        ["TT", "STT", "Nội dung", "Cơ quan chủ trì", "Thời gian", "Ghi chú", "I", "II", "A", "1", "2", "3", "1.1", "a)", "-",
         "(1)", "(2)", "(3)", "|", " | ", "\n", "\n\n", "\n|\n", "Sở Y tế", "Quý I/2031", "TRỒNG RỪNG", "việc", "Phụ lục II"]
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(PIECES, st.sampled_from([" ", "\n", "\n\n"]))
def test_tables_of_any_text_lie_in_order_and_give_rows(pieces: list[str], between: str) -> None:
    document = parsed(of(between.join(pieces)))
    text, at = document.source.text, 0
    for table in document.source.tables:
        for cell in table.cells:
            assert 0 <= cell.start <= cell.end <= len(text)
        first, last = min(c.start for c in table.cells), max(c.end for c in table.cells)
        assert at <= first < last
        at = last
        width = max(c.column + c.columns for c in table.cells)
        assert all(len(row.cells) == len(row.heads) == width for row in rows_of(text, table))
    assert tables_of(document.source) == document.source.tables


CELLS = st.lists(
    st.builds(
        Cell,
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(0, 4),
        st.integers(0, 4),
        st.integers(1, 3),
        st.integers(1, 3),
    ),
    max_size=12,
)


@settings(max_examples=100)
@given(CELLS, st.integers(0, 4))
def test_any_cells_give_rows_of_one_width(cells: list[Cell], heads: int) -> None:
    rows = rows_of("TT | 1 a b", Table(tuple(cells), heads))
    assert len({len(row.cells) for row in rows}) <= 1
    assert all(len(row.cells) == len(row.heads) for row in rows)
    source = SourceText("TT | 1 a b", (Line(0, 10),), "text/plain", "text", True, tables=(Table(tuple(cells), heads),))
    assert parsed(source).passages
