"""Plain text: encodings, line ends, pages, and what holds for every text that is read."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.model import Quality, SourceText
from indexer.reading import READABLE, read
from tests.indexer.shown import shown

PLAN = "KẾ HOẠCH\nThực hiện nhiệm vụ thử nghiệm năm 2031\n\nI. MỤC TIÊU\n1. Mở rộng việc thử."


def reading(folder: Path, data: bytes, name: str = "thu.txt") -> SourceText:
    path = folder / name
    path.write_bytes(data)
    return read(path)


def windows_1258(text: str) -> bytes:
    """What an editor of the time wrote: base letters with their hats, tones as marks of their own."""
    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(p for p in parts if p in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        out.append((base + tones).encode("cp1258"))
    return b"".join(out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_unicode_text_keeps_its_own_characters(tmp_path: Path, encoding: str) -> None:
    source = reading(tmp_path, PLAN.encode(encoding))
    assert source.text == PLAN
    assert source.quality is Quality.NATIVE
    assert shown(source) == PLAN.split("\n")
    assert source.wrapped


def test_decomposed_text_is_composed_in_place(tmp_path: Path) -> None:
    source = reading(tmp_path, unicodedata.normalize("NFD", PLAN).encode())
    assert source.text == PLAN
    assert shown(source) == PLAN.split("\n")
    assert (source.quality, source.converted_from) == (Quality.NATIVE, None)


def test_windows_1258_is_composed_and_marked_as_converted(tmp_path: Path) -> None:
    source = reading(tmp_path, windows_1258(PLAN))
    assert source.text == PLAN
    assert (source.quality, source.converted_from) == (Quality.CONVERTED, "windows-1258")


READS = "ủy ban nhân dân tỉnh, kế hoạch cải cách hành chính"
TCVN3 = "ñy ban nh©n d©n tØnh, kÕ ho¹ch c¶i c¸ch hµnh chÝnh"
VNI = "uûy ban nhaân daân tænh, keá hoaïch caûi caùch haønh chính"
LEGACY = {
    "tcvn3 bytes": (TCVN3.encode("latin-1"), "TCVN3"),
    "tcvn3 in utf-8": (TCVN3.encode(), "TCVN3"),
    "tcvn3 in utf-16": (TCVN3.encode("utf-16"), "TCVN3"),
    "vni bytes": (VNI.encode("latin-1"), "VNI"),
    "vni in utf-8": (VNI.encode(), "VNI"),
}


@pytest.mark.parametrize(("data", "name"), LEGACY.values(), ids=LEGACY)
def test_text_in_a_legacy_font_is_converted_and_says_so(tmp_path: Path, data: bytes, name: str) -> None:
    source = reading(tmp_path, data)
    assert source.text == READS
    assert (source.quality, source.converted_from, source.warnings) == (Quality.CONVERTED, name, ())


def test_capitals_that_stand_on_controls_are_no_binary_data(tmp_path: Path) -> None:
    data = b"TH\x11 NH\x98 NH\x06NG H\x96C SINH, C\x9f"  # set VN1 of TCVN 5712
    assert reading(tmp_path, data).text.startswith("THỨ NHỜ NHỮNG HỌC SINH")


def test_unicode_paragraphs_among_legacy_ones_stay(tmp_path: Path) -> None:
    unicode = "Toán học, khoá học và hoà giải ở cơ sở."
    source = reading(tmp_path, f"{unicode}\n{VNI}\n{unicode}".encode())
    assert shown(source) == [unicode, READS, unicode]
    assert source.converted_from == "VNI"


def test_text_in_utf_8_twice_is_refused_rather_than_shown_garbled(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        reading(tmp_path, PLAN.encode().decode("latin-1").encode())
    assert caught.value.code == "encoding-unknown"
    assert "UTF-8" in caught.value.vi
    assert "UTF-8" in caught.value.en


def test_foreign_names_and_signs_do_not_make_a_text_unreadable(tmp_path: Path) -> None:
    text = PLAN + "\nĐoàn gồm ông Müller, bà Dvořák; diện tích 25 m² ở 30°C, © 2031, «Lào: ສະບາຍດີ»."
    assert reading(tmp_path, text.encode()).text == text


def test_a_damaged_character_is_shown_and_told(tmp_path: Path) -> None:
    data = (PLAN * 40).encode()
    source = reading(tmp_path, data[:-1] + b"\xe1")
    assert source.text.endswith("\ufffd")
    assert len(source.warnings) == 1
    assert source.warnings[0].startswith("1 ký tự")


def test_line_ends_of_other_systems_become_line_feeds(tmp_path: Path) -> None:
    assert reading(tmp_path, b"mot\r\nhai\rba\n").text == "mot\nhai\nba\n"


def test_form_feeds_part_pages(tmp_path: Path) -> None:
    source = reading(tmp_path, "Trang một\nhai dòng\fTrang hai\n\f".encode())
    assert source.pages == 2
    assert [(source.text[line.start : line.end], line.page) for line in source.lines] == [
        ("Trang một", 1),
        ("hai dòng", 1),
        ("Trang hai", 2),
        ("", 2),
    ]


def test_text_without_form_feeds_has_no_pages(tmp_path: Path) -> None:
    source = reading(tmp_path, PLAN.encode())
    assert source.pages is None
    assert {line.page for line in source.lines} == {None}


def test_readable_names_the_suffixes_of_every_reader() -> None:
    assert {".txt", ".md", ".html", ".htm", ".docx", ".pdf"} <= READABLE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(codec="utf-8")))
def test_lines_of_any_text_are_ordered_disjoint_and_hold_every_letter(tmp_path: Path, text: str) -> None:
    try:
        source = reading(tmp_path, text.encode())
    except ReadingError as error:
        assert error.code in {"empty", "blank", "binary", "encoding-unknown"}
        return
    end = 0
    for line in source.lines:
        assert end <= line.start <= line.end <= len(source.text)
        assert not set("\n\f\v\x85\u2028\u2029") & set(source.text[line.start : line.end])
        end = line.end
    assert "".join(filter(str.isalpha, "".join(shown(source)))) == "".join(filter(str.isalpha, source.text))
    assert reading(tmp_path, text.encode()) == source


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(min_size=1), name=st.sampled_from(["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a"]))
def test_any_bytes_are_read_or_refused_with_a_reason(tmp_path: Path, data: bytes, name: str) -> None:
    try:
        source = reading(tmp_path, data, name)
    except ReadingError as error:
        assert error.code != "unexpected"
        assert error.vi
        assert error.en
    else:
        assert any(map(str.isalpha, source.text))
