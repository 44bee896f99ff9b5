"""Passages: short enough to read, never across a heading, and not a letter lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language.places import Places
from corpus.model import Line, LineKind, ParsedDocument, SourceText
from indexer.reading.text import read_text
from indexer.structure import parse
from indexer.structure.passages import MAX_WORDS

PLACES = Places.load()


def parsed(text: str) -> ParsedDocument:
    return parse(read_text(text.encode()), PLACES)


def shown(document: ParsedDocument) -> list[tuple[str, str]]:
    return [(passage.section, document.source.text[passage.start : passage.end]) for passage in document.passages]


HEADER = """ỦY BAN NHÂN DÂN
TỈNH SƠN LA
Số: 1/KH-UBND
Sơn La, ngày 1 tháng 2 năm 2020

KẾ HOẠCH
Trồng rừng năm 2020

Thực hiện Quyết định số 2/QĐ-UBND, Ủy ban nhân dân tỉnh ban hành Kế hoạch như sau:

"""
END = "\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n\nCHỦ TỊCH\nTrần Văn Mẫu\n"


def test_header_bases_and_sign_off_are_passages_of_their_own() -> None:
    document = parsed(HEADER + "I. MỤC TIÊU\n\nTrồng 100 ha rừng." + END)
    sections = shown(document)
    assert [section for section, _ in sections] == ["", "", "I", ""]
    assert sections[0][1].endswith("Trồng rừng năm 2020")
    assert sections[1][1].startswith("Thực hiện Quyết định")
    assert sections[2][1] == "I. MỤC TIÊU\n\nTrồng 100 ha rừng."
    assert sections[3][1].startswith("Nơi nhận:")
    assert document.passages[2].headings == ("MỤC TIÊU",)


def test_small_items_share_a_passage_under_their_parent() -> None:
    document = parsed(
        HEADER + "I. VIỆC\n\n1. Sở Nội vụ\n\na) Rà soát.\n\nb) Báo cáo.\n\n2. Sở Tài chính\n\nBố trí kinh phí." + END
    )
    assert shown(document)[2:4] == [
        ("I.1", "a) Rà soát.\n\nb) Báo cáo."),
        ("I.2", "2. Sở Tài chính\n\nBố trí kinh phí."),
    ]
    assert document.passages[2].headings == ("VIỆC", "Sở Nội vụ")


def test_items_of_two_parents_never_share() -> None:
    document = parsed(
        HEADER + "I. VIỆC\n\n1. Rà soát.\n\n2. Báo cáo.\n\nII. TIỀN\n\n1. Bố trí.\n\n2. Quyết toán." + END
    )
    assert [section for section, _ in shown(document)[2:4]] == ["I", "II"]


def test_a_heading_alone_is_context_and_a_whole_sentence_is_not() -> None:
    long = "Tập trung hoàn thành toàn bộ việc rà soát, thống kê và báo cáo kết quả trong quý này."
    document = parsed(HEADER + f"I. VIỆC\n\n1. Sở Nội vụ\n\na) Rà soát.\n\nII. TIỀN\n\n1. {long}\n\na) Bố trí." + END)
    texts = [text for _, text in shown(document)]
    assert not any("Sở Nội vụ" in text for text in texts)
    assert any(long in text for text in texts)


def test_long_paragraphs_are_cut_at_sentence_ends() -> None:
    sentence = "Các xã trồng rừng theo kế hoạch đã giao và báo cáo kết quả hằng tháng."
    document = parsed(HEADER + "I. VIỆC\n\n" + " ".join([sentence] * 40) + END)
    pieces = [text for section, text in shown(document) if section == "I"]
    assert len(pieces) > 1
    assert all(text.endswith("hằng tháng.") for text in pieces)
    assert all(60 <= len(text.split()) <= MAX_WORDS for text in pieces[:-1])


def test_a_sentence_without_end_is_cut_between_words() -> None:
    document = parsed("từ " * 1000)
    assert max(len(text.split()) for _, text in shown(document)) <= MAX_WORDS
    assert sum(len(text.split()) for _, text in shown(document)) == 1000


def rows(count: int, words: int) -> SourceText:
    cells = [f"{number} | " + " ".join(["việc"] * words) for number in range(count)]
    text = "\n".join(cells)
    lines, at = [], 0
    for cell in cells:
        lines.append(Line(at, at + len(cell), page=1 + at // 2000, kind=LineKind.ROW))
        at += len(cell) + 1
    return SourceText(text, tuple(lines), "text/html", "html", wrapped=False)


def test_table_rows_stay_whole() -> None:
    for source in (rows(30, 20), rows(3, 300)):
        document = parse(source, PLACES)
        bounds = {line.start for line in source.lines} | {line.end for line in source.lines}
        assert all(passage.start in bounds and passage.end in bounds for passage in document.passages)
    assert 3 <= len(parse(rows(30, 20), PLACES).passages) <= 10


def test_a_passage_carries_its_page() -> None:
    document = parsed("I. MỘT VIỆC\n\nTrồng rừng.\n\fII. HAI VIỆC\n\nGiữ rừng.\n")
    assert [(passage.section, passage.page) for passage in document.passages] == [("I", 1), ("II", 2)]


def test_the_end_of_a_long_paragraph_is_on_its_own_page() -> None:
    sentence = "Các xã trồng rừng theo kế hoạch đã giao và báo cáo kết quả hằng tháng."
    document = parsed(
        "I. VIỆC\n\n" + "\n".join([sentence] * 12) + " và\n\f" + "\n".join(["giữ rừng. " + sentence] * 12)
    )
    assert [document.passages[0].page, document.passages[-1].page] == [1, 2]


def test_a_paragraph_over_a_page_break_is_one_passage() -> None:
    document = parsed(
        "I. VIỆC\n\n1. Các xã trồng rừng theo kế hoạch mà tỉnh đã giao\n\n\fvà báo cáo kết quả hằng tháng.\n"
    )
    assert shown(document)[-1][1].endswith("hằng tháng.")
    assert len(document.passages) == 1


def letters(words: str) -> str:
    return "".join(character for character in words if character.isalnum())


def check(document: ParsedDocument) -> None:
    text, at = document.source.text, 0
    covered = bytearray(len(text))
    for number, passage in enumerate(document.passages):
        assert passage.ordinal == number
        assert at <= passage.start < passage.end <= len(text)
        at = passage.end
        covered[passage.start : passage.end] = b"\x01" * (passage.end - passage.start)
        if passage.provision is None:
            assert (passage.section, passage.headings) == ("", ())
        else:
            owner = document.provisions[passage.provision]
            assert owner.path == passage.section
            assert owner.start <= passage.start < passage.end <= owner.end
    missing = [place for place in range(len(text)) if not covered[place] and text[place].isalnum()]
    bounds = [*(provision.start for provision in document.provisions), len(text)]
    for place in missing:
        owner = next((p for p in reversed(document.provisions) if p.start <= place < p.end), None)
        assert owner is not None, f"{text[place]!r} at {place} is in no passage and no provision"
        own = text[owner.start : min(owner.end, bounds[owner.ordinal + 1])]
        assert letters(own).endswith(letters(owner.heading)), f"{own!r} is in no passage and more than a heading"


_PIECES = st.lists(
    st.sampled_from(
        ["I. ", "II. ", "1. ", "1.1. ", "2.", "a) ", "b)", "Điều 1. ", "Chương I", "PHỤ LỤC", "\n", "\n\n", "\f",
         "Nơi nhận:", "- ", "CHỦ TỊCH", "KẾ HOẠCH", "Số: 1/KH-UBND", "việc", "VIỆC LỚN", "làm. Xong",
         "Căn cứ ", "Bà Mẫu", "từ " * 90]
    ),
    max_size=50,
)  # fmt: skip


@settings(max_examples=150)
@given(_PIECES, st.booleans())
def test_every_letter_is_in_one_passage_or_in_a_heading(pieces: list[str], wrapped: bool) -> None:
    source = read_text(" ".join(pieces).encode())
    check(parse(SourceText(source.text, source.lines, "text/plain", "text", wrapped), PLACES))


@settings(max_examples=150)
@given(st.text(max_size=300), st.booleans())
def test_any_text_is_cut(text: str, wrapped: bool) -> None:
    lines, at = [], 0
    for words in text.split("\n"):
        lines.append(Line(at, at + len(words)))
        at += len(words) + 1
    check(parse(SourceText(text, tuple(lines), "text/plain", "text", wrapped), PLACES))
    check(parse(SourceText(text, (), "text/plain", "text", wrapped), PLACES))
