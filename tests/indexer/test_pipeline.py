"""A batch goes on whatever one file does, and a second run does only what is left."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select

from corpus.errors import ArchiveError
from corpus.language.analysis import terms_of
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify
from indexer.pipeline import index
from tests.commands import COMMAND

PLAN = """ỦY BAN NHÂN DÂN
TỈNH VĨNH LAM

Số: {number}/KH-UBND

Vĩnh Lam, ngày 05 tháng 01 năm 2018

KẾ HOẠCH
Cải cách hành chính năm 2018

I. MỤC ĐÍCH, YÊU CẦU
1. Mục đích
Nâng mức độ hài lòng của người dân đạt {goal} %.
2. Yêu cầu
Các cơ quan, đơn vị thực hiện đúng tiến độ.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    folder.mkdir()
    for number in range(1, 4):
        (folder / f"{number}.txt").write_text(PLAN.format(number=number, goal=70 + number))
    return folder


def stored(archive: Archive) -> set[str]:
    with archive.reading() as connection:
        return set(connection.scalars(select(schema.files.c.path)))


def numbers(archive: Archive) -> set[str | None]:
    with archive.reading() as connection:
        return set(connection.scalars(select(schema.documents.c.number)))


def test_a_folder_becomes_an_archive(archive: Archive, folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = index(archive, [folder], workers=1, progress=lambda done, total, _: seen.append((done, total)))
    assert (report.indexed, report.unchanged, report.failures) == (3, 0, [])
    assert numbers(archive) == {"1/KH-UBND", "2/KH-UBND", "3/KH-UBND"}
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert verify(archive) == []


def test_a_second_run_leaves_unchanged_files_alone(archive: Archive, folder: Path) -> None:
    index(archive, [folder], workers=1)
    (folder / "2.txt").write_text(PLAN.format(number=22, goal=90))
    (folder / "4.txt").write_text(PLAN.format(number=4, goal=91))
    report = index(archive, [folder], workers=1)
    assert (report.indexed, report.unchanged) == (2, 2)
    assert numbers(archive) == {"1/KH-UBND", "22/KH-UBND", "3/KH-UBND", "4/KH-UBND"}
    assert verify(archive) == []


def test_files_of_other_kinds_are_counted_not_hidden(archive: Archive, folder: Path) -> None:
    (folder / "index.jsonl").write_text("{}")
    (folder / "meeting.mp4").write_bytes(b"\x00\x00\x00\x18ftyp")
    report = index(archive, [folder], workers=1)
    assert dict(report.skipped) == {".jsonl": 1, ".mp4": 1}
    assert report.failures == []


def _bad_files(folder: Path) -> dict[str, str]:
    """Makes one file a kind of damage; the word that its message must hold."""
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "notzip.docx").write_bytes(b"plainly not a zip file, though named so")
    document = Document()
    document.add_paragraph("Kế hoạch")
    document.save(str(folder / "whole.docx"))
    data = (folder / "whole.docx").read_bytes()
    (folder / "whole.docx").unlink()
    (folder / "cut.docx").write_bytes(data[: len(data) // 2])
    return {"empty.txt": "rỗng", "binary.txt": "", "notzip.docx": "", "cut.docx": ""}


def test_bad_files_are_told_one_by_one_and_the_rest_goes_on(archive: Archive, folder: Path) -> None:
    bad = _bad_files(folder)
    report = index(archive, [folder, folder / "nowhere.txt"], workers=2)
    assert report.indexed == 3
    failed = {path.name: error for path, error in report.failures}
    assert set(failed) == {*bad, "nowhere.txt"}
    for name, word in bad.items():
        assert word in failed[name].vi.lower()
        assert failed[name].vi != failed[name].en
        assert failed[name].code != "unexpected"
    with archive.reading() as connection:
        rows = connection.execute(
            select(schema.files.c.path, schema.files.c.error_vi).where(schema.files.c.error_code.is_not(None))
        )
        assert {Path(path).name for path, _ in rows} == set(failed)
    assert verify(archive) == []


def test_a_file_that_was_mended_is_taken_in_the_next_run(archive: Archive, folder: Path) -> None:
    (folder / "1.txt").write_bytes(b"")
    assert len(index(archive, [folder], workers=1).failures) == 1
    (folder / "1.txt").write_text(PLAN.format(number=1, goal=71))
    report = index(archive, [folder], workers=1)
    assert (report.indexed, report.unchanged, report.failures) == (1, 2, [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_without_permission_is_told(tmp_path: Path, folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    code = (
        "import os, sys; from pathlib import Path; from indexer.discovery import discover;"
        "os.setgid(65534); os.setuid(65534);"
        "found = discover([Path(sys.argv[1])]);"
        "print(len(found.files), [(path.name, error.code, error.vi) for path, error in found.failures])"
    )
    for parent in (folder, *folder.parents):
        if parent.owner() == "root" and parent != Path("/") and tmp_path.parents[2] in (parent, *parent.parents):
            parent.chmod(0o755)
    tmp_path.parents[0].chmod(0o755)
    said = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True).stdout
    assert said.startswith("3 [('closed', 'folder-closed', ")
    assert "quyền" in said


def test_links_in_circles_and_names_that_are_not_utf8_are_told(archive: Archive, folder: Path) -> None:
    (folder / "self").symlink_to(folder / "self")
    (folder / "up").symlink_to(folder)
    Path(os.fsdecode(os.fsencode(folder) + b"/k\xea ho\x9dch.txt")).write_text(PLAN.format(number=9, goal=79))
    report = index(archive, [folder], workers=1)
    assert report.indexed == 3
    assert sorted(error.code for _, error in report.failures) == ["file-name", "link-broken"]
    assert verify(archive) == []


def test_a_text_without_blanks_or_line_breaks_costs_no_more_than_its_length(archive: Archive, folder: Path) -> None:
    (folder / "long.txt").write_text("Kế hoạch " + "ườ" * 200_000)
    (folder / "line.txt").write_text("Sở Nội vụ chủ trì tổ chức thực hiện nhiệm vụ này. " * 10_000)
    (folder / "letters.txt").write_text("Kế hoạch " + "a" * 1_000_000)
    # From a small process, whose children's peak is their own and not that of the test runner they were forked from.
    code = (
        "import resource, subprocess, sys\n"
        "command = [sys.executable, '-m', 'api.cli', 'index', *sys.argv[1:]]\n"
        "done = subprocess.run(command, capture_output=True)\n"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    arguments = [str(folder), "--archive", str(archive.directory), "--workers", "1"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    status, megabytes = map(int, done.stdout.split())
    assert status == 0
    assert megabytes < 2_000
    assert len(numbers(archive)) == 4  # three plans, and None for what has no number


def test_an_archive_moved_with_its_folder_still_answers(archive: Archive, folder: Path, tmp_path: Path) -> None:
    index(archive, [folder], workers=1)
    archive.close()
    shutil.move(archive.directory, tmp_path / "elsewhere")
    assert verify(Archive.open(tmp_path / "elsewhere")) == []


def test_the_archives_own_settings_come_along(archive: Archive, folder: Path) -> None:
    (folder / "archive.toml").write_text(
        '[archive]\ntitle = "Kho thử"\n[[province]]\nname = "Vĩnh Lam"\nkind = "tỉnh"\n'
    )
    index(archive, [folder], workers=1)
    assert archive.settings.title == "Kho thử"
    with archive.reading() as connection:
        assert set(connection.scalars(select(schema.documents.c.province))) == {"Vĩnh Lam"}


def test_settings_that_are_not_toml_are_told(archive: Archive, folder: Path) -> None:
    (folder / "archive.toml").write_text("[archive\n")
    with pytest.raises(ArchiveError) as caught:
        index(archive, [folder], workers=1)
    assert caught.value.code == "settings-damaged"


def test_a_worker_that_dies_takes_no_other_file_along(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A reader that is killed, as the system does when memory is short, on one certain file.
    site = folder.parent / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import os, sys\n"
        "class Hook:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'indexer.workers':\n"
        "            sys.meta_path.remove(self)\n"
        "            import indexer.prepare as module\n"
        "            whole = module.prepare\n"
        "            def prepare(path, *rest):\n"
        "                if path.name.endswith('2.txt'):\n"
        "                    os.kill(os.getpid(), 9)\n"
        "                return whole(path, *rest)\n"
        "            module.prepare = prepare\n"
        "sys.meta_path.insert(0, Hook())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(site))
    report = index(archive, [folder], workers=2)
    assert report.indexed == 2
    assert [(path.name, error.code) for path, error in report.failures] == [("2.txt", "worker-died")]
    assert verify(archive) == []


def test_what_is_stored_is_found_while_a_long_file_is_still_read(archive: Archive, folder: Path) -> None:
    long = folder / "long.txt"
    long.write_text("Xã trồng thêm cây ven đường làng, mỗi thôn một hàng cây bóng mát.\n" * 60_000)
    command = [*COMMAND, "index", str(folder), "--archive", str(archive.directory), "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found, deadline = 0, time.monotonic() + 120
        while found < 3 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.1)
            archive.refresh()
            found = len(archive.lexical.search(terms_of("hài_lòng"), {"words": 1.0}, 10))
        assert found == 3
        assert "long.txt" not in {Path(path).name for path in stored(archive)}
    finally:
        process.terminate()
        process.wait()
