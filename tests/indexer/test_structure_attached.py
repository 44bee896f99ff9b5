"""A decision and the plan that it issues in one file are two documents, tied to each other."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from api.answers.documents import list_documents, show_document
from api.answers.filters import Filters
from api.answers.search import search
from api.cli.output import full_document
from api.plain import dump
from corpus.encoder.registry import load_encoder
from corpus.language.places import Places
from corpus.model import Cell, Line, ParsedDocument, RecognisedWord, SourceText, Table
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify
from indexer.pipeline import index
from indexer.reading import read_bytes
from indexer.structure import parse_all
from indexer.structure.attached import cut

PLACES = Places.load()

DECISION = """ỦY BAN NHÂN DÂN
TỈNH KHÁNH HÒA

Số: 415/QĐ-UBND

Khánh Hòa, ngày 06 tháng 3 năm 2018

QUYẾT ĐỊNH
Ban hành Kế hoạch tuyên truyền cải cách hành chính năm 2018

ỦY BAN NHÂN DÂN TỈNH

Căn cứ Kế hoạch số 12/KH-UBND ngày 05/01/2018 của Ủy ban nhân dân tỉnh;

QUYẾT ĐỊNH:

Điều 1. Ban hành kèm theo Quyết định này Kế hoạch tuyên truyền cải cách hành chính năm 2018.
Điều 2. Quyết định này có hiệu lực từ ngày ký.

Nơi nhận:
- Như Điều 2;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Nguyễn Văn Thử
"""
PLAN = """
KẾ HOẠCH
Tuyên truyền cải cách hành chính năm 2018
(Ban hành kèm theo Quyết định số 415/QĐ-UBND ngày 06/3/2018 của Ủy ban nhân dân tỉnh Khánh Hòa)

I. MỤC ĐÍCH
1. Giúp người dân biết bộ phận một cửa ở đâu, nhận việc gì.
2. Giúp công chức giải thích thủ tục cho rõ.

II. NHIỆM VỤ
1. Sở Nội vụ chủ trì in tờ gấp hướng dẫn nộp hồ sơ trực tuyến.
2. Đài Phát thanh phát chuyên mục hằng tuần.

