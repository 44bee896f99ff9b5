"""The house stands as docs/architecture.md says: who may import whom, what is documented, what is how large."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONT_DOORS = {"cli", "http", "web", "mcp", "drafts", "jobs", "operation"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in {"corpus", "indexer", "api"}}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def test_no_import_runs_upwards() -> None:
    upwards = []
    for path in [*modules("corpus"), *modules("indexer"), *modules("api")]:
        parts = path.relative_to(ROOT).parts
        package = parts[0]
        allowed = {"corpus": {"corpus"}, "indexer": {"corpus", "indexer"}, "api": {"corpus", "api"}}[package]
        if package == "api" and parts[1] in FRONT_DOORS:
            allowed = allowed | {"indexer"}
        upwards += [
            f"{path.relative_to(ROOT)} imports {name}" for name in imports(path) if name.split(".")[0] not in allowed
        ]
    assert upwards == []


def test_answers_know_no_front_door() -> None:
    for path in modules("api/answers"):
        assert not [name for name in imports(path) if name.startswith("api.") and not name.startswith("api.answers")], (
            path
        )


def test_every_command_is_in_the_readme() -> None:
    app = (ROOT / "api" / "cli" / "app.py").read_text()
    readme = (ROOT / "README.md").read_text()
    commands = re.findall(r"@app\.command\(\)\ndef (\w+)\(", app) + re.findall(r"^app\.command\(\)\((\w+)\)", app, re.M)
    assert len(commands) >= 12
    assert [command for command in commands if f"tienle {command}" not in readme] == []


def test_every_dependency_says_why_it_is_there_and_is_used() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    listed = [line for line in lines if re.match(r'    "[\w\[\]-]+>=', line)]
    assert len(listed) > 20
    assert [line for line in listed if not re.search(r"#\s+\w+", line)] == []


@pytest.mark.parametrize("name", ["LICENSE", "README.md", "docs/architecture.md", "docs/sample-archive.md"])
def test_the_documents_that_others_point_to_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 1000


def test_links_in_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text())
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_no_large_file_but_the_model() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    large = [name for name in listed if (ROOT / name).exists() and (ROOT / name).stat().st_size > 1_000_000]
    assert [name for name in large if not name.startswith("corpus/encoder/shipped/")] == []
    shipped = sum(path.stat().st_size for path in (ROOT / "corpus/encoder/shipped").iterdir())
    assert shipped <= 40_000_000
