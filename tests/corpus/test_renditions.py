"""The same decision as Word file, web page and scan is one document; what only looks like it is another."""

import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpus.encoder.registry import load_encoder
from corpus.language.analysis import terms_of
from corpus.language.places import Places
from corpus.language.segment import segment
from corpus.model import Cell, Quality, RecognisedWord, Table
from corpus.store import grouping, layers, schema
from corpus.store.archive import Archive
from corpus.store.entry import Entry
from corpus.store.verify import repair, verify
from indexer.prepare import entry_of
from indexer.reading import read_bytes
from indexer.structure import parse

PLACES = Places.load()
ENCODER = load_encoder()

_TASKS = (
    "rà soát và công khai thủ tục hành chính tại bộ phận một cửa",
    "nâng cấp phần mềm tiếp nhận hồ sơ trực tuyến",
    "khảo sát mức độ hài lòng của người dân về phục vụ",
    "số hóa kết quả giải quyết hồ sơ đất đai còn hiệu lực",
    "tập huấn nghiệp vụ cho công chức xã, phường, thị trấn",
    "trồng rừng phòng hộ ven biển và chăm sóc rừng mới trồng",
    "bảo dưỡng hệ thống hồ chứa trước mùa mưa bão",
    "kiểm tra việc thực hiện kỷ luật, kỷ cương công vụ",
    "hỗ trợ hộ nghèo sửa chữa nhà ở không an toàn",
    "xây dựng kho dữ liệu dùng chung giữa các sở, ngành",
)
_AGENCIES = ("Sở Nội vụ", "Sở Tài chính", "Văn phòng Ủy ban nhân dân tỉnh", "Sở Xây dựng", "Sở Y tế")


def plan(
    number: str = "17", year: int = 2018, province: str = "Khánh Hòa", day: str = "05", goal: int = 80, seed: int = 1
) -> str:
    """A plan of thirty tasks; the same seed gives the same template."""
    dice = random.Random(seed)
    tasks = [
        f"{n}. {dice.choice(_AGENCIES)} chủ trì {dice.choice(_TASKS)} tại {dice.randint(11, 99)} đơn vị của tỉnh "
        f"{province}; xong trong quý {dice.randint(1, 4)} năm {year}, báo cáo Ủy ban nhân dân tỉnh {province}."
        for n in range(1, 31)
    ]
    return "\n".join(
        [
            "ỦY BAN NHÂN DÂN",
            f"TỈNH {province.upper()}",
            "",
            f"Số: {number}/KH-UBND",
            "",
            f"{province}, ngày {day} tháng {'01' if day.strip() else '  '} năm {year}",
            "",
            "KẾ HOẠCH",
            f"Cải cách hành chính năm {year}",
            "",
            "I. MỤC TIÊU",
            f"Mức độ hài lòng của người dân đạt {goal} %, hồ sơ đúng hạn đạt {goal + 15} %.",
            "II. NHIỆM VỤ",
            *tasks,
        ]
    )


def misread(text: str, rate: float, seed: int = 1) -> str:
    """The text with letters as recognition gets them wrong; its head is read well."""
    dice = random.Random(seed)
    head, body = text[:250], text[250:]
    return head + "".join(dice.choice("aáảeêiìnmrtuưo") if c.isalpha() and dice.random() < rate else c for c in body)


def entry(name: str, text: str, quality: Quality = Quality.NATIVE) -> Entry:
    source = read_bytes(text.encode(), ".txt")
    words: tuple[RecognisedWord, ...] = ()
    if quality is Quality.RECOGNISED:
        words = (
            RecognisedWord(0, 2, 1, (0.1, 0.2, 0.3, 0.25), 0.9),
            RecognisedWord(3, 6, 1, (0.4, 0.2, 0.5, 0.25), 0.7),
        )
    parsed = parse(replace(source, quality=quality, words=words), PLACES)
    return entry_of(name, sha256(text.encode()).hexdigest(), len(text.encode()), parsed, ENCODER)


def commit(archive: Archive, *entries: Entry, recipe: str = "r1") -> None:
    with archive.writing():
        for each in entries:
            archive.sources.keep(each.parsed.source.text.encode())
            archive.commit(each, recipe)


def stands_for(archive: Archive) -> dict[str, str]:
    """The searched rendition of each file, by their names."""
    documents, files = schema.documents.c, schema.files.c
    with archive.reading() as connection:
        names = {row.document_id: row.path for row in connection.execute(select(files.document_id, files.path))}
        rows = connection.execute(select(documents.id, documents.rendition_of)).all()
    return {names[document]: names[better or document] for document, better in rows}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive", ENCODER.spec)


