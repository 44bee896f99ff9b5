"""``tienle summarize``: what documents, a search, a topic's years or an agency's duties say, in their own words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.answering import DocumentFormatOption, form_of, give
from api.cli.context import AddressOption, JsonOption, OutputOption, encoder_of, language, say
from api.cli.delivering import write
from api.cli.options import Filtering, bundled
from corpus.errors import QueryError, ReadingError

if TYPE_CHECKING:
    from api.answers.summarizing import Summary, SummarySentence
    from api.answers.summary_pieces import Text
    from api.answers.writing import Writer, Written

References = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID…]", help="Mã, số hiệu hay tên tệp; với --files: các tệp · Documents, or files."),
]
FilesOption = Annotated[
    bool, typer.Option("--files", help="Tóm tắt các tệp được gọi tên, không cần kho · Summarize files, no archive.")
]
QueryOption = Annotated[
    str | None, typer.Option("--query", help="Tóm tắt những gì tìm được cho câu hỏi · What a question finds.")
]
YearsOption = Annotated[
    bool, typer.Option("--by-year", help="Với --query: theo từng năm, có gì thay đổi · Year by year, what changed.")
]
WordsOption = Annotated[
    int | None, typer.Option("--words", help="Nhiều nhất bao nhiêu chữ; mặc định 200 · At most so many words.")
]
WrittenOption = Annotated[
    bool,
    typer.Option(
        "--written",
        help="Thêm bản do mô hình viết, đã kiểm từng câu; cần TIENLE_MODEL_ADDRESS · Add what a model writes, checked.",
    ),
]
SentencesOption = Annotated[int | None, typer.Option("--sentences", help="Nhiều nhất bao nhiêu câu · Sentences.")]


@bundled
def summarize(
    asked: Filtering,
    references: References = None,
    files: FilesOption = False,
    query: QueryOption = None,
    by_year: YearsOption = False,
    words: WordsOption = None,
    sentences: SentencesOption = None,
    written: WrittenOption = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    address: AddressOption = "",
    form: DocumentFormatOption = None,
) -> None:
    """Tóm tắt bằng chính câu chữ của văn bản, câu nào cũng có nguồn · Summarize in the documents' own words.

    Văn bản (ID…), câu hỏi (--query), việc của cơ quan (--agency) · documents, a question, an agency's duties.
    """
    from api.answers.summarizing import check_length, summarize_texts

    length = check_length(words, sentences)
    chosen = form_of(form, output, as_json=as_json)
    writer = _writer() if written else None
    rewritten = None
    notice = ""
    if files:
        from api.answers.writing import write_texts
        from corpus.encoder.registry import load_encoder

        texts, encoder = _read(references or []), load_encoder()
        found = summarize_texts(texts, encoder, length)
        if writer:
            rewritten = write_texts(writer, texts, encoder, length)
    else:
        from api.answers.summarizing_archive import summarize as find
        from api.answers.writing_archive import write_summary

        archive, filters = asked.open()
        encoder = encoder_of(archive)
        found = find(archive, encoder, filters, length, references=references or (), query=query, years=by_year)
        if writer:
            rewritten = write_summary(
                archive, encoder, writer, filters, length, references=references or (), query=query, years=by_year
            )
        notice = archive.settings.notice
    if chosen == "table":
        _print(found, notice)
        if rewritten:
            _print_written(rewritten)
    elif chosen == "docx":
        from api.exports.links import Links, require_address
        from api.exports.summarized import summary_word

        require_address(address)
        write(summary_word(found, Links(address), language(), notice, rewritten), output)
    else:
        from api.exports.summarized import of_summary
        from api.plain import plain

        give(
            plain(found) | ({"written": plain(rewritten)} if rewritten else {}),
            lambda links, tongue: of_summary(found, links, tongue, rewritten),
            f"{say('Tóm tắt', 'Summary')}: {found.about}",
            chosen,
            output,
            address,
            notice,
        )


def _writer() -> Writer:
    """The model that the environment sets up; QueryError where it sets up none."""
    from api.answers.writing import require_writer
    from api.model_endpoint import writer_of

    return require_writer(writer_of(os.environ))


def _read(names: Sequence[str]) -> list[Text]:
    """The documents that files hold, read as the indexer does; ReadingError with the file's name."""
    from api.answers.summary_pieces import Text
    from corpus.language.places import Places
    from indexer.extraction import extract
    from indexer.reading import read
    from indexer.structure import analyse_all

    if not names:
        raise QueryError(
            "files-missing", "Thiếu tệp. Viết: tienle summarize --files TỆP…", "No file. Write: --files FILE…"
        )
    places = Places.load()
    texts = []
    for name in names:
        try:
            source = read(Path(name))
        except ReadingError as error:
            raise ReadingError(error.code, f"{name}: {error.vi}", f"{name}: {error.en}") from error
        for part, analysed in enumerate(analyse_all(source, places)):
            header, parsed = analysed.parsed.header, analysed.parsed
            texts.append(
                Text(
                    f"{name}#{part}" if part else name,
                    parsed.source.text,
                    header.number,
                    header.title,
                    header.province,
                    header.year_from or (header.issued_on.year if header.issued_on else None),
                    parsed.provisions,
                    parsed.passages,
                    extract(analysed),
                )
            )
    return texts


