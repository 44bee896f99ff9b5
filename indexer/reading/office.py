"""Old Word files, RTF, OpenDocument, Word XML: LibreOffice turns them into .docx, in a process stopped at a limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from corpus.model import SourceText
from indexer.reading.detect import Format
from indexer.reading.failures import failure
from indexer.reading.options import DEFAULTS, ReadingOptions
from indexer.reading.word import read_docx

SECONDS = 120.0
"""How long one file may take; LibreOffice needs 2-5 to start and seldom more than 20."""

# Suffix, media type, Vietnamese and English name of each format.
_FORMATS = {
    Format.DOC: (".doc", "application/msword", ".doc (Word kiểu cũ)", ".doc (old Word)"),
    Format.RTF: (".rtf", "application/rtf", "RTF", "RTF"),
    Format.ODT: (".odt", "application/vnd.oasis.opendocument.text", ".odt (OpenDocument)", ".odt (OpenDocument)"),
    Format.WORD_XML: (".xml", "application/xml", "Word XML", "Word XML"),
}
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_OPTIONS = ("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard")
# No macro runs, nothing linked is fetched, whatever the file asks for (LibreOffice's registry, Office.Common/Security).
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
)


def available() -> bool:
    """Whether LibreOffice is on this machine."""
    return _program() is not None


def read_office(data: bytes, kind: Format, seconds: float = SECONDS, options: ReadingOptions = DEFAULTS) -> SourceText:
    """The text of a .doc, .rtf, .odt or Word XML as :func:`read_docx` reads what LibreOffice makes of it.

    Raises ReadingError ``waiting-office`` without LibreOffice, ``office-failed`` and ``office-timeout``.
    """
    suffix, media_type, vi, en = _FORMATS[kind]
    program = _program()
    if program is None:
        raise failure("waiting-office", kind=vi, kind_en=en)
    with tempfile.TemporaryDirectory(prefix="tienle-", ignore_cleanup_errors=True) as folder:
        try:
            made = _converted(program, data, suffix, Path(folder), seconds)
        except subprocess.TimeoutExpired as error:
            raise failure("office-timeout", kind=vi, kind_en=en, seconds=f"{seconds:g}") from error
    if made is None:
        raise failure("office-failed", kind=vi, kind_en=en)
    return replace(read_docx(made, options), media_type=media_type, reader=f"libreoffice:{kind.value}")


def _program() -> str | None:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def _converted(program: str, data: bytes, suffix: str, folder: Path, seconds: float) -> bytes | None:
    """The .docx that LibreOffice makes of a file, None where it makes none; a profile of its own lets many run."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
    source = folder / f"source{suffix}"
    source.write_bytes(data)
    command = [program, f"-env:UserInstallation={profile.as_uri()}", *_OPTIONS, "--convert-to",
               "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), str(source)]  # fmt: skip
    with subprocess.Popen(  # noqa: S603 - a program of the system, the file's name is ours
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    ) as process:
        try:
            process.wait(seconds)
        finally:
            _stop(process)
    made = folder / "out" / "source.docx"
    return made.read_bytes() if made.is_file() else None


def _registry() -> str:
    items = (
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{"".join(items)}</oor:items>'


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and those it started; they stay in our group, so that they end too if we are killed."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], check=False, capture_output=True)  # noqa: S603, S607  (a fixed command)
    else:
        for pid in list(_descendants(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _descendants(pid: int) -> Iterator[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=False, capture_output=True, text=True)  # noqa: S607  (a fixed command)
    children: dict[int, list[int]] = {}
    for line in listed.stdout.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    waiting = [pid]
    while waiting:
        found = children.get(waiting.pop(), [])
        waiting += found
        yield from found
