"""Word files as they are worked on: tracked changes, controls, symbols, old fonts, lists that begin anew."""

from __future__ import annotations

import io

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm

from corpus.model import Quality, SourceText
from indexer.reading import read_bytes
from indexer.structure.tables import rows_of
from tests.indexer.shown import shown

W = nsdecls("w")
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def reading(document: Document) -> SourceText:
    out = io.BytesIO()
    document.save(out)
    return read_bytes(out.getvalue(), ".docx")


def of_xml(*paragraphs: str) -> SourceText:
    document = docx.Document()
    for xml in paragraphs:
        document.element.body.insert(-1, parse_xml(f"<w:p {W}>{xml}</w:p>"))
    return reading(document)


def run(text: str, font: str = "") -> str:
    properties = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def test_moved_text_comes_once_where_it_was_moved_to() -> None:
    source = of_xml(
        f'<w:moveFrom w:id="1">{run("Chuyển đi.")}</w:moveFrom>{run("Trước.")}',
        f'{run("Sau. ")}<w:moveTo w:id="2">{run("Chuyển đi.")}</w:moveTo>',
    )
    assert shown(source) == ["Trước.", "Sau. Chuyển đi."]


def test_paragraphs_are_one_where_the_mark_between_them_is_deleted() -> None:
    mark = '<w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr>'
    source = of_xml(mark + run("Giao Sở Nội vụ "), run("chủ trì."), run("Đoạn sau."))
    assert shown(source) == ["Giao Sở Nội vụ chủ trì.", "Đoạn sau."]


def test_a_numbered_paragraph_that_is_deleted_whole_does_not_count() -> None:
    document = docx.Document()
    for word in ["một", "bỏ", "hai"]:
        document.add_paragraph(word, style="List Number")
    gone = document.paragraphs[1]._p
    gone.get_or_add_pPr().append(parse_xml(f'<w:rPr {W}><w:del w:id="4"/></w:rPr>'))
    gone.replace(gone.find(qn("w:r")), parse_xml(f'<w:del {W} w:id="5"><w:r><w:delText>bỏ</w:delText></w:r></w:del>'))
    assert shown(reading(document)) == ["1. một", "2. hai"]


def test_deleted_rows_of_a_table_are_gone_and_inserted_ones_there() -> None:
    document = docx.Document()
    table = document.add_table(4, 2, style="Table Grid")
    for row, words in zip(table.rows, ["TT", "1", "2", "3"], strict=True):
        row.cells[0].text, row.cells[1].text = words, "Nội dung" if words == "TT" else f"việc {words}"
    for number, change in [(2, "del"), (3, "ins")]:
        table.rows[number]._tr.get_or_add_trPr().append(parse_xml(f'<w:{change} {W} w:id="6"/>'))
    source = reading(document)
    assert shown(source) == ["TT | Nội dung", "1 | việc 1", "3 | việc 3"]
    assert len(rows_of(source.text, source.tables[0])) == 2


def test_controls_show_their_text_but_not_their_prompt() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    source = of_xml(
        control.format("", run("Sở Tài chính")) + run(" chủ trì"),
        run("Hạn: ") + control.format("<w:showingPlcHdr/>", run("Bấm để nhập ngày")),
    )
    assert shown(source) == ["Sở Tài chính chủ trì", "Hạn:"]


def test_symbols_are_signs_that_everyone_can_read() -> None:
    sign = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
    source = of_xml(
        run("Tỷ lệ ") + sign.format("Symbol", "F0B3") + run(" 95%"), sign.format("Wingdings", "F0FC") + run(" Đạt")
    )
    assert shown(source) == ["Tỷ lệ ≥ 95%", "✓ Đạt"]


def test_headers_footers_and_contents_are_not_text_and_footnotes_are() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Đầu trang"
    document.sections[0].footer.paragraphs[0].text = "Chân trang"
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("I. Mục tiêu\t3", style="toc 1")
    document.add_paragraph("I. Mục tiêu")
    note = f'<w:footnotes {W}><w:footnote w:id="1"><w:p><w:r><w:t>Theo số liệu năm 2030.</w:t></w:r></w:p></w:footnote>'
    part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, f"{note}</w:footnotes>".encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert shown(reading(document)) == ["I. Mục tiêu", "Theo số liệu năm 2030."]


def test_text_in_an_old_font_is_shown_in_unicode_and_said_to_be_converted() -> None:
    source = of_xml(
        run("Céng hßa x· héi ", ".VnTime") + run("chñ nghÜa ViÖt Nam", ".VnTime"), run("kÕ ho¹ch", ".VnTimeH")
    )
    assert shown(source) == ["Cộng hòa xã hội chủ nghĩa Việt Nam", "KẾ HOẠCH"]
    assert (source.quality, source.converted_from) == (Quality.CONVERTED, "TCVN3")


