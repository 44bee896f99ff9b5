"""What every command shares: the options of filters, the language, opening the archive."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.exports.wording import saying
from corpus.errors import Language

if TYPE_CHECKING:
    from corpus.encoder.contract import Encoder
    from corpus.encoder.reranker import Reranker
    from corpus.store.archive import Archive

ArchiveOption = Annotated[
    Path, typer.Option("--archive", envvar="TIENLE_ARCHIVE", help="Thư mục kho · The archive's folder.")
]
YearOption = Annotated[
    str | None,
    typer.Option("--year", help="Năm ban hành hoặc năm kế hoạch: 2018, 2017..2020 · Year issued or planned for."),
]
ProvinceOption = Annotated[
    list[str] | None,
    typer.Option("--province", help="Tỉnh, thành phố ban hành; gọi được nhiều lần · Province as issued."),
]
TodayOption = Annotated[
    bool,
    typer.Option(
        "--as-of-today",
        help="Hiểu --province, --agency theo hôm nay: gồm tỉnh đã sáp nhập, việc của cơ quan cũ · With predecessors.",
    ),
]
TypeOption = Annotated[
    list[str] | None, typer.Option("--type", help="Loại văn bản: Kế hoạch, Quyết định… · Document type.")
]
QualityOption = Annotated[
    list[str] | None,
    typer.Option(
        "--quality",
        help="Chất lượng chữ: native (bản gốc), converted (chuyển mã), recognised (nhận dạng), mixed (hỗn hợp) "
        "· How the text came; may repeat.",
    ),
]
AgencyOption = Annotated[
    list[str] | None,
    typer.Option("--agency", help="Cơ quan chủ trì hoặc phối hợp; gọi được nhiều lần · Agency in either role."),
]
LeadOption = Annotated[list[str] | None, typer.Option("--lead", help="Cơ quan chủ trì · The agency in charge.")]
DueFromOption = Annotated[
    str | None,
    typer.Option("--due-from", help="Hạn từ ngày: 15/4/2018, 4/2018, 2018, Quý II/2018 · Due on or after."),
]
DueToOption = Annotated[str | None, typer.Option("--due-to", help="Hạn đến ngày · Due on or before.")]
HasDeadlineOption = Annotated[
    bool, typer.Option("--has-deadline", help="Chỉ những gì có ngày hạn · Only what is due on known days.")
]
DocumentOption = Annotated[
    list[str] | None, typer.Option("--document", help="Mã, số hiệu hay tên tệp văn bản · Id, number or file name.")
]
LimitOption = Annotated[
    int | None,
    typer.Option("--limit", min=1, help="Số dòng; bảng: 20, tệp, JSON: tất cả · Rows; table: 20, files, JSON: all."),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", help="Ghi ra tệp; đuôi tệp cho biết dạng · Write to a file.")
]
AddressOption = Annotated[
    str,
    typer.Option(
        "--address",
        envvar="TIENLE_ADDRESS",
        help="Địa chỉ trang web của kho, để liên kết trong bảng và lịch · The served pages' address, for links.",
    ),
]
RerankOption = Annotated[
    str | None,
    typer.Option("--rerank", help="Mô hình xếp lại 30 đoạn đầu (cross-encoder) · Reorders the first 30."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="In một tài liệu JSON · Print one JSON document.")]
FormatOption = Annotated[Literal["table", "json"], typer.Option("--format", help="Dạng in ra · Output form.")]
Form = Literal["table", "json", "csv", "xlsx", "ics"]
RecordFormatOption = Annotated[
    Form | None, typer.Option("--format", help="Dạng in ra: bảng, JSON, CSV, Excel, lịch · Output form.")
]
SheetFormatOption = Annotated[
    Literal["table", "json", "csv", "xlsx"] | None,
    typer.Option("--format", help="Dạng in ra: bảng, JSON, CSV, Excel · Output form."),
]
OffsetOption = Annotated[int, typer.Option("--offset", min=0, help="Bỏ qua số kết quả đầu · Skip the first results.")]

DEFAULT_ARCHIVE = Path("archive")


def language() -> Language:
    """The reader's language: ``TIENLE_LANG``, Vietnamese unless it says English."""
    return "en" if os.environ.get("TIENLE_LANG", "vi").lower().startswith("en") else "vi"


def say(vi: str, en: str) -> str:
    """The one of two messages that is in the reader's language."""
    return saying(language())(vi, en)


def open_archive(directory: Path) -> Archive:
    """The archive in a folder; ArchiveError when it cannot be opened."""
    from corpus.store.archive import Archive

    return Archive.open(directory)


def reranker_of(name: str | None) -> Reranker | None:
    """The cross-encoder of that name, None where none is named; EncoderError when it is missing."""
    if name is None:
        return None
    from corpus.encoder.reranker import load_reranker

    return load_reranker(name)


def encoder_of(archive: Archive) -> Encoder:
    """The model that the archive's vectors come from; ArchiveError when the one at hand is another."""
    from corpus.encoder.registry import load_encoder

    encoder = load_encoder(archive.model)
    archive.require(encoder.spec)
    return encoder
