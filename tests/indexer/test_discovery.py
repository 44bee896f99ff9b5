"""Which files a run is about, and packages: a ZIP's members are files of their own."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify
from indexer.discovery import discover
from indexer.pipeline import Report, index
from tests.commands import tienle

PLAN = """ỦY BAN NHÂN DÂN
TỈNH VĨNH LAM

Số: {number}/KH-UBND

KẾ HOẠCH
Cải cách hành chính năm 2018

I. MỤC ĐÍCH, YÊU CẦU
1. Mục đích
Nâng mức độ hài lòng của người dân lên {number} %.
"""


def package(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_txt", ".txt").replace("_zip", ".zip"), content)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    folder.mkdir()
    return folder


def sources(archive: Archive) -> dict[str, str | None]:
    """Number of the document, or code of the failure, by path below the folder; None for a package."""
    files, documents = schema.files, schema.documents
    query = select(files.c.path, files.c.error_code, documents.c.number).outerjoin(documents)
    with archive.reading() as connection:
        return {path.split("/plans/")[1]: number or code for path, code, number in connection.execute(query)}


def test_a_packages_members_are_files_of_their_own(archive: Archive, folder: Path) -> None:
    inner = package(sau_txt=PLAN.format(number=3))
    (folder / "goi.zip").write_bytes(
        package(nam__mot_txt=PLAN.format(number=1), hong_txt=b"", hai_txt=PLAN.format(number=2), trong_zip=inner)
    )
    (folder / "roi.txt").write_text(PLAN.format(number=4))
    report = index(archive, [folder], workers=2)
    assert report.indexed == 4
    assert [error.code for _, error in report.failures] == ["empty"]
    assert sources(archive) == {
        "goi.zip": None,
        "goi.zip!nam/mot.txt": "1/KH-UBND",
        "goi.zip!hong.txt": "empty",
        "goi.zip!hai.txt": "2/KH-UBND",
        "goi.zip!trong.zip!sau.txt": "3/KH-UBND",
        "roi.txt": "4/KH-UBND",
    }
    with archive.reading() as connection:
        kept = set(connection.scalars(select(schema.documents.c.sha256)))
    assert {PLAN.format(number=number).encode() for number in range(1, 5)} == {
        archive.sources.path(sha256).read_bytes() for sha256 in kept
    }
    assert verify(archive) == []


def test_an_unchanged_package_is_left_alone_and_what_failed_in_it_is_told_again(archive: Archive, folder: Path) -> None:
    members: dict[str, str | bytes] = {"mot_txt": PLAN.format(number=1), "hong_txt": b""}
    (folder / "goi.zip").write_bytes(package(**members))
    index(archive, [folder], workers=1)
    report = index(archive, [folder], workers=1)
    assert (report.indexed, report.unchanged) == (0, 1)
    assert [(path.name, error.code) for path, error in report.failures] == [("goi.zip!hong.txt", "empty")]
    (folder / "goi.zip").write_bytes(package(**{**members, "hong_txt": PLAN.format(number=2)}))
    report = index(archive, [folder], workers=1)
    assert report.failures == []
    assert sources(archive)["goi.zip!hong.txt"] == "2/KH-UBND"
    assert verify(archive) == []


def test_the_progress_of_a_run_with_packages_ends_at_its_end(archive: Archive, folder: Path) -> None:
    (folder / "goi.zip").write_bytes(package(mot_txt=PLAN.format(number=1), hai_txt=PLAN.format(number=2)))
    (folder / "roi.txt").write_text(PLAN.format(number=4))
    for _ in range(2):
        seen: list[tuple[int, int]] = []

        def progress(done: int, total: int, _: Report, seen: list[tuple[int, int]] = seen) -> None:
            seen.append((done, total))

        index(archive, [folder], workers=1, progress=progress)
        assert all(done <= total for done, total in seen)
        assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize(
    ("body", "code"), [("import os; os.abort()", "worker-died"), ("while 1: pass", "file-timeout")]
)
def test_a_member_that_ends_its_process_takes_no_other_along(
    archive: Archive, folder: Path, spoil: Callable[[str], None], body: str, code: str
) -> None:
    if code == "file-timeout":
        (archive.directory / "archive.toml").write_text("[reading]\nseconds = 12\n")
    members = {f"m{number}_txt": PLAN.format(number=number) for number in (1, 2, 3, 4)}
    (folder / "goi.zip").write_bytes(package(**members))
    (folder / "roi.txt").write_text(PLAN.format(number=5))
    spoil(body)
    report = index(archive, [folder], workers=2)
    assert report.indexed == 4
    assert [(path.name, error.code) for path, error in report.failures] == [("goi.zip!m2.txt", code)]
    assert sources(archive)["goi.zip"] is None
    spoil("pass")
    report = index(archive, [], workers=1, retry=True)  # the one member, by its name
    assert (report.indexed, report.failures) == (1, [])
    assert sources(archive)["goi.zip!m2.txt"] == "2/KH-UBND"
    assert verify(archive) == []


def test_a_damaged_package_is_told(archive: Archive, folder: Path) -> None:
    whole = package(mot_txt=PLAN.format(number=1))
    (folder / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (folder / "bare.zip").write_bytes(package())
    report = index(archive, [folder], workers=1)
    assert report.indexed == 0
    assert {path.name for path, _ in report.failures} == {"cut.zip", "bare.zip"}
    assert "unexpected" not in {error.code for _, error in report.failures}


def test_the_pictures_of_a_saved_page_are_no_documents(folder: Path) -> None:
    (folder / "trang.html").write_text("<html>")
    for name in ("trang_files", "anh_files"):
        (folder / name).mkdir()
        (folder / name / "chu.txt").write_text("…")
    found = discover([folder])
    assert [path.relative_to(folder).as_posix() for path in found.files] == ["anh_files/chu.txt", "trang.html"]
    assert dict(found.skipped) == {"trang_files/": 1}


def test_the_same_content_under_two_names_of_which_one_misleads(archive: Archive, folder: Path) -> None:
    (folder / "a.docx").write_text(PLAN.format(number=1))  # refused: no Word file
    (folder / "b.txt").write_text(PLAN.format(number=1))
    report = index(archive, [folder], workers=1)
    assert (report.indexed, len(report.failures)) == (1, 1)
    assert verify(archive) == []  # the copy that one needs was not dropped with the other


def test_the_command_says_what_waits_and_what_to_do(
    archive: Archive, folder: Path, spoil: Callable[[str], None]
) -> None:
    spoil("from indexer.reading.failures import failure; raise failure('waiting-ocr', pages=3)")
    (folder / "1.txt").write_text(PLAN.format(number=1))
    (folder / "2.txt").write_text(PLAN.format(number=2))
    said = tienle("index", folder, archive=archive.directory)
    assert said.returncode == 1
    assert "1 tệp chờ" in said.stderr
    assert "0 tệp lỗi" in said.stderr
    assert "tienle index --retry" in said.stderr
    assert str(folder / "2.txt") in said.stderr.replace("\n", "")
    told = json.loads(tienle("index", "--retry", "--json", archive=archive.directory).stdout)
    assert told["waiting"] == {"waiting-ocr": 1}
    spoil("pass")
    (folder / "1.txt").unlink()
    (folder / "3.txt").write_bytes(b"")
    told = json.loads(tienle("index", "--retry", "--json", archive=archive.directory).stdout)
    assert (told["indexed"], told["waiting"], told["failures"], told["gone"]) == (1, {}, [], [])


def test_retry_needs_no_path_but_an_archive(tmp_path: Path) -> None:
    assert tienle("index", archive=tmp_path / "none").returncode == 2
    said = tienle("index", "--retry", archive=tmp_path / "none")
    assert said.returncode == 1
    assert not (tmp_path / "none").exists()
