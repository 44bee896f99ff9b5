"""Markdown: headings, tables and front matter are understood, and the text reads well."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.model import LineKind, SourceText
from indexer.reading import read


def reading(folder: Path, text: str) -> SourceText:
    path = folder / "thu.md"
    path.write_bytes(text.encode())
    return read(path)


def lines(source: SourceText) -> list[tuple[str, LineKind, int]]:
    """The lines with words: text, kind, level."""
    return [(source.text[x.start : x.end], x.kind, x.level) for x in source.lines if x.end > x.start]


def texts(source: SourceText) -> list[str]:
    return [text for text, _, _ in lines(source)]


def test_headings_carry_their_level(tmp_path: Path) -> None:
    source = reading(
        tmp_path, "# KẾ HOẠCH **thử** #\n\n### I. Mục tiêu\nThân bài\n\nPhụ lục\n===\n\n#không phải tiêu đề"
    )
    assert lines(source) == [
        ("KẾ HOẠCH thử", LineKind.HEADING, 1),
        ("I. Mục tiêu", LineKind.HEADING, 3),
        ("Thân bài", LineKind.TEXT, 0),
        ("Phụ lục", LineKind.HEADING, 1),
        ("#không phải tiêu đề", LineKind.TEXT, 0),
    ]


def test_pipe_tables_become_rows(tmp_path: Path) -> None:
    source = reading(
        tmp_path,
        "| TT | Nhiệm vụ | Chủ trì |\n|:--|---|:-:|\n| 1 | **Thử** máy | |\n"
        "| 2 | Ghi\\|chép | Sở Thử<br>Ban Đo |\n\nHết",
    )
    assert lines(source) == [
        ("TT | Nhiệm vụ | Chủ trì", LineKind.ROW, 0),
        ("1 | Thử máy | ", LineKind.ROW, 0),
        ("2 | Ghi|chép | Sở Thử Ban Đo", LineKind.ROW, 0),
        ("Hết", LineKind.TEXT, 0),
    ]


def test_front_matter_is_metadata_not_text(tmp_path: Path) -> None:
    source = reading(tmp_path, '---\ntitle: "Kế hoạch: thử"\ndescription: Bản nháp\ntags: [a]\n---\nThân bài')
    assert (source.title, source.note) == ("Kế hoạch: thử", "Bản nháp")
    assert source.text == "Thân bài"


def test_a_rule_under_the_issuing_body_does_not_make_it_a_heading(tmp_path: Path) -> None:
    source = reading(tmp_path, "ỦY BAN NHÂN DÂN\nTỈNH VĨNH LAM\n-------\nSố: 1/KH-UBND")
    assert lines(source)[1] == ("TỈNH VĨNH LAM", LineKind.TEXT, 0)
    assert texts(source)[2] == "Số: 1/KH-UBND"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("**1. Mục tiêu:** mở rộng", "1. Mục tiêu: mở rộng"),
        ("*nghiêng* và _nghiêng_, ***cả hai***", "nghiêng và nghiêng, cả hai"),
        ("1\\. Việc thứ nhất", "1. Việc thứ nhất"),
        ("* việc nhỏ", "- việc nhỏ"),
        ("+ việc nhỏ hơn", "+ việc nhỏ hơn"),
        ("xem [phụ lục](phu-luc.md) và ![sơ đồ](x.png)", "xem phụ lục và sơ đồ"),
        ("> trích dẫn", "trích dẫn"),
        ("2*3*4 = 24, tên_tệp_dài, 5 * 6", "2*3*4 = 24, tên_tệp_dài, 5 * 6"),
        ("<!-- ẩn -->hiện<br>", "hiện"),
    ],
)
def test_inline_marks_are_taken_out_and_other_stars_stay(tmp_path: Path, written: str, read_as: str) -> None:
    assert texts(reading(tmp_path, written)) == [read_as]


def test_emphasis_over_two_lines_leaves_no_stars(tmp_path: Path) -> None:
    assert texts(reading(tmp_path, "*(Kèm theo bản nháp\nsố một)*")) == ["(Kèm theo bản nháp", "số một)"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ấĐa1 #*_|-:\\`>[]()!<>~=\n\t.+"), max_size=200))
def test_any_markdown_reads_with_lines_in_order(tmp_path: Path, text: str) -> None:
    try:
        source = reading(tmp_path, text)
    except ReadingError as error:
        assert error.code in {"empty", "blank"}
        return
    end = 0
    for line in source.lines:
        assert end <= line.start <= line.end <= len(source.text)
        assert "\n" not in source.text[line.start : line.end]
        end = line.end
    assert "".join(filter(str.isalpha, "".join(texts(source)))) == "".join(filter(str.isalpha, source.text))
    assert reading(tmp_path, text) == source