PHỤ LỤC
DANH MỤC NHIỆM VỤ
1. In tờ gấp: quý II năm 2018.
"""


def documents(text: str) -> tuple[ParsedDocument, ...]:
    return parse_all(read_bytes(text.encode(), ".txt"), PLACES)


def test_each_has_its_own_text_header_and_outline() -> None:
    decision, plan = documents(DECISION + PLAN)
    assert (decision.header.type, decision.header.number) == ("Quyết định", "415/QĐ-UBND")
    assert (plan.header.type, plan.header.number, plan.header.symbol) == ("Kế hoạch", None, None)
    assert plan.header.title == "Tuyên truyền cải cách hành chính năm 2018"
    assert (plan.header.year_from, plan.header.year_to) == (2018, 2018)
    for name in ("issuer", "province", "place", "issued_on"):
        assert getattr(plan.header, name) == getattr(decision.header, name) is not None
    assert decision.source.text + plan.source.text == read_bytes((DECISION + PLAN).encode(), ".txt").text
    assert plan.source.text.startswith("KẾ HOẠCH")
    assert [provision.path for provision in decision.provisions] == ["Điều 1", "Điều 2"]
    assert {"I", "II", "II.1"} <= {provision.path for provision in plan.provisions}
    assert "quý II năm 2018" in plan.source.text  # the annex is the plan's
    for document in (decision, plan):
        for passage in document.passages:
            assert document.source.text[passage.start : passage.end].strip()


@pytest.mark.parametrize(
    "text",
    [
        DECISION,
        PLAN,
        DECISION.replace("QUYẾT ĐỊNH\nBan hành", "V/v gửi").replace("415/QĐ-UBND", "415/UBND-NC") + PLAN,  # a letter
        DECISION + PLAN.replace("KẾ HOẠCH\nTuyên truyền", "QUY CHẾ\nTuyên truyền"),
    ],
)
def test_a_file_that_holds_one_document_stays_whole(text: str) -> None:
    (only,) = documents(text)
    assert only.source.text == read_bytes(text.encode(), ".txt").text


@given(st.lists(st.text("ab \n", min_size=1, max_size=8), min_size=1, max_size=12), st.data())
def test_a_cut_keeps_the_very_words(lines: list[str], data: st.DataObject) -> None:
    text, found, at = "\n".join(lines), [], 0
    for number, line in enumerate(lines):
        found.append(Line(at, at + len(line), page=number // 3 + 1))
        at += len(line) + 1
    words = tuple(RecognisedWord(line.start, line.end, 1, (0, 0, 1, 1), 1.0) for line in found)
    tables = tuple(Table((Cell(line.start, line.end, 0, 0),)) for line in found)
    source = SourceText(text, tuple(found), "text/plain", "test", wrapped=False, tables=tables, words=words)
    first = data.draw(st.integers(0, len(found) - 1))
    last = data.draw(st.integers(first, len(found) - 1))
    start, end = found[first].start, found[last].end
    piece = cut(source, start, end)
    assert piece.text == text[start:end]
    kept = found[first : last + 1]
    assert [(piece.text[line.start : line.end], line.page) for line in piece.lines] == [
        (text[line.start : line.end], line.page) for line in kept
    ]
    assert [piece.text[word.start : word.end] for word in piece.words] == [text[line.start : line.end] for line in kept]
    assert [piece.text[table.cells[0].start : table.cells[0].end] for table in piece.tables] == [
        text[line.start : line.end] for line in kept
    ]


def made(folder: Path) -> Archive:
    """An archive of the decision and its plan, which lie in the folder too."""
    archive = Archive.create(folder / "archive", load_encoder().spec)
    (folder / "in").mkdir()
    (folder / "in" / "415.txt").write_text(DECISION + PLAN)
    assert index(archive, [folder / "in"], workers=1).indexed == 1
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """For reading only."""
    return made(tmp_path_factory.mktemp("attached"))


def test_both_are_kept_tied_and_of_the_same_file(archive: Archive) -> None:
    found, total = list_documents(archive, Filters())
    assert total == 2
    assert {card.type for card in found} == {"Quyết định", "Kế hoạch"}
    assert len({card.source for card in found}) == 1
    decision = show_document(archive, "415/QĐ-UBND")
    (issues,) = decision.relations
    plan = show_document(archive, issues.document)
    (issued_by,) = plan.relations
    assert (issues.kind, issues.type) == ("issues", "Kế hoạch")
    assert (issued_by.kind, issued_by.document, issued_by.number) == ("issued by", decision.card.id, "415/QĐ-UBND")
    assert plan.sha256 == decision.sha256
    assert json.loads(dump(full_document(plan)))["relations"][0]["kind"] == "issued by"
    assert verify(archive) == []


def test_who_asks_for_the_number_finds_the_plan_too(archive: Archive) -> None:
    found = search(archive, load_encoder(), "415/QĐ-UBND tờ gấp", limit=5)
    assert found.hits[0].title == "Tuyên truyền cải cách hành chính năm 2018"
    assert "tờ gấp" in found.hits[0].text


def test_they_go_and_change_with_their_file(tmp_path: Path) -> None:
    archive = made(tmp_path)
    file = tmp_path / "in" / "415.txt"
    file.write_text(DECISION)
    index(archive, [file], workers=1)
    assert list_documents(archive, Filters())[1] == 1
    file.write_text(DECISION + PLAN.replace("hằng tuần", "hằng tháng"))
    index(archive, [file], workers=1)
    assert list_documents(archive, Filters())[1] == 2
    file.write_bytes(b"")
    index(archive, [file], workers=1)
    assert list_documents(archive, Filters())[1] == 0
    with archive.reading() as connection:
        assert connection.execute(select(schema.relations)).all() == []
    assert verify(archive) == []


def test_a_plan_alone_and_the_plan_of_a_decision_are_one(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    more = "\n".join(f"{n}. Sở Nội vụ kiểm tra việc thứ {n} tại {n + 30} đơn vị, báo cáo quý." for n in range(3, 30))
    (tmp_path / "in" / "both.txt").write_text(DECISION + PLAN.replace("\nPHỤ LỤC", f"{more}\n\nPHỤ LỤC"))
    (tmp_path / "in" / "plan.txt").write_text(PLAN.replace("\nPHỤ LỤC", f"{more}\n\nPHỤ LỤC"))
    archive = Archive.create(tmp_path / "other", load_encoder().spec)
    index(archive, [tmp_path / "in"], workers=1)
    (plan,) = (card for card in list_documents(archive, Filters())[0] if card.type == "Kế hoạch")
    assert {Path(rendition.path).name for rendition in plan.renditions} == {"both.txt", "plan.txt"}
    assert [relation.kind for relation in show_document(archive, plan.id).relations] == ["issued by"]
    assert verify(archive) == []
