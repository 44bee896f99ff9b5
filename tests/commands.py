"""The command as people and scripts use it: a process of its own, its output, its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "api.cli"]


def tienle(*arguments: object, archive: Path | None = None, language: str = "vi") -> subprocess.CompletedProcess[str]:
    """What the command did with arguments; it never ends in a traceback."""
    named = ["--archive", str(archive)] if archive else []
    environment = {**os.environ, "TIENLE_LANG": language, "COLUMNS": "200", "PYTHONWARNINGS": "error::ResourceWarning"}
    line = [*COMMAND, *map(str, arguments), *named]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done
