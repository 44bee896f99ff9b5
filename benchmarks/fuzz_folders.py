"""Damaged and forged backups and archives for :mod:`benchmarks.fuzz`: restored, opened, asked, repaired.

A forged backup agrees with its own hashes, so that what is behind them is tried too: hostile paths and sizes in the
list of files, and damaged records in good pieces.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.answers.assignments import list_assignments
from api.answers.filters import Filters
from api.answers.search import search
from benchmarks.fuzzing import DAMAGES
from corpus.encoder.contract import Encoder
from corpus.errors import TienLeError
from corpus.store.archive import Archive
from corpus.store.backup import check_backup
from corpus.store.restoring import restore
from corpus.store.snapshots import DERIVED, PIECE
from corpus.store.verify import repair, verify

_CANARY = "nguyên vẹn"
_QUESTION = "cải cách thủ tục hành chính"

_PATHS = [
    "../{outside}", "{sandbox}/{outside}", "a/../../{outside}", "sources/../../{outside}",
    "sources/ab/../../../{outside}", "..", "", ".",
    ".ssh/keys", "lock", "lexical/meta.json", "archive.sqlite-wal", "archive.sqlite/x", "archive.toml/x",
    "ARCHIVE.SQLITE", "a//b", "a\\..\\b",
    "x" * 300, "a/" * 150 + "a", "a\0b", "\ud800", "cache/drafts/x", "sources", "access/keys.sqlite", "~/x",
    "file:x", "a\nb", "saved.sqlite",
]  # fmt: skip
_SCALARS: list[Any] = [
    None, True, -1, 0, 1, 2**31, 2**63, 10**300, 0.5, float("inf"), float("nan"), "", "x", "0" * 64, "\ud800", [],
    {}, [[]], {"a": 1},
]  # fmt: skip


def _damage_bytes(chance: random.Random, data: bytes) -> bytes:
    return chance.choice(DAMAGES)(chance, data or b"\0")[: 64 * PIECE]


_ODD = ["drop", "empty", "link", "swap"]
_FORGED = [*_ODD, "folder", "loop", "away", "pipe"]


def _odd(chance: random.Random, path: Path, others: list[Path], kinds: list[str]) -> None:
    """Put something in a file's place that is none, or is another's."""
    target = chance.choice(others)
    kind = chance.choice(kinds)
    if kind == "swap":
        ours, theirs = path.read_bytes(), target.read_bytes()
        path.write_bytes(theirs)
        target.write_bytes(ours)
        return
    path.unlink()
    if kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind != "drop":
        path.symlink_to({"link": target, "loop": path, "away": path.parents[3] / "canary"}[kind])


def damage_backup(chance: random.Random, backup: Path, sandbox: Path) -> None:
    """Damage or forge the backup in a folder."""
    files = sorted(path for path in backup.rglob("*") if path.is_file() and path.name != "lock")
    lists = sorted((backup / "snapshots").iterdir())
    one = chance.choice([*files, *lists])  # a list of files is as likely as all the pieces of some
    match chance.choice(["bytes", "odd", "name", "list", "list", "list", "content", "content"]):
        case "bytes":
            one.write_bytes(_damage_bytes(chance, one.read_bytes()))
        case "odd":
            _odd(chance, one, files, _FORGED)
        case "name":
            name = chance.choice(
                ["000009-" + "0" * 16, one.stem.upper(), f"{one.stem}.damaged", "x" * 200, "999999999"]
            )
            one.rename(one.with_name(name + one.suffix))
        case "list":
            _forge(lists[-1], lambda plain: _lie(chance, plain, sandbox))
        case _:
            _forge(lists[-1], lambda plain: _damage_content(chance, plain, backup))


def _forge(path: Path, change: Callable[[dict[str, Any]], bytes]) -> None:
    data = change(json.loads(path.read_bytes()))
    path.unlink()
    number = path.name.partition("-")[0]
    path.with_name(f"{number}-{hashlib.sha256(data).hexdigest()[:16]}.json").write_bytes(data)


def _lie(chance: random.Random, plain: dict[str, Any], sandbox: Path) -> bytes:
    for _ in range(chance.choice([1, 1, 2, 5])):
        file = chance.choice(plain["files"])
        hostile = chance.choice(_PATHS).format(sandbox=sandbox, outside="outside/x")
        match chance.choice(["path", "path", "add", "size", "pieces", "field", "drop", "top", "double"]):
            case "path":
                file["path"] = hostile
            case "add":
                plain["files"].append({**file, "path": hostile})
            case "size":
                file["size"] = chance.choice([*_SCALARS, 2 * PIECE])
            case "pieces":
                file["pieces"] = chance.choice(
                    [[], ["x"], [None], [["0" * 64]], ["../" * 20 + "0" * 4], "x", file["pieces"] * 2]
                )
            case "field":
                file[chance.choice(list(file))] = chance.choice(_SCALARS)
            case "drop":
                file.pop(chance.choice(list(file)), None)
                file.setdefault("pieces", [])
                file.setdefault("size", 0)
            case "top":
                key = chance.choice([key for key in plain if key != "files"])
                plain[key] = chance.choice(_SCALARS)
            case _:
                plain["files"].append(file)
    data = json.dumps(plain).encode()
    if chance.random() < 0.2:
        return _damage_bytes(chance, data)
    return chance.choice([b"[" * 200_000, b"9" * 5_000, b"null", b"[]", b"{}"]) if chance.random() < 0.05 else data


def _damage_content(chance: random.Random, plain: dict[str, Any], backup: Path) -> bytes:
    """Damage what a file holds, and let pieces and list agree with it."""
    file = chance.choice(
        [next(each for each in plain["files"] if each["path"] == "archive.sqlite"), chance.choice(plain["files"])]
    )
    whole = b"".join((backup / "pieces" / piece[:2] / piece).read_bytes() for piece in file["pieces"])
    data = _damage_bytes(chance, whole)
    file["pieces"] = []
    for at in range(0, len(data), PIECE):
        piece = data[at : at + PIECE]
        name = hashlib.sha256(piece).hexdigest()
        kept = backup / "pieces" / name[:2] / name
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(piece)
        file["pieces"].append(name)
    file["size"], file["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    return json.dumps(plain).encode()


def try_restore(chance: random.Random, sandbox: Path, base: Path, encoder: Encoder) -> str:
    """What became of restoring a damaged or forged backup: "answered", "refused CODE" or "wrong …"."""
    shutil.copytree(base / "backup", sandbox / "backup")
    (sandbox / "outside").mkdir()
    (sandbox / "canary").write_text(_CANARY, encoding="utf-8")
    damage_backup(chance, sandbox / "backup", sandbox)
    folder = sandbox / "out" / "kho"
    refused = None
    try:
        restore(sandbox / "backup", folder, number=chance.choice([None, None, None, 1, 2, 9]))
    except TienLeError as error:
        refused = error.code
    fault = _spread(sandbox, folder, restored=refused is None)
    if fault:
        return f"wrong {fault}"
    try:
        check_backup(sandbox / "backup")
        if refused is None:
            _answer(chance, folder, encoder)
    except TienLeError as error:
        refused = refused or error.code
    return f"refused {refused}" if refused else "answered"


def _spread(sandbox: Path, folder: Path, *, restored: bool) -> str | None:
    """What was written where nothing may be."""
    if (sandbox / "canary").read_text(encoding="utf-8") != _CANARY or any((sandbox / "outside").iterdir()):
        return "a file outside the target"
    if {path.name for path in sandbox.iterdir()} - {"backup", "canary", "outside", "out"}:
        return "a file beside the target"
    if folder.exists() != restored:
        return "a refused backup shows" if folder.exists() else "nothing was restored"
    if any(path.is_symlink() for path in folder.rglob("*")):
        return "a link was restored"
    return None


def try_archive(chance: random.Random, sandbox: Path, base: Path, encoder: Encoder) -> str:
    """What became of using an archive with one damaged file, and of repairing it."""
    folder = sandbox / "a" / "b" / "kho"  # deep enough for a link that leads out
    shutil.copytree(base / "small", folder)
    (sandbox / "canary").write_text(_CANARY, encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    top = chance.choice(sorted({path.relative_to(folder).parts[0] for path in files} | {"archive.sqlite"}))
    one = chance.choice([path for path in files if path.relative_to(folder).parts[0] == top])
    if chance.random() < 0.8:
        one.write_bytes(_damage_bytes(chance, one.read_bytes()))
    else:
        _odd(chance, one, files if top not in DERIVED else [path for path in files if path.parent == one.parent], _ODD)
    refused = None
    try:
        _answer(chance, folder, encoder)
    except TienLeError as error:
        refused = error.code
    if top in DERIVED:
        try:
            archive = Archive.open(folder)
            if found := repair(archive):
                return f"wrong {top}/ is not repaired: {found[0].en}"
            archive.close()
            _answer(chance, folder, encoder)
        except TienLeError as error:
            return f"wrong {top}/ is not repaired: {error}"
    return f"refused {refused}" if refused else "answered"


def _answer(chance: random.Random, folder: Path, encoder: Encoder) -> None:
    """Use an archive as the programs do; TienLeError when it says that it cannot be used."""
    archive = Archive.open(folder)
    try:
        archive.refresh()
        archive.require(encoder.spec)
        verify(archive)
        use = chance.random()  # the registers that these read anew for each archive take most of the time
        if use < 0.2:
            search(archive, encoder, _QUESTION)
        elif use < 0.4:
            list_assignments(archive, Filters())
    finally:
        archive.close()
