"""Errors as callers get them: problem details (RFC 9457) for programs, a page for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from api.access.errors import SIGNIN_NEEDED, AccessError
from api.http.language import language_of
from corpus.errors import ArchiveError, EncoderError, Language, QueryError, TienLeError

MEDIA_TYPE = "application/problem+json"

_STATUS_OF_CODE = {
    "passage-unknown": 404,
    "document-unknown": 404,
    "document-ambiguous": 409,
    "agency-not-listed": 404,
    "key-made": 409,
    "job-unknown": 404,
    "saved-unknown": 404,
    "saved-place": 404,
    "draft-unknown": 404,
    "draft-too-large": 413,
    "form-too-long": 413,
    "drafts-full": 507,
}

_TITLES: dict[int, dict[Language, str]] = {
    400: {"vi": "Yêu cầu không hiểu được", "en": "Bad request"},
    401: {"vi": "Cần đăng nhập", "en": "Sign-in needed"},
    403: {"vi": "Không được phép", "en": "Not allowed"},
    404: {"vi": "Không tìm thấy", "en": "Not found"},
    405: {"vi": "Phương thức không được phép", "en": "Method not allowed"},
    409: {"vi": "Có nhiều văn bản như vậy", "en": "More than one document"},
    413: {"vi": "Nội dung quá lớn", "en": "Content too large"},
    422: {"vi": "Tham số không hợp lệ", "en": "Invalid parameter"},
    429: {"vi": "Quá nhiều yêu cầu", "en": "Too many requests"},
    500: {"vi": "Lỗi của chương trình", "en": "Internal error"},
    503: {"vi": "Kho chưa dùng được", "en": "Archive not available"},
    507: {"vi": "Hết chỗ", "en": "No room left"},
}

# What pydantic calls a slip in a parameter, as told to a person; the words in braces are its context.
_REASONS: dict[str, dict[Language, str]] = {
    "missing": {"vi": "thiếu", "en": "is missing"},
    "int_parsing": {"vi": "phải là số nguyên", "en": "must be a whole number"},
    "bool_parsing": {"vi": "phải là true hay false", "en": "must be true or false"},
    "greater_than_equal": {"vi": "nhỏ nhất là {ge}", "en": "must be at least {ge}"},
    "less_than_equal": {"vi": "lớn nhất là {le}", "en": "must be at most {le}"},
    "string_too_long": {"vi": "dài nhất {max_length} ký tự", "en": "must have at most {max_length} characters"},
    "enum": {"vi": "phải là một trong: {expected}", "en": "must be one of: {expected}"},
    "literal_error": {"vi": "phải là một trong: {expected}", "en": "must be one of: {expected}"},
}
_OTHER_REASON: dict[Language, str] = {"vi": "không đúng dạng", "en": "has the wrong form"}


class InvalidParameter(BaseModel):
    """A parameter that was not understood."""

    name: str
    reason: str


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="A name for the kind of problem, as a URI.")
    title: str = Field(description="The kind of problem in words, in the caller's language.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What was wrong and what to do, in the caller's language.")
    code: str = Field(description="The same name as in `type`, short; stable across versions and languages.")
    errors: list[InvalidParameter] | None = Field(None, description="The parameters that were not understood.")


def problem_of(
    status: int, code: str, title: str, detail: str, errors: list[InvalidParameter] | None = None
) -> Problem:
    """The problem of a code, whose type it gives."""
    return Problem(
        type=f"urn:tienle:problem:{code}", title=title, status=status, detail=detail, code=code, errors=errors
    )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of the problems that a route may answer with."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _TITLES[status]["en"], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def status_of(error: TienLeError) -> int:
    """The HTTP status that says what an error is."""
    if isinstance(error, AccessError):
        return error.status
    if isinstance(error, QueryError):
        return _STATUS_OF_CODE.get(error.code, 400)
    return 503 if isinstance(error, ArchiveError | EncoderError) else 500


def title_of(status: int, language: Language) -> str:
    """A status in words."""
    return _TITLES[status][language] if status in _TITLES else HTTPStatus(status).phrase


def refusal(request: Request, error: TienLeError | HTTPException) -> Response:
    """The answer to a request that is refused: a problem or a page, in the caller's language."""
    if (
        isinstance(error, AccessError)
        and error.code == SIGNIN_NEEDED
        and request.method == "GET"
        and wants_page(request)
    ):
        return _to_signin(request)
    if isinstance(error, TienLeError):
        details: dict[Language, str] = {"vi": error.vi, "en": error.en}
        status, code, headers = status_of(error), error.code, error.headers if isinstance(error, AccessError) else {}
    else:
        status, headers = error.status_code, dict(error.headers or {})
        if status == HTTPStatus.METHOD_NOT_ALLOWED:  # of several routes at a path, the router names one's methods only
            headers["Allow"] = ", ".join(_allowed(request))
        code, told = _REFUSALS.get(status, _OTHER_REFUSAL)
        words = {
            "path": request.scope["path"],
            "method": request.method,
            "allowed": headers.get("Allow", ""),
            "detail": error.detail,
        }
        details = {language: said.format_map(words) for language, said in told.items()}
    answer = _answer(request, status, code, details)
    answer.headers.update(headers)
    return answer


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of a route, and every path without one, as a problem or as a page."""

    @app.exception_handler(TienLeError)
    def known(request: Request, error: TienLeError) -> Response:
        return refusal(request, error)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        def reasons(language: Language) -> list[InvalidParameter]:
            return [
                InvalidParameter(
                    name=str(slip["loc"][-1]),
                    reason=_REASONS.get(slip["type"], _OTHER_REASON)[language].format_map(_context(slip, language)),
                )
                for slip in error.errors()
            ]

        def told(language: Language, parameter: str) -> str:
            return "; ".join(f"{parameter} “{slip.name}” {slip.reason}" for slip in reasons(language)) + "."

        details: dict[Language, str] = {"vi": told("vi", "Tham số"), "en": told("en", "Parameter")}
        return _answer(request, 422, "parameter-invalid", details, errors=reasons(language_of(request)))

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return refusal(request, error)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        # The server logs the traceback; the caller is told nothing of the inside.
        answer = _answer(request, 500, "unexpected", _UNEXPECTED)
        answer.headers["Connection"] = "close"  # as the server does after a fault: the caller must not ask again on it
        return answer


_REFUSALS: dict[int, tuple[str, dict[Language, str]]] = {
    404: (
        "path-unknown",
        {
            "vi": "Không có trang {path}. Xem lại địa chỉ, hoặc bắt đầu từ trang tìm kiếm.",
            "en": "There is no page {path}. Check the address, or start from the search page.",
        },
    ),
    405: (
        "method-unknown",
        {
            "vi": "{method} không dùng được ở {path}; chỉ có {allowed}.",
            "en": "{method} is not offered at {path}; use {allowed}.",
        },
    ),
    413: (
        "body-too-large",
        {
            "vi": "Nội dung gửi đến {path} lớn hơn {detail}. Gửi ít hơn, hoặc dùng dòng lệnh tienle trên máy chủ.",
            "en": "What was sent to {path} is larger than {detail}. Send less, or use the tienle command there.",
        },
    ),
}
_OTHER_REFUSAL: tuple[str, dict[Language, str]] = (
    "request-refused",
    {"vi": "Không nhận yêu cầu {method} {path}.", "en": "The request {method} {path} was refused."},
)
_UNEXPECTED: dict[Language, str] = {
    "vi": "Chương trình gặp lỗi khi trả lời. Thử lại; nếu vẫn lỗi, xem nhật ký của máy chủ và báo lỗi.",
    "en": "The program failed while answering. Try again; if it goes on, see the server's log and report it.",
}


def _answer(
    request: Request,
    status: int,
    code: str,
    details: dict[Language, str],
    errors: list[InvalidParameter] | None = None,
) -> Response:
    if wants_page(request):
        from api.web.errors import error_page

        return error_page(request, status, code, details)
    language = language_of(request)
    problem = problem_of(status, code, title_of(status, language), details[language], errors)
    headers = {"Content-Language": language, "Vary": "Accept-Language", "X-Content-Type-Options": "nosniff"}
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, media_type=MEDIA_TYPE)


def _allowed(request: Request) -> list[str]:
    path = request.scope["path"]
    routes = (route for route in iter_route_contexts(request.app.routes) if route.methods)
    return sorted(
        {method for route in routes if compile_path(route.path or "")[0].match(path) for method in route.methods or ()}
    )


def _to_signin(request: Request) -> Response:
    back = request.scope["path"] + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/signin?{urlencode({'next': back})}", 303)


def _context(slip: dict[str, Any], language: Language) -> dict[str, Any]:
    """The words that fill a reason in; pydantic joins choices with an English "or"."""
    context = dict(slip.get("ctx", {}))
    if language == "vi" and isinstance(context.get("expected"), str):
        context["expected"] = context["expected"].replace(" or ", " hay ")
    return context


def wants_page(request: Request) -> bool:
    """Whether an error is for a person: at a page's address, or at no address when the caller reads HTML."""
    path: str = request.scope["path"]
    if (
        not getattr(request.app.state, "pages", True)
        or path.startswith("/api/")
        or path in ("/health", "/openapi.json")
    ):
        return False
    if path in {"/", "/documents"} or path.startswith("/documents/"):
        return True
    return "text/html" in request.headers.get("accept", "")