SAME: dict[str, tuple[Entry, Entry]] = {
    "lines broken elsewhere": (entry("a", plan()), entry("b", plan().replace("; ", ";\n"))),
    "number and day left blank": (entry("a", plan()), entry("b", plan(number="   ", day="   "))),
    "a clean scan": (entry("a", plan()), entry("b", misread(plan(), 0.01), Quality.RECOGNISED)),
    "a poor scan": (entry("a", plan()), entry("b", misread(plan(), 0.06), Quality.RECOGNISED)),
    "a scan without its number": (
        entry("a", plan()),
        entry("b", misread(plan(number="   ", day="   "), 0.02), Quality.RECOGNISED),
    ),
    "only its first half": (entry("a", plan()), entry("b", plan()[: len(plan()) // 2])),
    "a web page's menu around it": (entry("a", plan()), entry("b", plan() + "\nTrang chủ\nTin tức\nLiên hệ\n")),
}


@pytest.mark.parametrize("how", SAME)
def test_renditions_of_one_document_are_one(archive: Archive, how: str) -> None:
    commit(archive, *SAME[how])
    (best,) = set(stands_for(archive).values())
    archive.refresh()
    assert archive.lexical.passage_ids() == archive.vectors.passage_ids()
    assert len(archive.lexical.passage_ids()) == len(SAME[how]["ab".index(best)].passages)
    assert verify(archive) == []


OTHERS: dict[str, Sequence[Entry]] = {
    "the plans of two years": (entry("a", plan(year=2018)), entry("b", plan(year=2019))),
    "the plans of two years, numbers blank": (
        entry("a", plan(number="  ", day="  ", year=2018)),
        entry("b", plan(number="  ", day="  ", year=2019)),
    ),
    "scans of the plans of two years": (
        entry("a", plan(year=2018)),
        entry("b", misread(plan(number="  ", day="  ", year=2019), 0.02), Quality.RECOGNISED),
    ),
    "one template, two provinces": (entry("a", plan()), entry("b", plan(province="Bình Phước"))),
    "one template, two provinces, numbers blank": (
        entry("a", plan(number="  ", day="  ")),
        entry("b", plan(number="  ", day="  ", province="Bình Phước")),
    ),
    "two numbers": (entry("a", plan(number="17")), entry("b", plan(number="18"))),
    "a decision and the one that amends it": (
        entry("a", plan(number="  ")),
        entry("b", plan(number="  ").replace("Cải cách hành chính năm", "Sửa đổi Kế hoạch cải cách hành chính năm")),
    ),
    "a draft with other goals": (entry("a", plan(goal=80)), entry("b", plan(number="  ", day="  ", goal=75))),
    "a draft that says so": (entry("a", plan()), entry("b", "DỰ THẢO\n" + plan(number="  ", day="  "))),
    "texts too short to tell": (entry("a", "Kế hoạch năm 2018"), entry("b", "Kế hoạch, năm 2018")),
}


@pytest.mark.parametrize("how", OTHERS)
def test_other_documents_stay_apart(archive: Archive, how: str) -> None:
    commit(archive, *OTHERS[how])
    assert stands_for(archive) == {"a": "a", "b": "b"}


_SCAN = misread(plan(), 0.02)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (entry("a", plan()), entry("b", _SCAN, Quality.RECOGNISED)),
        (entry("a", plan(), Quality.CONVERTED), entry("b", _SCAN, Quality.RECOGNISED)),
        (entry("a", plan()), entry("b", plan() + "\n", Quality.CONVERTED)),
        (entry("a", _SCAN, Quality.MIXED), entry("b", plan() + " ", Quality.RECOGNISED)),
        (entry("a", plan()), entry("b", plan()[: len(plan()) * 2 // 3])),
        (entry("a", plan(), Quality.RECOGNISED), entry("b", plan()[: len(plan()) // 3])),  # an excerpt
    ],
)
def test_the_best_rendition_is_the_cleaner_then_the_whole_one(archive: Archive, better: Entry, worse: Entry) -> None:
    commit(archive, worse, better)
    assert stands_for(archive) == {"a": "a", "b": "a"}


POOL = [
    entry("2018.docx", plan()),
    entry("2018.html", plan().replace("; ", ";\n")),
    entry("2018-scan.pdf", misread(plan(), 0.03), Quality.RECOGNISED),
    entry("2018-blank.pdf", misread(plan(number=" ", day=" "), 0.01), Quality.RECOGNISED),
    entry("2018-excerpt.txt", plan()[: len(plan()) // 2]),
    entry("2019.docx", plan(year=2019)),
    entry("2019-scan.pdf", misread(plan(year=2019), 0.02), Quality.RECOGNISED),
    entry("other.docx", plan(province="Bình Phước")),
]


def _outcome(entries: Sequence[Entry], then: Callable[[Archive], None] = lambda _: None) -> dict[str, str]:
    with TemporaryDirectory() as folder:
        archive = Archive.create(Path(folder) / "archive", ENCODER.spec)
        commit(archive, *entries)
        then(archive)
        archive.refresh()
        outcome = stands_for(archive)
        assert verify(archive) == []
        archive.close()
        return outcome


def test_the_pool_holds_three_documents() -> None:
    assert set(_outcome(POOL).values()) == {"2018.html", "2019.docx", "other.docx"}


@settings(max_examples=15, deadline=None)
@given(st.permutations(POOL), st.integers(0, len(POOL)), st.integers(0, len(POOL)))
def test_the_order_of_files_decides_nothing(order: list[Entry], again: int, gone: int) -> None:
    # Some are made again by another recipe, some go: what is left is as if the others had never been there.
    def then(archive: Archive) -> None:
        commit(archive, *order[:again], recipe="r2")
        archive.refresh()
        with archive.writing():
            for each in order[:gone]:
                archive.record_package(each.path, "", 0)

    assert _outcome(order, then) == _outcome([each for each in POOL if each not in order[:gone]])


def _found(archive: Archive, words: str) -> set[int]:
    return {passage for passage, _ in archive.lexical.search(terms_of(segment(words)), {"syllables": 1.0}, 50)}


def test_when_the_best_goes_the_next_is_searched(archive: Archive) -> None:
    word, scan = entry("a.docx", plan()), entry("b.pdf", misread(plan(), 0.02), Quality.RECOGNISED)
    commit(archive, scan, word)
    archive.refresh()
    before = _found(archive, "hài lòng")
    with archive.writing():
        archive.record_package("a.docx", "", 0)
    archive.refresh()
    assert stands_for(archive) == {"b.pdf": "b.pdf"}
    assert _found(archive, "hài lòng").isdisjoint(before)
    assert len(archive.vectors.passage_ids()) == len(scan.passages)
    commit(archive, word)
    archive.refresh()
    assert stands_for(archive) == {"a.docx": "a.docx", "b.pdf": "a.docx"}
    assert len(archive.vectors.passage_ids()) == len(word.passages)
    assert verify(archive) == []


def test_a_file_that_changes_a_little_stays_one_document(archive: Archive) -> None:
    commit(archive, entry("a.txt", plan()))
    archive.refresh()
    changed = entry("a.txt", plan() + "\n31. Sở Y tế báo cáo kết quả chung.")
    commit(archive, changed)
    archive.refresh()
    assert stands_for(archive) == {"a.txt": "a.txt"}
    assert len(archive.vectors.passage_ids()) == len(changed.passages)
    assert verify(archive) == []


def test_a_commit_that_dies_leaves_everything_as_it_was(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(archive, entry("b.pdf", misread(plan(), 0.02), Quality.RECOGNISED))
    archive.refresh()
    whole = grouping.regroup

    def dying(*arguments: object) -> None:
        whole(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(grouping, "regroup", dying)
    with pytest.raises(KeyboardInterrupt):
        commit(archive, entry("a.docx", plan()))
    assert stands_for(archive) == {"b.pdf": "b.pdf"}
    assert verify(archive) == []


def test_verify_tells_of_a_wrong_group_and_repair_mends_it(archive: Archive) -> None:
    commit(archive, entry("a", plan()), entry("b", plan() + "\n"))
    archive.refresh()
    right = stands_for(archive)
    with sqlite3.connect(archive.directory / "archive.sqlite") as connection:
        connection.execute("UPDATE documents SET rendition_of = NULL")
    connection.close()
    assert "rendition" in {finding.code for finding in verify(archive)}
    assert repair(archive) == []
    assert stands_for(archive) == right


def test_tables_and_recognised_words_come_back(archive: Archive) -> None:
    scan = entry("b.pdf", misread(plan(), 0.02), Quality.RECOGNISED)
    tables = (Table((Cell(0, 6, 0, 0), Cell(7, 7, 0, 1, rows=2), Cell(8, 12, 1, 0)), heads=1), Table(()))
    scan = replace(scan, parsed=replace(scan.parsed, source=replace(scan.parsed.source, tables=tables, waiting=(3, 4))))
    commit(archive, scan)
    assert archive.tables(scan.document_id) == tables
    assert archive.words(scan.document_id) == scan.parsed.source.words
    assert (archive.tables("none"), archive.words("none")) == ((), ())
    documents = schema.documents.c
    with archive.reading() as connection:
        kept = connection.execute(select(documents.quality, documents.confidence, documents.waiting)).one()
    assert kept == ("recognised", 0.8, [3, 4])


_part = st.integers(0, 10_000).map(lambda parts: parts / 10_000)
_words = st.builds(
    lambda start, length, page, box, sure: RecognisedWord(start, start + length, page, box, sure),
    st.integers(0, 10**7), st.integers(0, 99), st.integers(1, 5_000), st.tuples(_part, _part, _part, _part), _part,
)  # fmt: skip


@given(st.lists(_words).map(tuple))
def test_any_words_come_back_as_they_were_kept(words: tuple[RecognisedWord, ...]) -> None:
    assert layers.unpack_words(layers.pack_words(words)) == words
