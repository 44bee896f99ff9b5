"""Word files of the odd kinds that an office has: old forms, pictures of pages, inserted documents, other dialects."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm

from corpus.errors import ReadingError
from corpus.model import Quality, SourceText
from indexer.reading import ReadingOptions, ocr, read_bytes
from indexer.reading.failures import failure
from tests.indexer.ocr_pages import sheet, text_page

WORD = nsdecls("w", "r", "a", "wp")
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
DIAGRAM = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
WAIT = ReadingOptions(recognise=False)
BODY = "Sở Nội vụ chủ trì, phối hợp với Sở Tài chính lập báo cáo kết quả cải cách hành chính hằng quý."


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def reading(document: Document | bytes, options: ReadingOptions = WAIT) -> SourceText:
    return read_bytes(document if isinstance(document, bytes) else saved(document), ".docx", options)


def with_body(*blocks: str) -> Document:
    document = docx.Document()
    for block in blocks:
        document.element.body.insert(-1, parse_xml(re.sub(r"^(<w:\w+)", rf"\1 {WORD} {VML} {DIAGRAM}", block)))
    return document


def repacked(
    data: bytes, name: Callable[[str], str] = str, content: Callable[[bytes], bytes] = bytes, **more: str
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(name(member), content(old.read(member)))
        for member, text in more.items():
            new.writestr(member, text)
    return out.getvalue()


def related(data: bytes, part: str, content: str | bytes, media: str, kind: str) -> bytes:
    """The package with one more part, which the document calls rIdOdd."""
    out = io.BytesIO()
    relation = f'<Relationship Id="rIdOdd" Type="{RELATION}{kind}" Target="{part}"/></Relationships>'
    override = f'<Override PartName="/word/{part}" ContentType="{media}"/></Types>'
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            text = old.read(member)
            if member == "word/_rels/document.xml.rels":
                text = text.replace(b"</Relationships>", relation.encode())
            if member == "[Content_Types].xml":
                text = text.replace(b"</Types>", override.encode())
            new.writestr(member, text)
        new.writestr(f"word/{part}", content)
    return out.getvalue()


def test_a_letterhead_in_the_head_of_the_first_page_comes_first_and_running_heads_do_not() -> None:
    document = docx.Document()
    document.add_paragraph(BODY)
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "ỦY BAN NHÂN DÂN TỈNH VĨNH LAM"
    section.first_page_footer.paragraphs[0].text = "Nơi nhận: Sở Nội vụ"
    section.header.paragraphs[0].text = "Kế hoạch năm 2018"
    number = f'<w:p {WORD}><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
    section.first_page_header._element.append(parse_xml(number))
    assert reading(document).text == f"ỦY BAN NHÂN DÂN TỈNH VĨNH LAM\n{BODY}\nNơi nhận: Sở Nội vụ"


def test_a_letterhead_that_is_the_running_head_of_a_letter_is_kept() -> None:
    document = docx.Document()
    document.add_paragraph(BODY)
    document.sections[0].header.paragraphs[0].text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert reading(document).text.startswith("CỘNG HÒA")


def test_check_boxes_and_lists_of_old_forms_show_what_was_chosen() -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar></w:r>'
    checked = field.format('<w:checkBox><w:default w:val="0"/><w:checked w:val="1"/></w:checkBox>')
    empty = field.format('<w:checkBox><w:default w:val="0"/></w:checkBox>')
    listed = field.format('<w:ddList><w:result w:val="1"/><w:listEntry w:val="A"/><w:listEntry w:val="B"/></w:ddList>')
    text = '<w:r><w:t xml:space="preserve"> {} </w:t></w:r>'
    document = with_body(
        f"<w:p>{text.format('có')}{checked}{text.format('không')}{empty}{text.format('loại')}{listed}</w:p>"
    )
    assert reading(document).text == "có ☒ không ☐ loại B"


def test_text_that_a_style_hides_is_left_out_unless_its_run_shows_it() -> None:
    document = with_body(
        '<w:p><w:pPr><w:pStyle w:val="An"/></w:pPr><w:r><w:t>không thấy</w:t></w:r>'
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>vẫn thấy</w:t></w:r></w:p>'
    )
    style = '<w:style {} w:type="paragraph" w:styleId="An"><w:name w:val="An"/><w:rPr><w:vanish/></w:rPr></w:style>'
    document.styles.element.append(parse_xml(style.format(WORD)))
    assert reading(document).text == "vẫn thấy"


def test_words_of_word_art_are_read_and_a_watermark_is_not() -> None:
    art = '<w:p><w:r><w:pict><v:shape id="{}"><v:textpath string="{}"/></v:shape></w:pict></w:r></w:p>'
    document = with_body(
        art.format("WordArt 3", "KẾ HOẠCH HÀNH ĐỘNG"), art.format("PowerPlusWaterMarkObject1", "DỰ THẢO")
    )
    assert reading(document).text == "KẾ HOẠCH HÀNH ĐỘNG"


def test_the_boxes_of_a_diagram_are_read_where_it_stands() -> None:
    drawing = '<w:drawing><wp:inline><a:graphic><a:graphicData><dgm:relIds r:dm="rIdOdd"/></a:graphicData></a:graphic>'
    document = with_body(
        "<w:p><w:r><w:t>Trình tự:</w:t></w:r></w:p>",
        f"<w:p><w:r>{drawing}</wp:inline></w:drawing></w:r></w:p>",
        "<w:p><w:r><w:t>Hết.</w:t></w:r></w:p>",
    )
    point = "<dgm:pt><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>"
    points = f"{point.format('Bước 1: tiếp nhận')}{point.format('Bước 2: trả kết quả')}"
    data = f"<dgm:dataModel {DIAGRAM} {WORD}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>"
    package = related(saved(document), "data1.xml", data, "application/xml", "diagramData")
    source = reading(package)
    assert source.text == "Trình tự:\nBước 1: tiếp nhận\nBước 2: trả kết quả\nHết."
    assert source.warnings == ()


@pytest.mark.parametrize(
    ("part", "media", "content"),
    [
        ("chunk.htm", "text/html", "<p>Đoạn chèn</p><table border=1><tr><th>TT<th>Việc<tr><td>1<td>Rà soát</table>"),
        (
            "chunk.mht",
            "message/rfc822",
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html;"
            " charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>Đoạn chèn</p><table border=1><tr><th>TT<th>Việc"
            "<tr><td>1<td>Rà soát</table>\n--x--\n",
        ),
    ],
)
def test_a_document_that_another_program_put_in_is_read_with_its_tables(part: str, media: str, content: str) -> None:
    document = with_body(
        "<w:p><w:r><w:t>Trước</w:t></w:r></w:p>",
        '<w:altChunk r:id="rIdOdd"/>',
        "<w:p><w:r><w:t>Sau</w:t></w:r></w:p>",
    )
    source = reading(related(saved(document), part, content.encode(), media, "aFChunk"))
    assert source.text == "Trước\nĐoạn chèn\nTT | Việc\n1 | Rà soát\nSau"
    (table,) = source.tables
    assert [source.text[cell.start : cell.end] for cell in table.cells] == ["TT", "Việc", "1", "Rà soát"]
    assert table.heads == 1


def test_a_document_put_in_that_cannot_be_read_is_told() -> None:
    document = with_body("<w:p><w:r><w:t>Trước</w:t></w:r></w:p>", '<w:altChunk r:id="rIdMissing"/>')
    source = reading(document)
    assert source.text == "Trước"
    assert "damaged" in source.warnings[0]


def pictured(*texts: str, own: str = "", width: float = 16) -> Document:
    """A Word file into which somebody pasted scanned pages."""
    document = docx.Document()
    if own:
        document.add_paragraph(own)
    for text in texts:
        page = text_page(text, 200)[0] if text else sheet(100)
        image = io.BytesIO()
        page.save(image, "PNG")
        document.add_picture(image, width=Cm(width))
    return document


def test_a_word_file_of_pictures_waits_for_recognition() -> None:
    with pytest.raises(ReadingError) as caught:
        reading(pictured(BODY, BODY))
    assert caught.value.code == "waiting-ocr"
    assert "2 trang" in caught.value.vi
    source = reading(pictured(BODY, own="Kính gửi các sở"))
    assert (source.text, source.waiting, source.quality) == ("Kính gửi các sở", (1,), Quality.NATIVE)
    assert "tienle index --retry" in source.warnings[0]


def test_a_picture_on_which_tesseract_failed_waits_beside_the_text_that_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(image: object, options: ReadingOptions) -> None:
        raise failure("ocr-failed")

    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "recognise", fails)
    source = reading(pictured(BODY, own="Kính gửi các sở"), ReadingOptions())
    assert (source.text, source.waiting) == ("Kính gửi các sở", (1,))
    assert "tienle index --retry" in source.warnings[0]


def test_a_logo_is_no_page() -> None:
    source = reading(pictured(BODY, own="Kính gửi các sở", width=3))
    assert (source.waiting, source.warnings) == ((), ())


@pytest.mark.skipif(not ocr.available(), reason="no Tesseract with Vietnamese on this machine")
def test_pictures_of_pages_in_a_word_file_are_recognised() -> None:
    scans = reading(pictured(BODY), ReadingOptions())
    assert "phối hợp với Sở Tài chính" in " ".join(scans.text.split())
    assert (scans.quality, scans.wrapped) == (Quality.RECOGNISED, True)
    mixed = reading(pictured(BODY, "", own="Kính gửi các sở"), ReadingOptions())
    assert mixed.text.startswith("Kính gửi các sở\n")
    assert "phối hợp với Sở Tài chính" in " ".join(mixed.text.split())
    assert (mixed.quality, mixed.reader) == (Quality.MIXED, "docx+tesseract")


def test_comments_are_told() -> None:
    comments = (
        f'<w:comments {WORD}><w:comment w:id="0"><w:p><w:r><w:t>Xem lại</w:t></w:r></w:p></w:comment></w:comments>'
    )
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
    source = reading(related(saved(with_body("<w:p><w:r><w:t>Nội dung</w:t></w:r></w:p>")), "c.xml", comments, media,
                             "comments"))  # fmt: skip
    assert source.text == "Nội dung"
    assert "comments in the margin" in source.warnings[0]


PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: repacked(data, name=lambda name: name.replace("/", "\\")),
        lambda data: repacked(
            data,
            name=lambda name: name.replace("document.xml", "document2.xml"),
            content=lambda part: part.replace(b"document.xml", b"document2.xml"),
        ),
        lambda data: repacked(
            data,
            content=lambda part: part.replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            ).replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            ),
        ),
        lambda data: repacked(
            data,
            content=lambda part: part.replace(PLAIN, b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        ),
        lambda data: repacked(
            data,
            content=lambda part: part.replace(
                PLAIN, b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
            ),
        ),
    ],
    ids=["backslashes", "document2", "strict", "macros", "template"],
)
def test_packages_of_other_programs_read_as_the_plain_one(change: Callable[[bytes], bytes]) -> None:
    document = docx.Document()
    document.add_heading("KẾ HOẠCH", 1)
    document.add_paragraph(BODY)
    plain = reading(document)
    assert reading(change(saved(document))) == plain
