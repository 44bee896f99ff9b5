"""What every tool is asked: the archive behind the door, and the arguments that lists share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from api.answers.filters import Filters
from api.answers.narrowing import narrowed
from api.exports.links import Links
from api.http.service import Service

MOST = 50
"""Records in one answer."""
LAST_OFFSET = 10_000

Limit = Annotated[int, Field(ge=1, le=MOST, description="Nhiều nhất bao nhiêu · How many at most.")]
Offset = Annotated[
    int, Field(ge=0, le=LAST_OFFSET, description="Bỏ qua bao nhiêu, từ `next_offset` · How many to skip.")
]
About = Annotated[
    str | None, Field(description="Về việc gì; bỏ trống là tất cả · What they are about; all where nothing is asked.")
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrowing:
    """What narrows every list."""

    year: Annotated[
        str | None, Field(description="Năm ban hành hoặc năm kế hoạch: 2018, 2017..2020 · Year issued or planned for.")
    ] = None
    province: Annotated[list[str] | None, Field(description="Tỉnh, như lúc ban hành · Province as issued.")] = None
    type: Annotated[list[str] | None, Field(description="Loại văn bản: Kế hoạch, Quyết định… · Document type.")] = None
    agency: Annotated[list[str] | None, Field(description="Cơ quan chủ trì hoặc phối hợp · Agency in either role.")] = (
        None
    )
    lead: Annotated[list[str] | None, Field(description="Cơ quan chủ trì · The agency in charge.")] = None
    document: Annotated[list[str] | None, Field(description="Mã, số hiệu hay tên tệp · Id, number or file name.")] = (
        None
    )
    due_from: Annotated[
        str | None, Field(description="Hạn từ ngày: 2018-04-15, 4/2018, Quý II/2018 · Due on or after.")
    ] = None
    due_to: Annotated[str | None, Field(description="Hạn đến ngày · Due on or before.")] = None
    has_deadline: Annotated[bool, Field(description="Chỉ những gì có ngày hạn · Only what has a deadline.")] = False
    as_of_today: Annotated[
        bool,
        Field(description="Hiểu tỉnh và cơ quan theo hôm nay, gồm nơi đã sáp nhập · Province and agency of today."),
    ] = False

    def filters(self, service: Service) -> Filters:
        """The filters that these name; QueryError for what the archive does not know."""
        read = service.filters(self.year, self.province or (), self.type or (), as_of_today=self.as_of_today)
        return narrowed(
            service.archive,
            read,
            agencies=self.agency or (),
            leads=self.lead or (),
            documents=self.document or (),
            due_from=self.due_from,
            due_to=self.due_to,
            has_deadline=self.has_deadline,
            as_of_today=self.as_of_today,
        )


@dataclass(frozen=True, slots=True)
class Door:
    """What every tool asks: the archive, and where its links lead (None: it gives none)."""

    service: Service
    links: Links | None
