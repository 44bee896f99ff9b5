"""Texts that no office writes: each is read and parsed in time and memory that grow with its length, not its square."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
_GENEROUS = 60  # seconds; each takes a few, and took minutes to hours before
_GIGABYTE = 1024

_CHILD = """
import re, sys
from pathlib import Path
from corpus.language.places import Places
from indexer.reading import read_bytes
from indexer.structure import parse
suffix, before, unit, count = sys.argv[1:]
document = parse(read_bytes((before + unit * int(count)).encode(), suffix), Places.load())
longest = max(len(document.source.text[p.start : p.end]) for p in document.passages)
# The peak of this process alone: getrusage would give that of the test runner it was forked from, if larger.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(longest, peak // 1024)
"""

_PLAN = "Kế hoạch năm 2020\n\n"
_TEXTS: dict[str, tuple[str, str, str, int]] = {
    "sentences on one line": (".txt", "", "Các xã trồng rừng theo kế hoạch đã giao và báo cáo hằng tháng. ", 30_000),
    "one endless syllable": (".txt", "", "ườ", 500_000),
    "one endless word": (".txt", "", "a", 3_000_000),
    "numbers": (".txt", _PLAN, "1. ", 1_000_000),
    "dashes": (".txt", _PLAN, "- ", 1_500_000),
    "articles without words": (".txt", _PLAN, "Điều ", 400_000),
    "dots": (".txt", _PLAN, ".", 3_000_000),
    "slashes": (".txt", _PLAN, "/", 3_000_000),
    "recipients": (".txt", _PLAN, "Nơi nhận:\n", 100_000),
    "brackets": (".md", _PLAN, "[", 300_000),
    "images": (".md", _PLAN, "![", 150_000),
    "stars and underscores": (".md", "", "*a_", 300_000),
    "opened emphasis": (".md", "", "**a ", 200_000),
    "opened comments": (".md", _PLAN, "<!--", 200_000),
    "blanks in a heading": (".md", "# a", " \t", 100_000),
    "list items": (".html", "<html><ol>", "<li>việc", 100_000),
    "comments before markup": (".txt", "\n", "<!--a-->", 60),
}


@pytest.mark.parametrize("name", _TEXTS)
def test_no_text_takes_for_ever(name: str) -> None:
    suffix, before, unit, count = _TEXTS[name]
    command = [sys.executable, "-c", _CHILD, suffix, before or "việc ", unit, str(count)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_GENEROUS, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    longest, megabytes = map(int, done.stdout.split())
    assert megabytes < _GIGABYTE
    assert longest <= 20_200
