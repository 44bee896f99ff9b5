"""Web pages: blocks, tables, letterheads, encodings, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.model import LineKind, Quality, SourceText
from indexer.reading import read


def reading(folder: Path, page: str | bytes, name: str = "thu.html") -> SourceText:
    path = folder / name
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    return read(path)


def lines(source: SourceText) -> list[tuple[str, LineKind]]:
    return [(source.text[line.start : line.end], line.kind) for line in source.lines]


def texts(source: SourceText) -> list[str]:
    return [text for text, _ in lines(source)]


def test_blocks_are_lines_and_source_line_ends_are_spaces(tmp_path: Path) -> None:
    source = reading(tmp_path, "<html><body><p>Một  <b>dòng</b>\n dài</p><div>Hai<br>Ba<p>Bốn</div>Năm</body></html>")
    assert texts(source) == ["Một dòng dài", "Hai", "Ba", "Bốn", "Năm"]
    assert not source.wrapped


def test_headings_title_and_description(tmp_path: Path) -> None:
    source = reading(
        tmp_path,
        "<html><head><title> Kế hoạch\n thử </title><meta name=description content='Tóm tắt'></head>"
        "<h2>I. <i>Mục</i> tiêu</h2><p>x",
    )
    assert (source.title, source.note) == ("Kế hoạch thử", "Tóm tắt")
    assert [(line.kind, line.level) for line in source.lines] == [(LineKind.HEADING, 2), (LineKind.TEXT, 0)]
    assert texts(source) == ["I. Mục tiêu", "x"]


def test_scripts_menus_and_hidden_parts_are_left_out(tmp_path: Path) -> None:
    source = reading(
        tmp_path,
        """<html><style>p{}</style><header>Cổng thông tin</header><nav>Trang chủ</nav>
        <div class="main-menu"><a href=a>Tin tức</a> <a href=b>Liên hệ</a></div><div style="display: none">ẩn</div>
        <main><p>Nội dung</p><div class="menu">Thực đơn của hội nghị gồm <a href=c>ba</a> phần</div></main>
        <script>var a = "<p>mã</p>"</script><footer>Bản quyền</footer></html>""",
    )
    assert texts(source) == ["Nội dung", "Thực đơn của hội nghị gồm ba phần"]


def test_data_tables_become_rows_with_merged_cells_once(tmp_path: Path) -> None:
    source = reading(
        tmp_path,
        """<table border=1><tr><th>TT<th>Việc<th colspan=2>Cơ quan<tr><td rowspan=2>1
        <td><p>Thử</p><p>đo</p><td>Sở A<td>Ban B
        <tr><td>Ghi<td>Sở C<td><tr><td colspan=4>II. Phần sau</table>""",
    )
    assert lines(source) == [
        ("TT | Việc | Cơ quan | ", LineKind.ROW),
        ("1 | Thử đo | Sở A | Ban B", LineKind.ROW),
        (" | Ghi | Sở C | ", LineKind.ROW),
        ("II. Phần sau", LineKind.ROW),
    ]


def test_the_letterhead_table_is_read_cell_after_cell(tmp_path: Path) -> None:
    source = reading(
        tmp_path,
        """<table><tr><td><p>ỦY BAN NHÂN DÂN<br>TỈNH VĨNH LAM</p></td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</td></tr>
        <tr><td>Số: 1/KH-UBND</td><td>Vĩnh Lam, ngày 2 tháng 3 năm 2031</td></tr></table>""",
    )
    assert lines(source) == [
        ("ỦY BAN NHÂN DÂN", LineKind.TEXT),
        ("TỈNH VĨNH LAM", LineKind.TEXT),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", LineKind.TEXT),
        ("Số: 1/KH-UBND", LineKind.TEXT),
        ("Vĩnh Lam, ngày 2 tháng 3 năm 2031", LineKind.TEXT),
    ]


def test_tables_inside_a_page_layout_table_are_read_as_tables(tmp_path: Path) -> None:
    source = reading(
        tmp_path,
        "<table><tr><td><p>Lời dẫn</p><table border=1><tr><td>a<td>b<tr><td>c<td>d</table></td>"
        "<td>Lời kết</td></tr></table>",
    )
    assert lines(source) == [
        ("Lời dẫn", LineKind.TEXT),
        ("a | b", LineKind.ROW),
        ("c | d", LineKind.ROW),
        ("Lời kết", LineKind.TEXT),
    ]


def test_numbered_lists_show_their_numbers(tmp_path: Path) -> None:
    source = reading(tmp_path, "<ol start=3><li>Ba<li>Bốn</ol><ol type=a><li>x</ol><ol type=I><li>y</ol><ul><li>z</ul>")
    assert texts(source) == ["3. Ba", "4. Bốn", "a. x", "I. y", "- z"]


@pytest.mark.parametrize(
    "page",
    [
        b"<meta charset=windows-1258><p>K\xea\xec hoa\xf2ch ca\xd2i ca\xecch",
        b"<html><body><p>K\xea\xec hoa\xf2ch ca\xd2i ca\xecch",
    ],
    ids=["declared", "detected"],
)
def test_windows_1258_pages_are_composed(tmp_path: Path, page: bytes) -> None:
    source = reading(tmp_path, page)
    assert source.text == "Kế hoạch cải cách"
    assert source.quality is Quality.CONVERTED


def test_a_wrong_declaration_does_not_garble_utf_8(tmp_path: Path) -> None:
    source = reading(
        tmp_path, '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>Kế hoạch cải cách'
    )
    assert source.text == "Kế hoạch cải cách"
    assert source.quality is Quality.NATIVE


def test_utf_16_pages_are_read(tmp_path: Path) -> None:
    assert reading(tmp_path, "<html><p>Kế hoạch</p></html>".encode("utf-16")).text == "Kế hoạch"


def test_a_web_page_named_txt_is_read_as_a_web_page(tmp_path: Path) -> None:
    source = reading(tmp_path, "<!DOCTYPE html><html><p>Kế hoạch</p></html>", "thu.txt")
    assert (source.text, source.media_type) == ("Kế hoạch", "text/html")


def test_a_page_nested_too_deeply_is_refused_not_cut_short(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, "<html>" + "<div>" * 50_000 + "Kế hoạch")
    assert caught.value.code == "html-damaged"


def test_entities_of_a_document_type_are_not_fetched_or_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("bi mat")
    page = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><html><p>Kế hoạch &x;</p></html>'
    )
    assert "bi mat" not in reading(tmp_path, page).text


TAGS = [
    "p",
    "div",
    "table",
    "tr",
    "td",
    "th",
    "li",
    "ol",
    "ul",
    "h1",
    "h7",
    "br",
    "pre",
    "b",
    "script",
    "nav",
    "a",
    "title",
]
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(
        ["<!--", "-->", "&nbsp;", "&#0;", "&x;", "<td colspan=0 rowspan=9999999>", "<td rowspan=-1>", "<![CDATA[", "<"]
    ),
    st.text(alphabet="ấĐa1 \n|\u2028", min_size=1, max_size=5),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pieces=st.lists(PIECES, max_size=40))
def test_any_markup_reads_with_lines_in_order(tmp_path: Path, pieces: list[str]) -> None:
    page = "<html>" + "".join(pieces)
    try:
        source = reading(tmp_path, page)
    except ReadingError as error:
        assert error.code in {"blank", "html-damaged", "encoding-unknown"}  # &#0; reads as a lost character
        return
    end = 0
    for line in source.lines:
        assert end <= line.start < line.end <= len(source.text)
        assert "\n" not in source.text[line.start : line.end]
        end = line.end
    assert "".join(filter(str.isalpha, "".join(texts(source)))) == "".join(filter(str.isalpha, source.text))
    assert reading(tmp_path, page) == source


def test_what_shows_as_nothing_is_left_out_and_old_codes_are_what_browsers_show(tmp_path: Path) -> None:
    page = "<p>Ủy ban nhân&shy;dân tỉ\u00adnh\u200b ban&#173;hành &#150; kế&#x96;hoạch &#8211; cải\ufeff cách</p>"
    source = reading(tmp_path, page)
    assert source.text == "Ủy ban nhândân tỉnh banhành – kế–hoạch – cải cách"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<ol start=3 type=a><li>x<li value=7>y<li>z</ol>", ["c. x", "g. y", "h. z"]),
        ("<ol reversed><li>x<li>y</ol>", ["2. x", "1. y"]),
        ("<ol style='list-style-type: upper-roman'><li>x<li>y</ol>", ["I. x", "II. y"]),
        ("<ol><li style='list-style:lower-alpha inside'>x</ol>", ["a. x"]),
    ],
)
def test_numbers_of_lists_are_those_that_a_browser_prints(tmp_path: Path, markup: str, expected: list[str]) -> None:
    assert texts(reading(tmp_path, markup)) == expected


@pytest.mark.parametrize(
    "page",
    [
        "<html><frameset cols='20%,80%'><frame src='menu.html'><frame src='noi-dung.html'></frameset></html>",
        "<html><frameset><frame src='noi-dung.html'><noframes>Trình duyệt không có khung</noframes></frameset></html>",
        "<html><body><iframe src='noi-dung.html.pdf'></iframe></body></html>",
    ],
)
def test_a_page_of_frames_is_refused_with_the_files_that_hold_its_text(tmp_path: Path, page: str) -> None:
    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, page)
    assert caught.value.code == "html-frames"
    assert "noi-dung.html" in caught.value.vi
    assert "noi-dung.html" in caught.value.en


def test_a_document_in_a_frame_of_a_page_is_told_and_an_advertisement_is_not(tmp_path: Path) -> None:
    source = reading(
        tmp_path, "<p>Kế hoạch</p><iframe src='/x/vanban.pdf?v=1'></iframe><iframe src='//ad.vn/a'></iframe>"
    )
    assert source.text == "Kế hoạch"
    (warning,) = source.warnings
    assert "vanban.pdf" in warning
    assert "ad.vn" not in warning


def test_a_table_that_claims_thousands_of_columns_has_those_of_its_cells(tmp_path: Path) -> None:
    wide = "".join(f"<td colspan=100>ô {number}</td>" for number in range(300))
    source = reading(tmp_path, f"<table border=1><tr>{wide}</tr>{'<tr><td>a</td><td>b</td></tr>' * 300}</table>")
    (table,) = source.tables
    assert max(cell.column + cell.columns for cell in table.cells) == 300
    assert "ô 299" in source.text


def test_a_row_of_thousands_of_cells_is_no_table(tmp_path: Path) -> None:
    source = reading(tmp_path, f"<table border=1><tr>{'<td>ô</td>' * 2000}</tr><tr><td>a</td></tr></table>")
    assert source.tables == ()
    assert len(source.lines) == 2001
