"""What is given to run the program as a service is right as far as a machine can tell without running it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api.cli.app import app

ROOT = Path(__file__).parents[2]
UNITS = sorted(path for path in (ROOT / "deploy").iterdir() if path.suffix in {".service", ".timer"})


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    placed = tmp_path / unit.name
    # The program is not in /opt here: any program stands for it.
    placed.write_text(unit.read_text().replace("/opt/tienle/.venv/bin/tienle", "/bin/true"))
    for other in UNITS:
        (tmp_path / other.name).write_text(placed.read_text() if other == unit else other.read_text())
    done = subprocess.run(["systemd-analyze", "verify", str(placed)], check=False, capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []


def commands() -> set[str]:
    return {command.name or command.callback.__name__ for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    }


@pytest.mark.parametrize("path", ["docs/operations.md", *(f"deploy/{each.name}" for each in UNITS)])
def test_commands_that_are_written_down_are_there(path: str) -> None:
    text = (ROOT / path).read_text()
    named = set(re.findall(r"(?:`|bin/|^|-u tienle )tienle ([a-z]+)", text, re.MULTILINE))
    assert named or path.endswith(".timer")
    assert named <= commands()


def test_the_container_copies_every_package_and_what_exists() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text()
    copied = [word for line in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE) for word in line.split()]
    assert {"corpus", "indexer", "api", "requirements.lock"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    torch = re.search(r"TORCH\s*:= (\S+)", (ROOT / "Makefile").read_text())
    assert torch
    for path in ("deploy/Containerfile", "docs/operations.md"):
        assert torch[1] in (ROOT / path).read_text()  # the one that is tested
