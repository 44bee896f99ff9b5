"""The interface keeps to its description: attacked from it, with and without keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.access.roles import Role
from api.access.store import AccessStore
from api.http.app import create_app
from tests.api.access.conftest import Guarded

EXAMPLES = os.environ.get("TIENLE_EXAMPLES", "1")
"""How many made-up calls of each kind an operation gets: more of them in a long run of one's own."""

SECONDS = os.environ.get("TIENLE_SECONDS", "25")

# Left out, since they judge what we mean otherwise:
# - positive_data_acceptance: a question of signs alone or an empty name fits the description, and is refused (400);
# - ensure_resource_availability, use_after_free: what is added is there when its job is done, not at once;
# - allow_header_conformance: two routes fit /api/v1/jobs/retry, whose methods are told together.
_LEFT_OUT = "positive_data_acceptance,ensure_resource_availability,use_after_free,allow_header_conformance"


def attacked(guarded: Guarded, *more: str) -> subprocess.CompletedProcess[str]:
    """Calls made up from the description; that is taken from the application, since reading it takes a key."""
    description = guarded.archive.parent / "openapi.json"
    description.write_text(json.dumps(create_app(guarded.archive).openapi()))
    line = [str(Path(sys.executable).parent / "schemathesis"), "--no-color", "run", str(description)]
    line += ["--url", guarded.address, "--checks", "all", "--exclude-checks", _LEFT_OUT]
    line += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--max-time", SECONDS]
    line += ["--seed", "1", "--continue-on-failure", "--max-response-time", "300", "--request-timeout", "300", *more]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=guarded.archive.parent)


def test_the_description_says_who_may_ask(tmp_path: Path) -> None:
    app = create_app(tmp_path)
    open_, paths = app.openapi(), app.openapi()["paths"]
    assert open_["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert paths["/api/v1/search"]["get"]["security"] == [{}, {"key": []}]
    assert paths["/api/v1/documents"]["post"]["x-role"] == "editor"
    assert "security" not in paths["/health/live"]["get"]
    AccessStore(tmp_path).create("x", Role.READER)
    closed = app.openapi()["paths"]
    assert closed["/api/v1/search"]["get"]["security"] == [{"key": []}]
    for path, operations in closed.items():
        for method, operation in operations.items():
            refused = {"401", "429"} if "security" in operation else {"429"}
            assert refused <= operation["responses"].keys(), (method, path)


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR])
def test_attacked_from_its_description_it_keeps_to_it(guarded: Guarded, role: Role | None) -> None:
    """Without a key all is refused; with one each answer is as described, and none is a fault of ours."""
    key = ["--header", f"Authorization: {guarded.bearer(role)['Authorization']}"] if role else []
    told = attacked(guarded, *key)
    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]
