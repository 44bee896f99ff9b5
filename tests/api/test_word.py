"""Word documents, opened as a word processor opens them."""

import io
import zipfile

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from api.exports.word import WIDE, Heading, Paragraph, Part, Run, Table, word


def test_a_document_holds_its_title_notice_and_parts_in_order() -> None:
    parts: list[Part] = [
        Heading("Chỉ tiêu"),
        Paragraph("Đoạn một"),
        Table(("Việc", "Ai"), [("tổ chức", "Sở Nội vụ"), ("kiểm tra", Run("Sở Tài chính", bold=True))], (3, 1)),
        Heading("Ghi chú", 2),
        Paragraph([Run("thêm", mark="added"), Run(" bỏ", mark="gone")], bullet=True),
    ]
    document = Document(io.BytesIO(word("So sánh", "Kho minh họa", parts)))
    said = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert said == ["So sánh", "Kho minh họa", "Chỉ tiêu", "Đoạn một", "Ghi chú", "thêm bỏ"]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Việc", "Ai"],
        ["tổ chức", "Sở Nội vụ"],
        ["kiểm tra", "Sở Tài chính"],
    ]
    assert document.core_properties.title == "So sánh"
    added, gone = document.paragraphs[-1].runs
    assert (added.underline, gone.font.strike) == (True, True)
    body = [element.tag.rsplit("}")[-1] for element in document.element.body if element.tag.endswith(("}p", "}tbl"))]
    assert body.index("tbl") == 4  # after the two headings and two paragraphs
    assert "minh họa" not in Document(io.BytesIO(word("A", "", []))).element.xml


def test_the_head_of_a_table_stands_on_every_page_and_columns_keep_their_shares() -> None:
    document = Document(io.BytesIO(word("A", "", [Table(("a", "b"), [("1", "2")] * 200, (3, 1))])))
    (table,) = document.tables
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, *[False] * 200]
    wide, narrow = (cell.width for cell in table.rows[5].cells)
    assert 2.9 < wide / narrow < 3.1
    section = document.sections[0]
    between = section.page_width - section.left_margin - section.right_margin
    assert abs(wide + narrow - between) < 10_000


@pytest.mark.parametrize(("columns", "wide"), [(WIDE, False), (WIDE + 1, True)])
def test_wide_tables_turn_the_page(columns: int, wide: bool) -> None:
    section = Document(io.BytesIO(word("A", "", [Table(["x"] * columns, [])]))).sections[0]
    assert (section.orientation == WD_ORIENT.LANDSCAPE) == wide
    assert (section.page_width > section.page_height) == wide


def test_links_lead_where_they_say() -> None:
    there = "http://127.0.0.1:8000/documents/a?x=1&y=2#p9"
    data = word("A", "", [Paragraph([Run("xem "), Run("12/KH-UBND", link=there), Run(" nhé")])])
    paragraph = Document(io.BytesIO(data)).paragraphs[-1]
    assert paragraph.text == "xem 12/KH-UBND nhé"
    (link,) = paragraph.hyperlinks
    assert (link.text, link.url) == ("12/KH-UBND", there)


def test_a_row_that_does_not_fit_its_head_is_told() -> None:
    with pytest.raises(ValueError, match="as long as its head"):
        word("A", "", [Table(("a", "b"), [("1",)])])


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_no_text_breaks_the_file(title: str, text: str) -> None:
    data = word(title, text, [Heading(text), Paragraph(text), Table((text,), [(Run(text, link="http://a/"),)])])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.endswith(".xml"):
                etree.fromstring(package.read(name))
    assert len(Document(io.BytesIO(data)).tables) == 1
