"""``tienle summarize``: what documents, a search, a topic's years or an agency's duties say, in their own words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.context import FormatOption, JsonOption, encoder_of, say
from api.cli.options import Filtering, bundled
from corpus.errors import QueryError, ReadingError

if TYPE_CHECKING:
    from api.answers.summarizing import Summary, SummarySentence
    from api.answers.summary_pieces import Text

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
    as_json: JsonOption = False,
    form: FormatOption = "table",
) -> None:
    """Tóm tắt bằng chính câu chữ của văn bản, câu nào cũng có nguồn · Summarize in the documents' own words.

    Văn bản (ID…), câu hỏi (--query), việc của cơ quan (--agency) · documents, a question, an agency's duties.
    """
    from api.answers.summarizing import check_length, summarize_texts

    length = check_length(words, sentences)
    notice = ""
    if files:
        from corpus.encoder.registry import load_encoder

        found = summarize_texts(_read(references or []), load_encoder(), length)
    else:
        from api.answers.summarizing_archive import summarize as find

        archive, filters = asked.open()
        encoder = encoder_of(archive)
        found = find(archive, encoder, filters, length, references=references or (), query=query, years=by_year)
        notice = archive.settings.notice
    if as_json or form == "json":
        from api.plain import dump, plain

        print(dump(plain(found)))  # noqa: T201  (the command's answer)
    else:
        _print(found, notice)


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


_CHANGES = {"new": ("mới", "new"), "changed": ("thay đổi", "changed"), "kept": ("giữ nguyên", "kept")}


def _source(sentence: SummarySentence) -> str:
    page = say(f"trang {sentence.page}", f"page {sentence.page}") if sentence.page else ""
    change = say(*_CHANGES[sentence.change]) if sentence.change else ""
    named = sentence.number or sentence.title or sentence.document
    year = str(sentence.year) if sentence.year else ""
    return " · ".join(filter(None, (named, sentence.province, year, sentence.section, page, change, sentence.document)))