def _print(found: Summary, notice: str) -> None:
    from rich.console import Console
    from rich.text import Text as Line

    console = Console(highlight=False)
    if notice:
        console.print(Line(f"{notice}\n", style="yellow"))
    console.print(Line(found.about, style="bold"))
    if not found.sentences:
        console.print(
            say(
                "Không có câu nào để trích. Thử nhiều chữ hơn, câu hỏi khác, hoặc bỏ bớt điều kiện lọc.",
                "There is no sentence to quote. Try more words, another question, or fewer filters.",
            )
        )
    for each in found.sentences:
        console.print(Line(f"• {' '.join(each.text.split())}"))
        console.print(Line(f"  {_source(each)}", style="dim"))
        if each.before:
            earlier = " ".join(each.before.text.split())
            console.print(Line(f"  {say('trước đó', 'before')} ({each.before.year}): {earlier}", style="dim italic"))
    told = say(
        f"{len(found.sentences)} câu, {found.words} chữ, từ {found.documents} văn bản.",
        f"{len(found.sentences)} sentences, {found.words} words, from {found.documents} documents.",
    )
    console.print(Line(f"\n{told}", style="dim"))


def _print_written(written: Written) -> None:
    """What the model wrote: sentences that stand with their sources, then how many did not and why."""
    from rich.console import Console
    from rich.text import Text as Line

    from api.exports.summarized import FAULTS

    console = Console(highlight=False)
    title = say("Bản do mô hình viết", "Written by a model")
    console.print(Line(f"\n{title} ({written.model})", style="bold"))
    if written.trouble:
        console.print(Line(say(written.trouble.vi, written.trouble.en), style="yellow"))
    for each in written.sentences:
        console.print(Line(f"• {each.text}"))
        places = (" ".join(filter(None, (cited.number or cited.document, cited.section))) for cited in each.citations)
        console.print(Line(f"  {'; '.join(dict.fromkeys(places))}", style="dim"))
    for each in written.dropped:
        wrong = "; ".join(" ".join(filter(None, (FAULTS[fault.kind][language()], fault.what))) for fault in each.faults)
        dropped = say("bỏ vì không khớp nguồn", "dropped, not borne out by its sources")
        console.print(Line(f"✗ {each.text}\n  {dropped}: {wrong}", style="dim"))


def _source(sentence: SummarySentence) -> str:
    from api.exports.summarized import CHANGES

    page = say(f"trang {sentence.page}", f"page {sentence.page}") if sentence.page else ""
    change = CHANGES[sentence.change][language()] if sentence.change else ""
    named = sentence.number or sentence.title or sentence.document
    year = str(sentence.year) if sentence.year else ""
    return " · ".join(filter(None, (named, sentence.province, year, sentence.section, page, change, sentence.document)))