def test_a_letter_of_vni_and_its_mark_in_two_runs_are_one() -> None:
    source = of_xml(run("Coä", "VNI-Times") + run("ng hoø", "VNI-Times") + run("a xaõ hoäi", "VNI-Times"))
    assert (shown(source), source.converted_from) == (["Cộng hòa xã hội"], "VNI")


def test_the_font_of_a_style_counts_and_unicode_in_it_stays() -> None:
    document = docx.Document()
    document.styles["Normal"].font.name = ".VnTime"
    document.add_paragraph("Céng hßa x· héi chñ nghÜa ViÖt Nam")
    document.add_paragraph("Kế hoạch cải cách hành chính của tỉnh")
    assert shown(reading(document)) == ["Cộng hòa xã hội chủ nghĩa Việt Nam", "Kế hoạch cải cách hành chính của tỉnh"]


def numbered(document: Document, levels: str, numbers: str) -> None:
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
    for xml in numbers.split("\n"):
        numbering.append(parse_xml(xml.replace("<w:num ", f"<w:num {W} ", 1)))


def item(document: Document, text: str, number: int, depth: int = 0) -> None:
    document.add_paragraph(text)._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def level(depth: int, style: str, text: str, more: str = "") -> str:
    start = f'<w:start w:val="1"/><w:numFmt w:val="{style}"/>'
    return f'<w:lvl w:ilvl="{depth}">{start}{more}<w:lvlText w:val="{text}"/></w:lvl>'


def test_articles_count_on_and_their_clauses_begin_anew() -> None:
    document = docx.Document()
    numbered(
        document,
        level(0, "upperRoman", "Chương %1.") + level(1, "decimal", "Điều %2.", '<w:lvlRestart w:val="0"/>')
        + level(2, "decimal", "%2.%3.") + level(3, "lowerLetter", "%4)"),
        '<w:num w:numId="91"><w:abstractNumId w:val="90"/></w:num>',
    )  # fmt: skip
    for text, depth in [("A", 0), ("B", 1), ("c", 2), ("d", 3), ("e", 3), ("f", 2), ("G", 0), ("H", 1), ("i", 2)]:
        item(document, text, 91, depth)
    assert shown(reading(document)) == [
        "Chương I. A", "Điều 1. B", "1.1. c", "a) d", "b) e", "1.2. f", "Chương II. G", "Điều 2. H", "2.1. i",
    ]  # fmt: skip


def test_a_list_begins_anew_where_another_number_of_it_says_so() -> None:
    document = docx.Document()
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    own = restart.replace("</w:lvlOverride>", level(0, "lowerLetter", "%1)") + "</w:lvlOverride>")
    numbered(
        document,
        level(0, "decimal", "%1."),
        '<w:num w:numId="91"><w:abstractNumId w:val="90"/></w:num>\n'
        f'<w:num w:numId="92"><w:abstractNumId w:val="90"/>{restart}</w:num>\n'
        f'<w:num w:numId="93"><w:abstractNumId w:val="90"/>{own}</w:num>',
    )
    for number in (91, 91, 92, 92, 93):
        item(document, "việc", number)
    assert shown(reading(document)) == ["1. việc", "2. việc", "1. việc", "2. việc", "a) việc"]


def grid(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for row, words in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, words, strict=True):
            cell.text = text
            cell.width = Cm(4)


def test_tables_drawn_as_one_are_one_and_others_are_not() -> None:
    document = docx.Document()
    grid(document, [["TT", "Nội dung"], ["1", "a"]])
    grid(document, [["2", "b"]])
    grid(document, [["TT", "Nội dung"], ["3", "c"]])
    document.add_paragraph("Lời")
    grid(document, [["TT", "Nội dung"], ["1", "d"]])
    source = reading(document)
    shown = [[source.text[r.cells[1].start : r.cells[1].end] for r in rows_of(source.text, t)] for t in source.tables]
    assert shown == [["a", "b", "c"], ["d"]]


def test_rows_marked_as_heads_are_heads_whatever_they_say() -> None:
    document = docx.Document()
    grid(document, [["Alpha.", "2031"], ["1", "a"], ["2", "b"]])
    document.tables[0].rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {W}/>"))
    source = reading(document)
    assert [row.heads for row in rows_of(source.text, source.tables[0])] == [("Alpha.", "2031")] * 2
