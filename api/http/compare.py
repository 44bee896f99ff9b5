"""Two plans compared, and all plans of a series, under ``/api/v1/compare``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.answers.comparing import Comparison, compare, compare_series
from api.exports import MEDIA_TYPES
from api.exports.compared import compared_word, compared_xlsx
from api.exports.links import Links
from api.exports.word import MEDIA_TYPE
from api.http.asking import Shared
from api.http.language import language_of
from api.http.problems import problem_responses
from corpus.errors import QueryError

router = APIRouter()

_TYPES = {"xlsx": MEDIA_TYPES["xlsx"], "docx": MEDIA_TYPE}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The comparison",
        "content": {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in _TYPES.values()},
    },
    **problem_responses(400, 404, 409, 422, 503),
}


class Comparisons(BaseModel):
    """Plans compared, the earliest first; one for two documents."""

    comparisons: list[Comparison]
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


@router.get("/api/v1/compare", tags=["records"], response_model=Comparisons, responses=_FILES)
def compared(
    request: Request,
    service: Shared,
    first: Annotated[str, Query(description="The earlier document's id, number or file name.")],
    second: Annotated[str | None, Query(description="The later one's; may be left out with `series`.")] = None,
    series: Annotated[bool, Query(description="Whether to compare all yearly plans like the first, in order.")] = False,
    form: Annotated[
        Literal["json", "xlsx", "docx"], Query(alias="format", description="JSON, an Excel sheet, a Word document.")
    ] = "json",
) -> Comparisons | Response:
    """Tasks and goals of two plans, or of a series: kept, changed, inherited, moved, new, dropped."""
    if (second is None) != series:
        raise QueryError(
            "compare-what",
            "Cần đúng một trong hai: second (văn bản sau) hoặc series=true (cả chuỗi kế hoạch năm).",
            "One of the two is needed: second (the later document) or series=true (the whole series).",
        )
    archive, encoder = service.archive, service.encoder
    found = (compare(archive, encoder, first, second),) if second else compare_series(archive, encoder, first)
    notice = service.facts().notice
    if form == "json":
        return Comparisons(comparisons=list(found), notice=notice)
    make = compared_xlsx if form == "xlsx" else compared_word
    data = make(found, Links(str(request.base_url)), language_of(request), notice)
    headers = {"Content-Disposition": f'attachment; filename="compare.{form}"'}
    return Response(data, headers=headers, media_type=_TYPES[form])
