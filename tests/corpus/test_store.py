"""What an archive promises: whole documents, derived indexes that follow, and a check that tells."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus.encoder.contract import EncoderSpec
from corpus.errors import ArchiveError, ReadingError
from corpus.language.analysis import terms_of
from corpus.language.segment import segment
from corpus.model import Header, Line, ParsedDocument, Passage, Provision, SourceText
from corpus.store.archive import Archive
from corpus.store.entry import Entry, EntryPassage
from corpus.store.verify import repair, verify

SPEC = EncoderSpec("test", "1", 8, None, segmented=True)
MakeEntry = Callable[..., Entry]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive", SPEC)


@pytest.fixture
def make(archive: Archive, tmp_path: Path) -> MakeEntry:
    def entry(name: str, *paragraphs: str, number: str | None = None) -> Entry:
        file = tmp_path / name
        text = "\n".join(paragraphs)
        file.write_text(text)
        sha256, size = archive.sources.keep(file.read_bytes()), file.stat().st_size
        lines, passages, at = [], [], 0
        for ordinal, paragraph in enumerate(paragraphs):
            lines.append(Line(at, at + len(paragraph)))
            passages.append(Passage(ordinal, 0, "I", ("NHIỆM VỤ",), at, at + len(paragraph)))
            at += len(paragraph) + 1
        source = SourceText(text, tuple(lines), "text/plain", "text", wrapped=False)
        outline = (Provision(0, None, "I", "NHIỆM VỤ", 1, 0, len(text)),)
        parsed = ParsedDocument(source, Header(number=number, title=name), outline, tuple(passages))
        noise = np.random.default_rng(len(text)).normal(size=(len(paragraphs), 8)).astype(np.float32)
        vectors = noise / np.linalg.norm(noise, axis=1, keepdims=True)
        segmented = tuple(EntryPassage(segment(paragraph), segment("NHIỆM VỤ")) for paragraph in paragraphs)
        return Entry(str(file), sha256, size, parsed, segment(name), segmented, vectors.astype(np.float32))

    return entry


def found(archive: Archive, words: str) -> set[int]:
    return {passage for passage, _ in archive.lexical.search(terms_of(segment(words)), {"words": 1.0}, 10)}


def commit(archive: Archive, *entries: Entry, recipe: str = "r1") -> None:
    with archive.writing():
        for entry in entries:
            archive.commit(entry, recipe)


def test_what_is_committed_is_found_and_sound(archive: Archive, make: MakeEntry) -> None:
    commit(archive, make("a.txt", "cải cách hành chính", "phòng chống thiên tai"), make("b.txt", "chuyển đổi số"))
    archive.refresh()
    assert len(found(archive, "thiên tai")) == 1
    assert len(archive.vectors.passage_ids()) == 3
    assert verify(archive) == []


def test_another_process_of_the_same_archive_sees_it_without_indexing(archive: Archive, make: MakeEntry) -> None:
    reader = Archive.open(archive.directory)
    reader.refresh()
    commit(archive, make("a.txt", "cải cách hành chính"))
    with archive.writing():
        archive.sync()
        reader.refresh()  # the writer holds the lock: the reader takes what is on disk
        assert len(found(reader, "cải cách")) == 1


def test_a_changed_file_replaces_its_document_everywhere(archive: Archive, make: MakeEntry) -> None:
    commit(archive, make("a.txt", "cải cách hành chính"))
    archive.refresh()
    commit(archive, make("a.txt", "chuyển đổi số"))
    archive.refresh()
    assert found(archive, "cải cách") == set()
    assert len(found(archive, "chuyển đổi")) == 1
    assert verify(archive) == []


def test_the_same_content_under_two_names_is_one_document(archive: Archive, make: MakeEntry) -> None:
    first, second = make("a.txt", "cải cách hành chính"), make("b.txt", "cải cách hành chính")
    commit(archive, first, second)
    archive.refresh()
    assert first.document_id == second.document_id
    assert len(archive.vectors.passage_ids()) == 1
    commit(archive, make("a.txt", "chuyển đổi số"))  # b.txt still holds the old content
    archive.refresh()
    assert len(found(archive, "cải cách")) == 1
    assert verify(archive) == []


def test_another_recipe_makes_the_document_again(archive: Archive, make: MakeEntry) -> None:
    commit(archive, make("a.txt", "cải cách hành chính"))
    archive.refresh()
    before = archive.vectors.passage_ids()
    commit(archive, make("a.txt", "cải cách hành chính"), recipe="r2")
    archive.refresh()
    assert len(archive.vectors.passage_ids()) == 1
    assert archive.vectors.passage_ids().isdisjoint(before)
    assert verify(archive) == []


def test_a_file_that_fails_later_takes_its_document_along(archive: Archive, make: MakeEntry) -> None:
    entry = make("a.txt", "cải cách hành chính")
    commit(archive, entry)
    with archive.writing():
        archive.record_failure(entry.path, "", 0, ReadingError("file-empty", "Tệp trống.", "The file is empty."))
    archive.refresh()
    assert found(archive, "cải cách") == set()
    assert verify(archive) == []


def test_two_writers_do_not_meet(archive: Archive) -> None:
    with archive.writing(), pytest.raises(ArchiveError) as caught, Archive.open(archive.directory).writing():
        pass
    assert caught.value.code == "archive-locked"
    assert str(os.getpid()) in caught.value.vi


def _hold(directory: Path, ready: "multiprocessing.synchronize.Event") -> None:
    with Archive.open(directory).writing():
        ready.set()
        os._exit(9)


def test_a_dead_writer_holds_no_lock(archive: Archive) -> None:
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    process = context.Process(target=_hold, args=(archive.directory, ready))
    process.start()
    process.join()
    with archive.writing():
        assert ready.is_set()


@pytest.mark.parametrize("part", ["lexical", "vectors"])
def test_a_lost_index_is_made_again_on_opening(archive: Archive, make: MakeEntry, part: str) -> None:
    commit(archive, make("a.txt", "cải cách hành chính"))
    archive.refresh()
    for path in (archive.directory / part).iterdir():
        path.write_bytes(b"no index")
    again = Archive.open(archive.directory)
    again.refresh()
    assert len(found(again, "cải cách")) == 1
    assert verify(again) == []


def test_verify_tells_and_repair_mends_what_is_derived(archive: Archive, make: MakeEntry) -> None:
    commit(archive, make("a.txt", "cải cách hành chính"), make("b.txt", "chuyển đổi số"))
    archive.refresh()
    generation = archive.vectors.generation
    archive.vectors.update([(1, 1)], [], generation)
    (archive.directory / "sources" / "new-1").write_text("half a copy")
    assert {finding.code for finding in verify(archive)} == {"passages"}
    assert repair(archive) == []
    assert not (archive.directory / "sources" / "new-1").exists()


def test_verify_tells_of_a_vector_that_differs(archive: Archive, make: MakeEntry) -> None:
    commit(archive, make("a.txt", "cải cách hành chính"))
    archive.refresh()
    other = np.full((1, 8), 0.5, dtype=np.float32)
    archive.vectors.update([(1, 1)], [([1], other)], archive.vectors.generation)
    assert {finding.code for finding in verify(archive)} == {"vectors"}


def test_verify_tells_of_a_source_that_was_tampered_with(archive: Archive, make: MakeEntry) -> None:
    entry = make("a.txt", "cải cách hành chính")
    commit(archive, entry)
    archive.refresh()
    archive.sources.path(entry.sha256).write_text("something else")
    findings = verify(archive)
    assert [finding.code for finding in findings] == ["source"]
    assert entry.path in findings[0].vi
    written = Path(entry.path).read_bytes()
    Path(entry.path).write_text("another content")
    assert repair(archive) == findings  # it is not derived: only the file itself can mend it
    Path(entry.path).write_bytes(written)
    assert repair(archive) == []


def test_verify_tells_of_a_span_outside_its_text(archive: Archive, make: MakeEntry) -> None:
    commit(archive, make("a.txt", "cải cách hành chính"))
    archive.refresh()
    with sqlite3.connect(archive.directory / "archive.sqlite") as connection:
        connection.execute('UPDATE passages SET "end" = 1000')
    connection.close()
    assert "span" in {finding.code for finding in verify(archive)}


def test_an_archive_of_another_model_is_refused_with_the_command_to_run(archive: Archive) -> None:
    other = EncoderSpec("test", "2", 8, None, segmented=True)
    with pytest.raises(ArchiveError) as caught:
        Archive.create(archive.directory, other)
    assert caught.value.code == "model-mismatch"
    assert "tienle reembed" in caught.value.vi


def test_a_folder_without_an_archive_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        Archive.open(tmp_path)
    assert caught.value.code == "archive-missing"
    assert "tienle index" in caught.value.vi


def test_a_damaged_database_is_told_and_not_touched(tmp_path: Path) -> None:
    database = tmp_path / "archive.sqlite"
    database.write_bytes(b"this is no database" * 100)
    with pytest.raises(ArchiveError) as caught:
        Archive.open(tmp_path)
    assert caught.value.code == "archive-damaged"
    assert database.read_bytes() == b"this is no database" * 100


def test_a_damaged_lexical_index_is_told_and_mended(archive: Archive, make: MakeEntry) -> None:
    commit(archive, *(make(f"{n}.txt", f"cải cách hành chính lần thứ {n}", "chuyển đổi số") for n in range(50)))
    archive.refresh()
    for path in (archive.directory / "lexical").glob("*.idx"):
        data = bytearray(path.read_bytes())
        data[: len(data) // 2] = os.urandom(len(data) // 2)
        path.write_bytes(data)
    again = Archive.open(archive.directory)
    assert "lexical-files" in {finding.code for finding in verify(again)}
    assert repair(again) == []
    assert found(again, "chuyển đổi")


def test_a_database_damaged_inside_is_told(archive: Archive, make: MakeEntry) -> None:
    commit(archive, *(make(f"{n}.txt", f"cải cách hành chính lần thứ {n}") for n in range(50)))
    archive.refresh()
    archive.close()
    database = archive.directory / "archive.sqlite"
    data = bytearray(database.read_bytes())
    data[8192 : len(data) - 4096] = os.urandom(len(data) - 8192 - 4096)
    database.write_bytes(data)
    with pytest.raises(ArchiveError) as caught:
        verify(Archive.open(archive.directory))
    assert caught.value.code == "archive-damaged"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_told_and_what_was_stored_still_answers(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine mounts nothing")
    try:
        plans = tmp_path / "plans"
        plans.mkdir()
        for n in range(60):
            words = " ".join(f"việc thứ {n} {m} do Sở Nội vụ chủ trì" for m in range(2_000))
            (plans / f"{n:02}.txt").write_text(f"KẾ HOẠCH\nSố {n}\n\nI. NHIỆM VỤ\n{words}\n")
        command = [sys.executable, "-m", "api.cli"]
        archive = ["--archive", str(disk / "archive")]
        done = subprocess.run([*command, "index", str(plans), *archive], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "đầy" in done.stderr
        assert "Traceback" not in done.stderr
        done = subprocess.run([*command, "documents", "--json", *archive], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        done = subprocess.run([*command, "search", "việc", *archive], capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
    finally:
        subprocess.run(["umount", str(disk)], check=True)
