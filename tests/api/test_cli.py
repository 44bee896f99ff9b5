"""The command as people and scripts use it: a real process, its output, its exit status."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands import COMMAND, tienle

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"


def test_search_prints_documents_with_the_passage_and_the_notice(sample_archive: Path) -> None:
    done = tienle("search", "chỉ số hài lòng của người dân", archive=sample_archive)
    assert done.returncode == 0
    assert "minh họa" in done.stdout
    assert "KH-UBND" in done.stdout
    assert "hài lòng" in done.stdout


def test_search_as_json_is_one_array_with_the_public_names(sample_archive: Path) -> None:
    done = tienle("search", "chỉ số hài lòng", "--json", "--limit", "3", archive=sample_archive)
    hits = json.loads(done.stdout)
    assert len(hits) == 3
    names = {"document", "number", "title", "section", "page", "start", "end", "text", "score", "highlights"}
    assert names <= set(hits[0])
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    shown = json.loads(tienle("show", hits[0]["document"], "--json", archive=sample_archive).stdout)
    same = [passage for passage in shown["passages"] if passage["start"] == hits[0]["start"]]
    assert same[0]["text"] == hits[0]["text"]


def test_pages_of_results_follow_each_other(sample_archive: Path) -> None:
    whole = json.loads(tienle("search", "cải cách", "--json", "--limit", "6", archive=sample_archive).stdout)
    second = tienle("search", "cải cách", "--json", "--limit", "3", "--offset", "3", archive=sample_archive)
    assert json.loads(second.stdout) == whole[3:]


def test_filters_narrow_both_arms(sample_archive: Path) -> None:
    for mode in ("hybrid", "lexical", "dense"):
        done = tienle(
            "search", "cải cách hành chính", "--json", "--limit", "50", "--mode", mode,
            "--year", "2018", "--province", "vinh lam", "--type", "ke hoach", archive=sample_archive,
        )  # fmt: skip
        ids = {hit["document"] for hit in json.loads(done.stdout)}
        cards = json.loads(tienle("documents", "--json", archive=sample_archive).stdout)
        found = [card for card in cards if card["id"] in ids]
        assert found
        assert {card["province"] for card in found} == {"Vĩnh Lam"}
        assert {card["type"] for card in found} == {"Kế hoạch"}
        assert all(card["issued_on"][:4] == "2018" or card["year_from"] <= 2018 <= card["year_to"] for card in found)


def test_a_merged_province_comes_along_when_asked_as_of_today(sample_archive: Path) -> None:
    def provinces(*options: str) -> set[str]:
        cards = json.loads(
            tienle("documents", "--json", "--province", "Vĩnh Lam", *options, archive=sample_archive).stdout
        )
        return {card["province"] for card in cards}

    assert provinces() == {"Vĩnh Lam"}
    assert provinces("--as-of-today") == {"Vĩnh Lam", "Sơn Khê"}


def test_a_question_without_marks_finds_marked_text(sample_archive: Path) -> None:
    done = tienle("search", "muc do hai long cua nguoi dan", "--json", "--limit", "5", archive=sample_archive)
    assert any("hài lòng" in hit["text"].lower() for hit in json.loads(done.stdout))


def test_a_document_number_goes_straight_to_its_document(sample_archive: Path) -> None:
    hits = json.loads(tienle("search", "12/kh-ubnd", "--json", "--limit", "5", archive=sample_archive).stdout)
    assert {hit["number"] for hit in hits} == {"12/KH-UBND"}


def test_show_takes_a_number_or_a_file_name(sample_archive: Path) -> None:
    by_number = json.loads(tienle("show", "06/KH-UBND", "--json", archive=sample_archive).stdout)
    name = Path(by_number["source"]).name
    assert json.loads(tienle("show", name, "--json", archive=sample_archive).stdout)["id"] == by_number["id"]
    table = tienle("show", by_number["id"][:8], archive=sample_archive)
    assert by_number["title"] in " ".join(table.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "   "], "trống"),
        (["search", "cải " * 2500], "10000 ký tự"),
        (["search", "cải cách", "--year", "0"], "năm “0”"),
        (["search", "cải cách", "--province", "Vinh Lâm Đồng"], "Có phải"),
        (["search", "cải cách", "--type", "Hóa đơn"], "Kế hoạch"),
        (["show", "999/KH-UBND"], "tienle documents"),
        (["show", ""], "không có văn bản"),
    ],
)
def test_what_is_not_understood_is_one_clear_line_and_status_2(
    sample_archive: Path, arguments: list[str], said: str
) -> None:
    done = tienle(*arguments, archive=sample_archive)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("typed", ["'; DROP TABLE passages; --", 'title:(x OR "y") AND -z*', "100%_a\\", "𝕏 🙂 việc"])
def test_other_languages_of_queries_are_only_text(sample_archive: Path, typed: str) -> None:
    assert tienle("search", typed, "--json", archive=sample_archive).returncode == 0
    assert tienle("verify", archive=sample_archive).returncode == 0


def test_messages_come_in_english_when_asked(sample_archive: Path) -> None:
    assert "is empty" in tienle("search", " ", archive=sample_archive, language="en").stderr


def test_a_missing_archive_says_how_to_make_one(tmp_path: Path) -> None:
    done = tienle("search", "cải cách", archive=tmp_path / "nowhere")
    assert done.returncode == 1
    assert "tienle index" in done.stderr


def test_index_says_what_failed_and_its_status_says_that_something_did(tmp_path: Path) -> None:
    good = tmp_path / "good.md"
    good.write_text("# Kế hoạch chuyển đổi số năm 2024\n\nSở Khoa học và Công nghệ chủ trì số hóa hồ sơ.\n")
    assert tienle("index", good, archive=tmp_path / "archive").returncode == 0
    (tmp_path / "empty.txt").write_bytes(b"")
    done = tienle("index", good, tmp_path / "empty.txt", "--json", archive=tmp_path / "archive")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["indexed"], told["unchanged"]) == (0, 1)
    assert [Path(failure["path"]).name for failure in told["failures"]] == ["empty.txt"]


def test_ctrl_c_keeps_what_is_stored_and_the_next_run_goes_on(tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive", tmp_path / "plans"
    folder.mkdir()
    for number in range(400):  # more than are read before the signal comes
        text = f"Số: {number}/KH-UBND\n\nKẾ HOẠCH\n" + f"Trồng {number} cây ở thôn {number}.\n" * 40
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    command = [*COMMAND, "index", str(folder), "--archive", str(archive), "--workers", "1"]
    # Tests that run in the background ignore Ctrl-C, and what they start would inherit that.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, ours)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and _stored(archive) < 6:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "chạy lại" in said
    stored = _count(archive)
    assert stored >= 3
    again = json.loads(tienle("index", folder, "--json", archive=archive).stdout)
    assert again["unchanged"] == stored
    assert again["indexed"] > 0
    assert tienle("verify", archive=archive).returncode == 0


def _stored(archive: Path) -> int:
    """Documents in the records, asked without the command, which takes as long as a few documents to index."""
    try:
        with closing(sqlite3.connect(f"file:{archive / 'archive.sqlite'}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # not made yet


def _count(archive: Path) -> int:
    if not (archive / "archive.sqlite").exists():
        return 0
    done = tienle("documents", "--json", archive=archive)
    return len({card["source"] for card in json.loads(done.stdout)}) if done.returncode == 0 else 0


def test_help_is_there_for_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['tienle', '--help']\n"
        "from api.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'faiss', 'tantivy', 'underthesea', 'transformers', 'sqlalchemy', 'numpy', 'fastapi'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    lists = ("documents", "assignments", "targets", "citations")
    for command in ("index", "search", *lists, "show", "verify", "evaluate", "train", "serve"):
        assert command in done.stdout
        assert tienle(command, "--help").returncode == 0
