"""Word files: body order, printed numbers, tables, text boxes, notes and pages."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.model import LineKind, SourceText
from indexer.reading import read
from indexer.reading.numbering import letter, roman
from tests.indexer.shown import shown

W = nsdecls("w")


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def reading(folder: Path, document: Document | bytes, name: str = "thu.docx") -> SourceText:
    path = folder / name
    path.write_bytes(document if isinstance(document, bytes) else saved(document))
    return read(path)


def rewritten(data: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package with one member changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == member else old.read(name))
    return out.getvalue()


def numbered(document: Document, *levels: tuple[str, str]) -> Callable[[str, int], None]:
    """Defines a list of the given (format, text) levels; gives the function that adds an item at a depth."""
    numbering = document.part.numbering_part.element
    xml = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (style, text) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="99">{xml}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {W} w:numId="99"><w:abstractNumId w:val="99"/></w:num>'))

    def add(text: str, depth: int) -> None:
        paragraph = document.add_paragraph(text)
        number = f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="99"/></w:numPr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(number))

    return add


def test_paragraphs_headings_and_tables_come_in_body_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("KẾ HOẠCH thử", 0)
    document.add_heading("Mục tiêu", 2)
    document.add_paragraph("Đoạn một\ncó ngắt dòng")
    table = document.add_table(2, 2, style="Table Grid")
    for cell, text in zip((c for row in table.rows for c in row.cells), ["TT", "Việc", "1", "Thử"], strict=True):
        cell.text = text
    document.add_paragraph("Đoạn cuối")
    source = reading(tmp_path, document)
    assert [(source.text[x.start : x.end], x.kind, x.level) for x in source.lines] == [
        ("KẾ HOẠCH thử", LineKind.HEADING, 1),
        ("Mục tiêu", LineKind.HEADING, 2),
        ("Đoạn một", LineKind.TEXT, 0),
        ("có ngắt dòng", LineKind.TEXT, 0),
        ("TT | Việc", LineKind.ROW, 0),
        ("1 | Thử", LineKind.ROW, 0),
        ("Đoạn cuối", LineKind.TEXT, 0),
    ]
    assert not source.wrapped
    assert source.pages is None


def test_automatic_numbers_are_restored_as_printed(tmp_path: Path) -> None:
    document = docx.Document()
    add = numbered(
        document,
        ("upperRoman", "%1."),
        ("decimal", "%2."),
        ("decimal", "%2.%3."),
        ("lowerLetter", "%4)"),
        ("bullet", "\uf0b7"),
    )
    for text, depth in [
        ("A", 0),
        ("B", 1),
        ("C", 2),
        ("D", 2),
        ("E", 3),
        ("F", 3),
        ("G", 4),
        ("H", 1),
        ("I", 2),
        ("K", 0),
        ("L", 1),
    ]:
        add(text, depth)
    assert shown(reading(tmp_path, document)) == [
        "I. A", "1. B", "1.1. C", "1.2. D", "a) E", "b) F", "- G", "2. H", "2.1. I", "II. K", "1. L",
    ]  # fmt: skip


def test_numbers_given_by_a_style_are_restored(tmp_path: Path) -> None:
    document = docx.Document()
    for style in ["List Number", "List Number", "List Bullet"]:
        document.add_paragraph("việc", style=style)
    assert shown(reading(tmp_path, document)) == ["1. việc", "2. việc", "- việc"]


def test_merged_cells_are_read_once_and_columns_stay_in_line(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3, style="Table Grid")
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{'abc'[row]}{column}"
    for cells in [((0, 1), (0, 2)), ((1, 0), (2, 0))]:
        (first, second) = (table.cell(*place) for place in cells)
        second.text = ""
        first.merge(second)
    assert shown(reading(tmp_path, document)) == ["a0 | a1 | ", "b0 | b1 | b2", " | c1 | c2"]


def test_the_letterhead_table_is_read_cell_after_cell(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells),
        [
            "ỦY BAN NHÂN DÂN\nTỈNH VĨNH LAM",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Số: 1/KH-UBND",
            "Vĩnh Lam, ngày 2 tháng 3 năm 2031",
        ],
        strict=True,
    ):
        cell.text = text
    source = reading(tmp_path, document)
    assert {line.kind for line in source.lines} == {LineKind.TEXT}
    assert shown(source)[:4] == [
        "ỦY BAN NHÂN DÂN",
        "TỈNH VĨNH LAM",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 1/KH-UBND",
    ]


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Trước")
    box = "<w:txbxContent><w:p><w:r><w:t>Trong hộp</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        parse_xml(
            f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:v="urn:schemas-microsoft-com:vml">'
            f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    document.add_paragraph("Sau")
    assert shown(reading(tmp_path, document)) == ["Trước", "Trong hộp", "Sau"]


def test_deleted_text_is_left_out_and_inserted_text_stays(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Giữ ")
    paragraph._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>bỏ</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:ins {W}><w:r><w:t>thêm</w:t></w:r></w:ins>"))
    assert shown(reading(tmp_path, document)) == ["Giữ thêm"]


def test_hard_page_breaks_count_pages(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Một")
    document.add_page_break()
    document.add_paragraph("Hai")
    source = reading(tmp_path, document)
    assert [line.page for line in source.lines] == [1, 2]
    assert source.pages == 2


def test_recorded_page_breaks_win_over_hard_ones(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Một")
    document.add_page_break()
    for text in ["Hai", "Ba"]:
        document.add_paragraph()._p.append(parse_xml(f"<w:r {W}><w:lastRenderedPageBreak/><w:t>{text}</w:t></w:r>"))
    source = reading(tmp_path, document)
    assert [line.page for line in source.lines] == [1, 2, 3]
    assert source.pages == 3


def test_properties_become_title_and_note(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("x")
    document.core_properties.title, document.core_properties.subject = "Kế hoạch thử", "V/v thử"
    source = reading(tmp_path, document)
    assert (source.title, source.note) == ("Kế hoạch thử", "V/v thử")


def test_a_word_file_named_txt_is_read_as_word(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Kế hoạch")
    assert reading(tmp_path, document, "thu.txt").reader == "docx"


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Kế hoạch")
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    doctype = f'<!DOCTYPE x [<!ENTITY e0 "lol">{levels}]>'

    def bomb(xml: bytes) -> bytes:
        head, body = xml.split(b"?>", 1)
        return head + b"?>" + doctype.encode() + body.replace("Kế hoạch".encode(), "Kế hoạch &e9;".encode())

    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, rewritten(saved(document), "word/document.xml", bomb))
    assert caught.value.code == "docx-damaged"


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("word/document.xml", b"<w:document"),
        ("[Content_Types].xml", b""),
        ("word/document.xml", b"<a/>"),
        ("word/numbering.xml", b"x"),
    ],
)
def test_a_file_damaged_inside_is_refused(tmp_path: Path, member: str, content: bytes) -> None:
    document = docx.Document()
    document.add_paragraph("x")
    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, rewritten(saved(document), member, lambda _: content))
    assert caught.value.code in {"docx-damaged", "blank"}


def test_no_damage_to_any_byte_escapes_as_another_error(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Kế hoạch")
    data = saved(document)
    for at in range(0, len(data), len(data) // 60):
        for broken in (data[:at], data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]):
            try:
                reading(tmp_path, broken)
            except ReadingError as error:
                assert error.code != "unexpected", error


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(blocks=st.lists(st.tuples(st.sampled_from(["text", "heading", "item", "row"]), WORDS), max_size=6))
def test_any_document_reads_with_lines_in_order(tmp_path: Path, blocks: list[tuple[str, str]]) -> None:
    document = docx.Document()
    for kind, words in blocks:
        if kind == "heading":
            document.add_heading(words, 1)
        elif kind == "row":
            row = document.add_table(1, 2, style="Table Grid").rows[0]
            row.cells[0].text, row.cells[1].text = words, "ô"
        else:
            document.add_paragraph(words, style="List Number" if kind == "item" else None)
    try:
        source = reading(tmp_path, document)
    except ReadingError as error:
        assert error.code in {"blank", "encoding-unknown"}
        return
    end = 0
    for line in source.lines:
        assert end <= line.start < line.end <= len(source.text)
        assert "\n" not in source.text[line.start : line.end]
        end = line.end
    assert "".join(filter(str.isalpha, "".join(shown(source)))) == "".join(filter(str.isalpha, source.text))


@pytest.mark.parametrize(
    ("number", "numeral"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (49, "XLIX"), (2031, "MMXXXI")]
)
def test_roman_numerals(number: int, numeral: str) -> None:
    assert roman(number) == numeral


@pytest.mark.parametrize(("number", "sign"), [(1, "a"), (26, "z"), (27, "aa"), (28, "bb")])
def test_letters_count_as_in_word(number: int, sign: str) -> None:
    assert letter(number) == sign
