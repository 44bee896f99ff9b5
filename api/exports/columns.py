"""Which fields of a record an exported table shows, in which order, under which heads, how wide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = Literal["assignments", "targets", "citations", "documents", "series"]

Value = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field's public name, its head in Vietnamese and English, its width in characters."""

    name: str
    vi: str
    en: str
    width: int


_DOCUMENT = (
    Column("number", "Số hiệu", "Number", 18),
    Column("type", "Loại văn bản", "Type", 14),
    Column("title", "Tên văn bản", "Title", 40),
    Column("issuer", "Cơ quan ban hành", "Issuer", 26),
    Column("province", "Tỉnh, thành phố", "Province", 16),
    Column("issued_on", "Ngày ban hành", "Issued on", 12),
)
_PLACE = (Column("section", "Điều khoản", "Section", 11), Column("page", "Trang", "Page", 7))
_DUE = (
    Column("due_text", "Thời hạn", "Deadline", 20),
    Column("due_start", "Từ ngày", "From", 12),
    Column("due_end", "Đến ngày", "Until", 12),
)
_IDENTITY = (Column("document", "Mã văn bản", "Document id", 15), Column("source", "Tệp", "File", 30))

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    "assignments": (
        Column("task", "Nhiệm vụ", "Task", 70),
        Column("lead", "Chủ trì", "Lead", 28),
        Column("coordinating", "Phối hợp", "Coordinating", 32),
        Column("lead_today", "Chủ trì hiện nay", "Lead today", 28),
        Column("inherited", "Kế thừa", "Inherited", 9),
        Column("product", "Sản phẩm", "Product", 28),
        *_DUE,
        Column("funding", "Kinh phí", "Funding", 20),
        *_PLACE,
        *_DOCUMENT,
        *_IDENTITY,
    ),
    "targets": (
        Column("indicator", "Chỉ tiêu", "Indicator", 60),
        Column("comparator", "So sánh", "Comparator", 9),
        Column("value", "Giá trị", "Value", 10),
        Column("value_high", "Đến", "Up to", 10),
        Column("unit", "Đơn vị", "Unit", 12),
        *_DUE,
        Column("key", "Khóa so sánh", "Key", 24),
        *_PLACE,
        *_DOCUMENT,
        *_IDENTITY,
    ),
    "citations": (
        Column("number", "Số hiệu được dẫn", "Cited number", 20),
        Column("type", "Loại", "Type", 14),
        Column("name", "Tên được dẫn", "Cited name", 44),
        Column("issuer", "Cơ quan ban hành", "Issuer", 26),
        Column("issued_on", "Ngày ban hành", "Issued on", 12),
        Column("kind", "Quan hệ", "Relation", 12),
        Column("resolved", "Mã trong kho", "Id in the archive", 15),
        *_PLACE,
        Column("citing_number", "Số hiệu văn bản dẫn", "Citing number", 18),
        Column("citing_type", "Loại văn bản dẫn", "Citing type", 14),
        Column("citing_title", "Tên văn bản dẫn", "Citing title", 40),
        Column("citing_issuer", "Cơ quan ra văn bản dẫn", "Citing issuer", 26),
        Column("citing_issued_on", "Ngày văn bản dẫn", "Citing issued on", 12),
        *_IDENTITY,
    ),
    "documents": (
        *_DOCUMENT,
        Column("year_from", "Năm kế hoạch từ", "Planned from", 10),
        Column("year_to", "Đến năm", "Planned to", 10),
        Column("signer", "Người ký", "Signer", 22),
        Column("signer_title", "Chức vụ", "Capacity", 20),
        Column("place", "Nơi ban hành", "Place", 16),
        Column("recipients", "Nơi nhận", "Recipients", 40),
        Column("legal_bases", "Căn cứ", "Legal bases", 30),
        Column("pages", "Số trang", "Pages", 8),
        Column("quality", "Chất lượng chữ", "Text quality", 13),
        Column("id", "Mã văn bản", "Document id", 15),
        Column("source", "Tệp", "File", 30),
    ),
    "series": (
        Column("indicator", "Chỉ tiêu", "Indicator", 60),
        Column("province", "Tỉnh, thành phố", "Province", 16),
        Column("issuer", "Cơ quan ban hành", "Issuer", 26),
        Column("year", "Năm", "Year", 8),
        Column("comparator", "So sánh", "Comparator", 9),
        Column("value", "Giá trị", "Value", 10),
        Column("value_high", "Đến", "Up to", 10),
        Column("unit", "Đơn vị", "Unit", 12),
        Column("key", "Khóa so sánh", "Key", 24),
        Column("due_text", "Thời hạn", "Deadline", 20),
        *_PLACE,
        Column("number", "Số hiệu", "Number", 18),
        *_IDENTITY,
    ),
}
"""The columns of each kind."""


def value_of(record: DataclassInstance, name: str) -> Value:
    """What a cell shows of a field: lists joined by semicolons, anything else as it is."""
    value = getattr(record, name)
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value))
    return value if isinstance(value, str | int | float | date) else None
