"""PDF: text by page, page numbers, encryption, damage, scans."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.model import LineKind, SourceText
from indexer.reading import ReadingOptions, read, read_bytes


def made(*pages: list[str], password: str | None = None, owner: str | None = None, title: str = "") -> bytes:
    """A PDF that prints each page's lines one under another in Helvetica; an empty page has no text layer."""
    contents = []
    for lines in pages:
        escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
        contents.append("16 TL 50 800 Td " + " ".join(f"({line}) Tj T*" for line in escaped) if lines else "")
    return drawn(*contents, password=password, owner=owner, title=title)


def drawn(*pages: str, password: str | None = None, owner: str | None = None, title: str = "") -> bytes:
    """A PDF of pages with these text operators, in 12-point Helvetica."""
    writer = pypdf.PdfWriter()
    for operators in pages:
        page = writer.add_blank_page(595, 842)
        if not operators:
            continue
        content = f"BT /F 12 Tf {operators} ET"
        stream = pypdf.generic.DecodedStreamObject()
        stream.set_data(content.encode("latin-1"))
        name = pypdf.generic.NameObject
        font = {name("/Type"): name("/Font"), name("/Subtype"): name("/Type1"), name("/BaseFont"): name("/Helvetica")}
        fonts = pypdf.generic.DictionaryObject({name("/F"): pypdf.generic.DictionaryObject(font)})
        page[name("/Resources")] = pypdf.generic.DictionaryObject({name("/Font"): fonts})
        page[name("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title, "/Subject": "V/v thử"})
    if password is not None:
        writer.encrypt(password, owner_password=owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def reading(folder: Path, data: bytes, name: str = "thu.pdf") -> SourceText:
    path = folder / name
    path.write_bytes(data)
    return read(path)


def lines(source: SourceText) -> list[tuple[str, int | None]]:
    return [(source.text[line.start : line.end], line.page) for line in source.lines if line.end > line.start]


def test_lines_carry_their_page(tmp_path: Path) -> None:
    source = reading(tmp_path, made(["Ke hoach", "Muc tieu"], ["Phu luc"], title="Kế hoạch thử"))
    assert lines(source) == [("Ke hoach", 1), ("Muc tieu", 1), ("Phu luc", 2)]
    assert (source.pages, source.wrapped, source.warnings) == (2, True, ())
    assert (source.title, source.note) == ("Kế hoạch thử", "V/v thử")


def test_a_single_page_is_page_one(tmp_path: Path) -> None:
    source = reading(tmp_path, made(["Ke hoach"]))
    assert (lines(source), source.pages) == ([("Ke hoach", 1)], 1)


def test_running_page_numbers_are_not_lines_but_other_numbers_are(tmp_path: Path) -> None:
    source = reading(
        tmp_path, made(["Mot", "1"], ["2", "Hai"], ["- 3 -", "Ba", "2031"], ["Trang 4/5", "Bon"], ["350", "Nam"])
    )
    assert [text for text, _ in lines(source)] == ["Mot", "Hai", "Ba", "2031", "Bon", "350", "Nam"]


def test_page_numbers_that_go_on_from_an_earlier_issue_are_dropped_too(tmp_path: Path) -> None:
    source = reading(tmp_path, made(["41", "Mot"], ["42", "42", "Hai", "7"], ["43", "Ba"]))
    assert [text for text, _ in lines(source)] == ["Mot", "Hai", "7", "Ba"]


def test_the_two_halves_of_a_letterhead_are_two_lines(tmp_path: Path) -> None:
    source = reading(tmp_path, drawn("50 800 Td (TINH VINH LAM) Tj 250 0 Td (CONG HOA XA HOI) Tj"))
    assert [text for text, _ in lines(source)] == ["TINH VINH LAM", "CONG HOA XA HOI"]


def placed(*words: tuple[float, float, str]) -> str:
    """Text operators that print words at places, in 12-point Helvetica."""
    return " ".join(f"1 0 0 1 {left} {top} Tm ({text}) Tj" for left, top, text in words)


def test_the_parts_of_a_form_head_are_read_one_after_another_though_their_lines_do_not_stand_level(
    tmp_path: Path,
) -> None:
    page = placed(
        (60, 780, "Bieu so 9/VL"), (420, 780, "Don vi bao cao:"), (235, 773, "SO HO DAN TRONG"),
        (60, 764, "Ban hanh kem theo"), (420, 764, "So X tinh"), (240, 757, "RUNG TRONG NAM"),
        (60, 740, "Ngay nhan bao cao:"), (250, 740, "Ky bao cao: nam"), (420, 740, "Don vi nhan bao cao:"),
        (150, 724, "ngay 15"), (250, 724, "tu 1 den 12"), (420, 724, "Cuc Y"),
        (60, 690, "Cac don vi bao cao day du va dung han theo huong dan o cuoi bieu nay, ke ca khi khong co so lieu."),
    )  # fmt: skip
    assert [text for text, _ in lines(reading(tmp_path, drawn(page)))] == [
        "Bieu so 9/VL", "Ban hanh kem theo", "Ngay nhan bao cao:", "ngay 15",
        "SO HO DAN TRONG", "RUNG TRONG NAM", "Ky bao cao: nam", "tu 1 den 12",
        "Don vi bao cao:", "So X tinh", "Don vi nhan bao cao:", "Cuc Y",
        "Cac don vi bao cao day du va dung han theo huong dan o cuoi bieu nay, ke ca khi khong co so lieu.",
    ]  # fmt: skip


def test_columns_that_the_file_draws_as_cells_are_read_cell_by_cell(tmp_path: Path) -> None:
    page = placed(
        (60, 780, "Bieu so 9/VL"), (60, 766, "Ban hanh kem theo"), (240, 780, "SO HO DAN"),
        (420, 780, "Don vi bao cao:"), (420, 766, "So X tinh"), (60, 740, "Ngay nhan bao cao:"),
        (60, 726, "ngay 15 thang 6"),
        (240, 740, "Ky bao cao: nam"), (420, 740, "Don vi nhan:"), (420, 726, "Cuc Y"),
    )  # fmt: skip
    assert [text for text, _ in lines(reading(tmp_path, drawn(page)))] == [
        "Bieu so 9/VL", "Ban hanh kem theo", "SO HO DAN", "Don vi bao cao:", "So X tinh",
        "Ngay nhan bao cao:", "ngay 15 thang 6", "Ky bao cao: nam", "Don vi nhan:", "Cuc Y",
    ]  # fmt: skip


def test_three_signatures_are_read_one_after_another(tmp_path: Path) -> None:
    page = placed(
        (60, 780, "Bieu nay co gia tri ke tu ngay ky, thay cho bieu da ban hanh nam truoc va cac bieu khac."),
        (400, 740, "Ngay 5 thang 6"), (60, 725, "NGUOI LAP BIEU"), (230, 725, "KE TOAN TRUONG"), (400, 725, "GIAM DOC"),
        (60, 710, "\\(Ky, ho ten\\)"), (230, 710, "PHU TRACH"), (400, 710, "\\(Ky, dong dau\\)"),
        (230, 695, "\\(Ky\\)"),
    )  # fmt: skip
    assert [text for text, _ in lines(reading(tmp_path, drawn(page)))][1:] == [
        "NGUOI LAP BIEU", "(Ky, ho ten)", "KE TOAN TRUONG", "PHU TRACH", "(Ky)",
        "Ngay 5 thang 6", "GIAM DOC", "(Ky, dong dau)",
    ]  # fmt: skip


def test_what_the_outline_of_a_file_names_is_a_heading(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(made(["Muc tieu", "Trong rung", "Muc tieu cu the"], ["Muc tieu"])))
    first = writer.add_outline_item(title="Muc tieu", page_number=0)
    writer.add_outline_item(title="Muc tieu  cu the", page_number=0, parent=first)
    writer.add_outline_item(title="Khong co tren trang", page_number=1)
    out = io.BytesIO()
    writer.write(out)
    source = reading(tmp_path, out.getvalue())
    marked = [(source.text[line.start : line.end], line.page, line.kind, line.level) for line in source.lines]
    assert marked == [
        ("Muc tieu", 1, LineKind.HEADING, 1),
        ("Trong rung", 1, LineKind.TEXT, 0),
        ("Muc tieu cu the", 1, LineKind.HEADING, 2),
        ("Muc tieu", 2, LineKind.TEXT, 0),
    ]


def test_a_number_far_from_its_text_stays_with_it(tmp_path: Path) -> None:
    source = reading(tmp_path, drawn("50 800 Td (1.) Tj 60 0 Td (Muc tieu) Tj"))
    assert [text.split() for text, _ in lines(source)] == [["1.", "Muc", "tieu"]]


def test_words_drawn_in_pieces_on_a_turned_page_are_whole(tmp_path: Path) -> None:
    # Helvetica's widths place each piece right behind the one before it.
    pieces = [
        (100.0, "Danh m"),
        (142.01, "u"),
        (148.68, "c v"),
        (164.02, "a"),
        (170.69, "n b"),
        (187.37, "a"),
        (194.04, "n"),
    ]
    upright = "".join(f"0 1 -1 0 {x} {y} Tm ({piece}) Tj " for x in (100, 130) for y, piece in pieces)
    source = reading(tmp_path, drawn("1 0 0 1 50 800 Tm (CONG BAO ngay dau nam) Tj " + upright))
    assert [text for text, _ in lines(source)] == ["CONG BAO ngay dau nam", "Danh muc van ban", "Danh muc van ban"]


def test_pages_without_a_text_layer_are_named(tmp_path: Path) -> None:
    source = reading(tmp_path, made(["Mot"], [], ["Ba"], []))
    assert lines(source) == [("Mot", 1), ("Ba", 3)]
    assert source.text == "Mot\f\fBa\f"
    assert len(source.warnings) == 1
    assert "Trang 2, 4 " in source.warnings[0]
    assert "pages 2, 4 " in source.warnings[0]


def test_pages_without_anything_are_refused_with_their_number(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, made([], [], []))
    assert caught.value.code == "pdf-no-text"
    assert "3 trang" in caught.value.vi
    assert "3 pages" in caught.value.en


def test_more_pages_than_the_operator_allows_are_refused() -> None:
    with pytest.raises(ReadingError) as caught:
        read_bytes(made(["Mot"], ["Hai"], ["Ba"]), ".pdf", ReadingOptions(pages=2))
    assert caught.value.code == "pdf-pages"
    assert "3 trang" in caught.value.vi
    assert read_bytes(made(["Mot"], ["Hai"]), ".pdf", ReadingOptions(pages=2)).pages == 2


def test_attached_files_are_named(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(made(["Ke hoach"])))
    writer.add_attachment("phu-luc.xlsx", b"PK")
    out = io.BytesIO()
    writer.write(out)
    source = reading(tmp_path, out.getvalue())
    assert lines(source) == [("Ke hoach", 1)]
    assert any("phu-luc.xlsx" in warning for warning in source.warnings)


def test_a_pdf_protected_only_against_changes_is_read(tmp_path: Path) -> None:
    assert lines(reading(tmp_path, made(["Ke hoach"], password="", owner="chu"))) == [("Ke hoach", 1)]


def test_a_pdf_that_needs_a_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, made(["Ke hoach"], password="bi mat"))
    assert caught.value.code == "pdf-encrypted"
    assert "mật khẩu" in caught.value.vi


def test_a_pdf_named_txt_is_read_as_pdf(tmp_path: Path) -> None:
    assert reading(tmp_path, made(["Ke hoach"]), "thu.txt").media_type == "application/pdf"


def test_text_named_pdf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, "Kế hoạch".encode())
    assert caught.value.code == "pdf-damaged"


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_a_truncated_pdf_is_refused_or_told(tmp_path: Path, share: float) -> None:
    data = made(["Mot"], ["Hai"], ["Ba"])
    try:
        source = reading(tmp_path, data[: int(len(data) * share)])
    except ReadingError as error:
        assert error.code == "pdf-damaged"
    else:
        assert source.warnings


def test_no_damage_escapes_as_another_error_or_prints(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    data = made(["Mot"], ["Hai"], title="x")
    with caplog.at_level(logging.WARNING):
        for at in range(0, len(data), len(data) // 80):
            for broken in (data[:at] + b"\xff" * 8 + data[at + 8 :], data[:at] + data[at + 20 :]):
                try:
                    reading(tmp_path, broken)
                except ReadingError as error:
                    assert error.code != "unexpected", error
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(pages=st.lists(st.lists(PRINTABLE, max_size=5), min_size=1, max_size=4))
def test_any_pages_read_with_lines_in_order(tmp_path: Path, pages: list[list[str]]) -> None:
    # A line that is the same at the top of several pages is no text: here each page has its own letter.
    pages = [["abcd"[number] + line for line in page] for number, page in enumerate(pages)]
    data = made(*pages)
    try:
        source = reading(tmp_path, data)
    except ReadingError as error:
        assert error.code == "pdf-no-text"
        return
    end, page = 0, 1
    for line in source.lines:
        assert end <= line.start <= line.end <= len(source.text)
        assert "\n" not in source.text[line.start : line.end]
        assert line.page is not None
        assert page <= line.page <= len(pages)
        end, page = line.end, line.page
    kept = "".join(text for text, _ in lines(source))
    assert "".join(filter(str.isalpha, kept)) == "".join(c for c in "".join(map("".join, pages)) if c.isalpha())
    assert reading(tmp_path, data) == source
