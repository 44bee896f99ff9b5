"""The OpenAPI description: what FastAPI tells of the routes, with what every route has in common."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.access.guard import Guard
from api.access.roles import Role, rule_of
from api.exports import MEDIA_TYPES
from api.exports.word import MEDIA_TYPE as WORD
from api.http.problems import InvalidParameter, Problem, problem_responses

_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of `tienle keys create`. Asked for where the archive has keys.",
}
_FILES: dict[str, str] = {form: media_type.split(";")[0] for form, media_type in MEDIA_TYPES.items()} | {"docx": WORD}


def description_of(app: FastAPI) -> dict[str, Any]:
    """The description of an application, made once for each of: access is controlled, or not."""
    guard: Guard = app.state.guard
    required = guard.required
    known: dict[bool, dict[str, Any]] = app.state.descriptions
    if required not in known:
        known[required] = _described(app, required=required)
    return known[required]


def _described(app: FastAPI, *, required: bool) -> dict[str, Any]:
    described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = described["components"]
    for model in (Problem, InvalidParameter):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        components["schemas"][model.__name__] = schema
    components["securitySchemes"] = {"key": _SCHEME}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            _add_common(operation, method.upper(), path, required=required)
    return described


def _add_common(operation: dict[str, Any], method: str, path: str, *, required: bool) -> None:
    """Add what may be answered before a route is asked, and whether it takes a key."""
    rule = rule_of(method, path)
    statuses = [400, 429, 503]
    if rule is not None and rule.role is not None:
        operation["security"] = [{"key": []}] if required else [{}, {"key": []}]
        operation["x-role"] = rule.role
        statuses += [401] if rule.role is Role.READER and method == "GET" else [401, 403]
    if method != "GET":
        statuses.append(413)
    parameters = {parameter["name"]: parameter["schema"] for parameter in operation.get("parameters", ())}
    if "document" in parameters:
        statuses += [404, 409]  # it may name none of the archive's documents, or two
    content = operation["responses"].get("200", {}).get("content", {})
    for form in parameters.get("format", {}).get("enum", ()):
        if form in _FILES:
            content.setdefault(_FILES[form], {"schema": {"type": "string", "format": "binary"}})
    for status, response in problem_responses(*statuses).items():
        operation["responses"].setdefault(str(status), response)
