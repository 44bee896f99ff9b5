"""The commands, one function each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.backup import backup, restore
from api.cli.compare import compare
from api.cli.context import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    FormatOption,
    JsonOption,
    OffsetOption,
    RerankOption,
    SheetFormatOption,
    encoder_of,
    open_archive,
    reranker_of,
    say,
)
from api.cli.doctor import doctor
from api.cli.duties import duties
from api.cli.keys import keys
from api.cli.mcp import mcp
from api.cli.options import Delivery, Filtering, bundled
from api.cli.overlaps import overlaps
from api.cli.precedents import precedents
from api.cli.records import assignments, citations, targets
from api.cli.serving import serve
from api.cli.summarize import summarize
from api.cli.supply import licences
from api.cli.timeline import timeline
from corpus.errors import QueryError

app = typer.Typer(
    name="tienle",
    help="Tiền lệ: tìm tiền lệ và nhiệm vụ trong kho kế hoạch của các tỉnh · "
    "Precedents and assignments in archives of provincial plans. TIENLE_LANG=en: English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_TABLE_ROWS = 10


@app.command()
def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Tệp hay thư mục · Files or folders.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="Số tiến trình; mặc định: số lõi · Processes; default: cores."),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="Mô hình cho kho mới: tên hay thư mục · Model of a new archive.")
    ] = "shipped",
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Đọc lại những tệp lỗi hoặc đang chờ · Take up again what failed or waits."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Đọc tệp và đưa vào kho; chạy lại thì làm tiếp · Read files into the archive; run again to go on."""
    from api.cli.indexing import run

    if not paths and not retry:
        raise QueryError(
            "paths-missing",
            "Thiếu tệp hay thư mục để đọc. Viết: tienle index THƯ_MỤC, hoặc --retry để đọc lại những tệp lỗi.",
            "No file or folder to read. Write: tienle index FOLDER, or --retry to take up again what failed.",
        )
    raise typer.Exit(run(paths or [], archive, workers, model, retry=retry, as_json=as_json))


@app.command()
@bundled
def search(
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="Câu hỏi · The question.")],
    asked: Filtering,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="Số đoạn; bảng: 10, JSON: tất cả · Passages; table: 10, JSON: all."),
    ] = None,
    offset: OffsetOption = 0,
    mode: Annotated[
        Literal["hybrid", "lexical", "dense"], typer.Option("--mode", help="Cách tìm · Which arms search.")
    ] = "hybrid",
    rerank: RerankOption = None,
    as_typed: Annotated[
        bool, typer.Option("--as-typed", help="Không thêm dấu vào chữ gõ không dấu · Do not restore marks.")
    ] = False,
    sort: Annotated[
        Literal["relevance", "newest", "oldest"],
        typer.Option("--sort", help="Xếp theo mức phù hợp hay ngày ban hành · By relevance or date of issue."),
    ] = "relevance",
    explain: Annotated[
        bool, typer.Option("--explain", help="Vì sao mỗi đoạn đứng ở đó · Why each passage stands where it does.")
    ] = False,
    counts: Annotated[
        bool, typer.Option("--facets", help="Thêm số đoạn theo năm, tỉnh, loại, cơ quan · Counts of all that matches.")
    ] = False,
    after: Annotated[
        str | None,
        typer.Option("--after", help="Mã trang sau, do trang trước in ra · The mark that the page before printed."),
    ] = None,
    as_json: JsonOption = False,
    form: FormatOption = "table",
) -> None:
    """Tìm đoạn văn bản trả lời câu hỏi · Find the passages that answer a question."""
    from api.answers.question import check_question
    from api.answers.search import search as find
    from api.cli import output

    typed = " ".join(query)
    check_question(typed)  # a question that is none needs no archive to say so
    opened, filters = asked.open()
    as_json = as_json or form == "json"
    shown = limit if limit or as_json else _TABLE_ROWS
    result = find(
        opened,
        encoder_of(opened),
        typed,
        filters,
        limit=shown,
        offset=offset,
        mode=mode,
        reranker=reranker_of(rerank),
        restore=not as_typed,
        order=sort,
        explain=explain,
        after=after,
    )
    if result.next:
        typer.echo(say(f"Trang sau: --after {result.next}", f"Next page: --after {result.next}"), err=True)
    if as_json:
        output.print_json(result.hits)
    else:
        output.print_search(result, opened.settings.notice)
        if counts:
            from api.answers.facets import facets

            output.print_facets(facets(opened, typed, filters, restore=not as_typed))


@app.command()
@bundled
def documents(
    asked: Filtering,
    delivery: Delivery,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Số văn bản · Documents.")] = None,
    form: SheetFormatOption = None,
) -> None:
    """Liệt kê văn bản trong kho, mới nhất trước · List the archive's documents, newest first."""
    from api.answers.documents import list_documents
    from api.cli.output import print_documents

    chosen = delivery.form_of(form, "documents")
    opened, filters = asked.open()
    found, total = list_documents(opened, filters, limit=limit, offset=delivery.offset)
    if chosen == "table":
        print_documents(found, total, opened.settings.notice)
    else:
        delivery.deliver(found, "documents", chosen, opened.settings.notice)


