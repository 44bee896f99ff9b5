"""What is installed is what the lock names, and all of it is told with its licence."""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from api.operation.supply import UNKNOWN, Part, bill_of_materials, normal, parts, read_lock

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_the_lock_and_what_is_installed_agree() -> None:
    differing = {}
    for name, (wanted, _) in read_lock(LOCK).items():
        try:
            here = version(name)
        except PackageNotFoundError:
            here = None
        if here != wanted:
            differing[name] = (here, wanted)
    assert differing == {}


def test_every_library_is_locked_by_its_hash() -> None:
    locked = read_lock(LOCK)
    assert len(locked) > 100
    assert [name for name, (_, hashes) in locked.items() if not hashes] == []
    assert [part.name for part in parts() if part.name not in locked] == ["torch"]  # its build is the machine's choice


def test_every_library_in_use_states_a_licence_that_lets_us_use_it() -> None:
    made = parts()
    names = {part.name for part in made}
    declared = re.findall(r'^    "([\w-]+)(?:\[\w+\])?>=', (ROOT / "pyproject.toml").read_text(), re.M)
    runtime = declared[: declared.index("uvicorn") + 1]
    assert {normal(name) for name in runtime} <= names
    assert "cryptography" in names  # by an extra of pypdf
    assert [part.name for part in made if part.licence == UNKNOWN] == []
    strict = re.compile(r"\bA?GPL|Affero|SSPL|Commons Clause|Business Source", re.IGNORECASE)
    assert [part.name for part in made if strict.search(part.licence) and "Lesser" not in part.licence] == []


def test_the_bill_of_materials_names_every_part_with_what_it_is_locked_to() -> None:
    command = [sys.executable, "-m", "api.cli", "licences", "--cyclonedx"]
    bill = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    assert {each["name"] for each in bill["components"]} == {part.name for part in parts()}
    references = [each["bom-ref"] for each in bill["components"]]
    assert sorted(bill["dependencies"][0]["dependsOn"]) == sorted(set(references)) == sorted(references)
    numpy = next(each for each in bill["components"] if each["name"] == "numpy")
    hashes = {each["content"] for each in numpy["externalReferences"][0]["hashes"]}
    assert hashes == set(read_lock(LOCK)["numpy"][1])
    assert numpy["purl"] == f"pkg:pypi/numpy@{version('numpy')}"


def test_a_build_of_a_version_is_written_as_an_address_may_be() -> None:
    bill = bill_of_materials([Part("torch", "2.13.0+cpu", "BSD")])
    assert bill["components"][0]["purl"] == "pkg:pypi/torch@2.13.0%2Bcpu"


names = st.from_regex(r"[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
versions = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){1,2}", fullmatch=True)
shas = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=3, unique=True)


@given(st.dictionaries(names, st.tuples(versions, shas.map(tuple)), max_size=5))
def test_a_lock_is_read_as_it_is_written(lock: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    lines = []
    for name, (wanted, hashes) in lock.items():
        lines.append(" \\\n".join([f"{name}=={wanted}", *(f"    --hash=sha256:{each}" for each in hashes)]))
    assert read_lock("\n".join(lines) + "\n") == lock
