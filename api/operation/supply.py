"""What the program is made of: the lock, what is installed, its licences, and a bill of materials (CycloneDX 1.6)."""

from __future__ import annotations

import re
import tomllib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires, version
from pathlib import Path
from typing import Any

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s\\;]+)")
_REQUIRED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^]]*\])?")
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w-]+)""")
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Part:
    """A library: its name and version, its licence as it states it, the hashes of its files as locked (SHA-256)."""

    name: str
    version: str
    licence: str
    hashes: tuple[str, ...] = ()


def lock_file() -> Path | None:
    """The lock of the checkout that the program runs from, None where it was installed without one."""
    path = Path(__file__).parents[2] / "requirements.lock"
    return path if path.is_file() else None


def normal(name: str) -> str:
    """A library's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name, version and hashes of every library in a lock with hashes."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        if match := _PINNED.match(block):
            found[normal(match[1])] = (match[2], tuple(re.findall(r"sha256:([0-9a-f]{64})", block)))
    return found


def parts() -> list[Part]:
    """What the program needs at run time and what that needs, as installed here, by name."""
    path = lock_file()
    locked = read_lock(path.read_text(encoding="utf-8")) if path else {}
    return [
        Part(name, each.version, licence_of(each), locked.get(name, ("", ()))[1])
        for name, each in sorted(needed(_required()).items())
    ]


def _required() -> list[str]:
    """What the program says it needs: in a checkout its pyproject.toml, which an installation may be older than."""
    project = Path(__file__).parents[2] / "pyproject.toml"
    if project.is_file():
        return list(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"])
    return requires("tienle") or []


def needed(required: Iterable[str]) -> dict[str, Distribution]:
    """What is installed of some requirements and of all that these need in turn, by name."""
    waiting, asked, found = list(required), set[str](), dict[str, Distribution]()
    while waiting:
        match = _REQUIRED.match(waiting.pop())
        if match is None or match[0] in asked:
            continue
        asked.add(match[0])
        name, extras = normal(match[1]), re.findall(r"[\w-]+", match[2] or "")
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another system
        for requirement in found[name].requires or ():
            extra = _EXTRA.search(requirement)
            if extra is None or extra[1] in extras:
                waiting.append(requirement)
    return found


def licence_of(installed: Distribution) -> str:
    """The licence that a library states: its SPDX expression, else its classifiers, else its field's first line."""
    metadata = installed.metadata
    if expressions := metadata.get_all("License-Expression"):
        return str(expressions[0])
    classified = [
        each.rpartition(" :: ")[2]
        for each in metadata.get_all("Classifier") or ()
        if each.startswith("License ::") and not each.endswith("OSI Approved")
    ]
    if classified:
        return " AND ".join(classified)
    lines = str((metadata.get_all("License") or [""])[0]).strip().splitlines()
    return lines[0].strip() if lines else UNKNOWN


def bill_of_materials(made: list[Part], at: datetime | None = None) -> dict[str, Any]:
    """The parts as a CycloneDX 1.6 document in JSON."""
    reference = f"pkg:pypi/tienle@{version('tienle')}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": (at or datetime.now(UTC)).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "component": {
                "type": "application",
                "bom-ref": reference,
                "name": "tienle",
                "version": version("tienle"),
                "purl": reference,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [_component(part) for part in made],
        "dependencies": [{"ref": reference, "dependsOn": [_purl(part) for part in made]}],
    }


def _purl(part: Part) -> str:
    return f"pkg:pypi/{part.name}@{part.version.replace('+', '%2B')}"


def _component(part: Part) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(part),
        "name": part.name,
        "version": part.version,
        "purl": _purl(part),
    }
    if part.licence != UNKNOWN:
        component["licenses"] = [{"license": {"name": part.licence}}]
    if part.hashes:
        # A lock names every file that an index has of a version; which one is installed is for the machine to choose.
        component["externalReferences"] = [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{part.name}/{part.version}/",
                "hashes": [{"alg": "SHA-256", "content": each} for each in part.hashes],
            }
        ]
    return component