app.command()(assignments)
app.command()(targets)
app.command()(citations)
app.command()(precedents)
app.command()(compare)
app.command()(overlaps)
app.command()(duties)
app.command()(timeline)
app.command()(summarize)
app.command()(mcp)
app.command()(serve)
app.add_typer(keys, name="keys")
app.command()(backup)
app.command()(restore)
app.command()(doctor)
app.command()(licences)


@app.command()
def show(
    reference: Annotated[str, typer.Argument(metavar="ID", help="Mã, số hiệu hay tên tệp · Id, number or file name.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    as_json: JsonOption = False,
    form: FormatOption = "table",
) -> None:
    """In một văn bản cùng dàn ý · Print one document with its outline."""
    from api.answers.documents import show_document
    from api.cli import output

    opened = open_archive(archive)
    found = show_document(opened, reference)
    if as_json or form == "json":
        output.print_json(output.full_document(found))
    else:
        output.print_document(found, opened.settings.notice)


@app.command()
def verify(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    repair: Annotated[bool, typer.Option("--repair", help="Dựng lại các chỉ mục · Build the indexes anew.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra bản ghi, tệp gốc và hai chỉ mục khớp nhau · Check records, sources and both indexes."""
    from api.cli import output
    from corpus.store.verify import repair as mend
    from corpus.store.verify import verify as check

    opened = open_archive(archive)
    findings = mend(opened) if repair else check(opened)
    output.print_findings(findings, as_json=as_json)
    raise typer.Exit(1 if findings else 0)


@app.command()
def evaluate(
    queries: Annotated[
        Path, typer.Option("--queries", help="Câu hỏi (JSONL), có trích dẫn hoặc kèm --qrels · Questions.")
    ],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", help="Tập văn bản theo khuôn BEIR, thay cho kho · BEIR collection.")
    ] = None,
    qrels: Annotated[Path | None, typer.Option("--qrels", help="Phán định theo khuôn BEIR · BEIR judgements.")] = None,
    model: Annotated[str, typer.Option("--model", help="Mô hình cho --corpus · Model for --corpus.")] = "shipped",
    by: Annotated[str | None, typer.Option("--by", help="Chia theo một trường của câu hỏi · Split by a field.")] = None,
    rerank: RerankOption = None,
    as_json: JsonOption = False,
) -> None:
    """Đo chất lượng tìm kiếm: từ, nghĩa, cả hai · Measure search: lexical, dense, hybrid."""
    from api.cli import output
    from api.cli.evaluating import evaluate_beir, evaluate_quotes

    if corpus and qrels:
        scores = evaluate_beir(corpus, queries, qrels, model, by, rerank)
    elif corpus or qrels:
        raise QueryError(
            "qrels-alone",
            "--corpus và --qrels phải đi cùng nhau. Thêm cái còn thiếu, hoặc bỏ cả hai để đo trên kho.",
            "--corpus and --qrels go together. Add the one that is missing, or leave both out to measure the archive.",
        )
    else:
        scores = evaluate_quotes(open_archive(archive), queries, by, rerank)
    output.print_scores(scores, as_json=as_json)


@app.command()
def reembed(
    model: Annotated[str, typer.Option("--model", help="Mô hình mới: tên hay thư mục · The new model.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Đổi mô hình của kho; vector cũ phục vụ đến phút cuối · Change the archive's model while the old one serves."""
    from api.cli.indexing import run_reembed

    run_reembed(open_archive(archive), model)


@app.command()
def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Thư mục văn bản huấn luyện · Training texts.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Thư mục mô hình mới · Where the model goes.")],
    seed: Annotated[int, typer.Option("--seed", help="Hạt ngẫu nhiên · Random seed.")] = 0,
    teacher: Annotated[
        str | None,
        typer.Option("--teacher", help="Thư mục mô hình tiếng Anh để học theo · An English model to learn from."),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Số tiến trình · Processes.")] = None,
    transformer: Annotated[
        bool,
        typer.Option("--transformer", help="Rồi huấn luyện mô hình transformer · Then train a transformer from it."),
    ] = False,
    pack: Annotated[
        int | None,
        typer.Option("--pack", min=8, help="Chỉ gói dữ liệu, mỗi tệp chừng ấy MB · Only pack, files of that many MB."),
    ] = None,
    marks: Annotated[
        bool, typer.Option("--marks", help="Chỉ đếm mô hình thêm dấu · Only count the model that restores marks.")
    ] = False,
) -> None:
    """Huấn luyện mô hình vector đi kèm; dừng thì chạy lại để làm tiếp · Train the shipped model; resumable.

    DATA là thư mục văn bản, hoặc thư mục gói do --pack làm ra · texts, or the folder that --pack has made.
    """
    from api.cli.training import run_training

    if marks:
        from corpus.language.accents_training import write_marks

        typer.echo(write_marks(data, output))
        return
    run_training(data, output, seed=seed, teacher=teacher, workers=workers, transformer=transformer, pack=pack)
