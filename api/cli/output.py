"""Answers on a terminal, as tables for people or as one JSON document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.answers.documents import DocumentCard, FullDocument, Rendition
from api.answers.facets import Facets
from api.answers.ranking import Reasons
from api.answers.search import Hit, SearchResult
from api.cli.context import language, say
from api.exports.wording import QUALITIES
from api.plain import dump, plain

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from api.answers.evaluation import Scores
    from corpus.store.verify import Finding

_PER_DOCUMENT = 3
_FACET_VALUES = 8
_SHOWN = 420


def _console() -> Console:
    return Console(highlight=False)


def print_json(value: Iterable[DataclassInstance | dict[str, Any]] | dict[str, Any]) -> None:
    """One JSON document on standard output: an object, or an array of records and objects."""
    print(dump(value))  # noqa: T201  (the command's answer)


def _notice(console: Console, notice: str) -> None:
    if notice:
        console.print(Text(notice, style="yellow"))
        console.print()


def _date(card: DocumentCard) -> str:
    day = card.issued_on
    return f"{day.day}/{day.month}/{day.year}" if day else ""


def _heading(card: DocumentCard) -> Text:
    text = Text(card.title or card.source.rsplit("/", 1)[-1], style="bold")
    facts = " · ".join(filter(None, (card.type, card.number, card.issuer, _date(card), card.id)))
    return text.append(f"\n{facts}", style="not bold dim")


def print_search(result: SearchResult, notice: str) -> None:
    """Hits grouped by document, the question's words marked."""
    console = _console()
    _notice(console, notice)
    for line in _understood(result):
        console.print(Text(line, style="dim"))
    if not result.hits:
        console.print(
            say(
                "Không tìm thấy đoạn nào. Thử ít từ hơn, từ khác, hoặc bỏ bớt điều kiện lọc.",
                "Nothing was found. Try fewer words, other words, or fewer filters.",
            )
        )
    for rank, group in enumerate(result.groups, 1):
        console.print(Text(f"{rank}. ").append_text(_heading(group.document)))
        for hit in group.hits[:_PER_DOCUMENT]:
            place = " · ".join(
                filter(None, (hit.section, say(f"trang {hit.page}", f"page {hit.page}") if hit.page else ""))
            )
            console.print(Text(f"   [{place or '–'}] ", style="cyan").append_text(_shown(hit)))
            if hit.reasons:
                console.print(Text(f"   {_why(hit.reasons)}", style="dim"))
            if hit.also:
                others = ", ".join(" ".join(filter(None, (str(also.year or ""), also.number))) for also in hit.also)
                console.print(Text(say(f"   Cũng có trong: {others}", f"   Also in: {others}"), style="dim"))
        left = len(group.hits) - _PER_DOCUMENT
        if left > 0:
            console.print(Text(say(f"   … và {left} đoạn nữa", f"   … and {left} more"), style="dim"))
        console.print()


def _why(reasons: Reasons) -> str:
    def arm(score: float | None, share: float) -> str:
        return "–" if score is None else f"{score:.3g} → {share:.3f}"

    parts = [
        say("từ ", "words ") + arm(reasons.lexical, reasons.lexical_share),
        say("nghĩa ", "meaning ") + arm(reasons.dense, reasons.dense_share),
        say("nhân ", "times ") + f"{reasons.weight:.2f}",
    ]
    if reasons.asked_for:
        parts.append(say("hỏi theo số văn bản +1", "asked for by number +1"))
    return "; ".join(parts)


def print_facets(found: Facets) -> None:
    """The counts of what matches, and a bar a year."""
    console = _console()
    console.print(Text(say(f"{found.total} đoạn có các từ này", f"{found.total} passages with these words"), "bold"))
    most = max((each.count for each in found.year), default=1)
    for each in found.year:
        bar = "█" * max(1, round(30 * each.count / most))
        console.print(Text(f"  {each.value or '–':>4} {bar} {each.count}"))
    named = (
        (say("Tỉnh", "Province"), found.province),
        (say("Loại", "Type"), found.type),
        (say("Cơ quan ban hành", "Issuer"), found.issuer),
        (say("Cơ quan chủ trì", "Lead agency"), found.lead),
        (say("Chất lượng chữ", "Text quality"), [replace(each, value=_said(each.value)) for each in found.quality]),
    )
    for name, values in named:
        shown = ", ".join(f"{each.value or '–'} {each.count}" for each in values[:_FACET_VALUES])
        console.print(Text(f"{name}: ", "bold").append(shown, "default"))


def _said(quality: str | None) -> str | None:
    return QUALITIES[quality][language()] if quality in QUALITIES else quality


def _understood(result: SearchResult) -> Iterator[str]:
    """How the question was read, and what to try: marks restored, slips, filters that its words name."""
    question = result.question
    if question.restored:
        yield say(
            f"Tìm theo: {question.restored} (--as-typed: tìm đúng như gõ)",
            f"Searching for: {question.restored} (--as-typed: as it was typed)",
        )
    if result.correction:
        yield say(f"Có phải bạn tìm: {result.correction}", f"Did you mean: {result.correction}")
    options = []
    for suggestion in result.suggestions:
        now = say(" (nay là ", " (today ") + ", ".join(suggestion.now) + ")" if suggestion.now else ""
        value = f'"{suggestion.value}"' if " " in suggestion.value else suggestion.value
        options.append(f"--{suggestion.field} {value}{now}")
    if options:
        yield say("Có thể lọc: ", "You may filter: ") + "; ".join(options)


def _shown(hit: Hit) -> Text:
    text = Text(hit.text, style="default")
    for start, end in hit.highlights:
        text.stylize("bold green", start, end)
    lines = text.split(allow_blank=False)
    joined = Text(" ").join(line for line in lines if line.plain.strip())
    first = hit.highlights[0][0] if hit.highlights else 0
    if len(joined) > _SHOWN:
        start = max(0, min(first - _SHOWN // 3, len(joined) - _SHOWN))
        cut = joined[start : start + _SHOWN]
        joined = Text("… " if start else "").append_text(cut).append(" …")
    return joined


def print_documents(found: Sequence[DocumentCard], total: int, notice: str) -> None:
    """A table of documents."""
    console = _console()
    _notice(console, notice)
    table = Table(box=None, header_style="bold")
    for name in (
        say("Mã", "Id"),
        say("Ngày", "Date"),
        say("Số hiệu", "Number"),
        say("Cơ quan", "Issuer"),
        say("Tên", "Title"),
    ):
        table.add_column(name, overflow="fold")
    for card in found:
        table.add_row(
            card.id, _date(card), card.number or "–", card.issuer or "–", card.title or card.source.rsplit("/", 1)[-1]
        )
    console.print(table)
    console.print(say(f"{len(found)} trong {total} văn bản", f"{len(found)} of {total} documents"), style="dim")


def full_document(found: FullDocument) -> dict[str, Any]:
    """A document as JSON: its card, relations, what was found in it, outline, and passages with their text."""
    return {
        **plain(found.card),
        "media_type": found.media_type,
        "counts": plain(found.counts),
        "relations": [plain(relation) for relation in found.relations],
        "cascade": [plain(step) for step in found.cascade],
        "citations": [plain(citation) for citation in found.citations],
        "cited_by": [plain(citation) for citation in found.cited_by],
        "abbreviations": [plain(abbreviation) for abbreviation in found.abbreviations],
        "outline": [plain(provision) for provision in found.provisions],
        "passages": [{**plain(passage), "text": found.text[passage.start : passage.end]} for passage in found.passages],
    }


_RELATIONS = {
    "issues": ("Ban hành", "Issues"),
    "issued by": ("Ban hành kèm theo", "Issued by"),
    "implements": ("Thực hiện", "Implements"),
    "implemented by": ("Được thực hiện bởi", "Implemented by"),
    "amends": ("Sửa đổi", "Amends"),
    "amended by": ("Được sửa đổi bởi", "Amended by"),
    "replaces": ("Thay thế", "Replaces"),
    "replaced by": ("Được thay thế bởi", "Replaced by"),
    "reports on": ("Nói về kết quả của", "Reports on"),
    "reported by": ("Kết quả nêu trong", "Reported by"),
    "rests on": ("Căn cứ", "Rests on"),
    "basis of": ("Là căn cứ của", "Basis of"),
}


def _relations(found: FullDocument) -> Iterator[Text]:
    for relation in found.relations:
        facts = " · ".join(filter(None, (relation.type, relation.number, relation.title, relation.document)))
        line = Text(f"  {say(*_RELATIONS[relation.kind])}: ", style="dim").append(facts, style="not dim")
        if relation.found == "subject":
            line.append(say(" (theo chủ đề, cơ quan và năm)", " (by subject, authority and year)"))
        yield line
    near = {relation.document for relation in found.relations}
    for step in found.cascade:
        if step.document not in near:
            facts = " · ".join(filter(None, (step.type, step.number, step.title, step.issuer, step.document)))
            far = abs(step.step)
            above = say(f"Chuỗi thực hiện, trên {far} bậc", f"Cascade, {far} steps above")
            below = say(f"Chuỗi thực hiện, dưới {far} bậc", f"Cascade, {far} steps below")
            label = above if step.step < 0 else below
            yield Text(f"  {label}: ", style="dim").append(facts, style="not dim")


def _records(found: FullDocument) -> Iterator[Text]:
    counts, known = found.counts, sum(citation.resolved is not None for citation in found.citations)
    yield Text(
        say(
            f"  {counts.assignments} nhiệm vụ, {counts.targets} chỉ tiêu, {counts.citations} viện dẫn "
            f"({known} có trong kho), {len(found.cited_by)} lần được dẫn",
            f"  {counts.assignments} assignments, {counts.targets} targets, {counts.citations} citations "
            f"({known} in the archive), cited {len(found.cited_by)} times",
        )
    )
    if found.abbreviations:
        meant = "; ".join(f"{each.short} = {each.long}" for each in found.abbreviations)
        yield Text(f"  {say('Viết tắt', 'Abbreviations')}: ", style="dim").append(meant, style="not dim")


_LABELS = (
    ("number", "Số hiệu", "Number"),
    ("type", "Loại", "Type"),
    ("issuer", "Cơ quan ban hành", "Issuer"),
    ("province", "Tỉnh, thành phố", "Province"),
    ("place", "Nơi ban hành", "Place"),
    ("issued_on", "Ngày ban hành", "Issued on"),
    ("signer", "Người ký", "Signer"),
    ("signer_title", "Chức vụ", "Capacity"),
    ("source", "Tệp", "File"),
    ("pages", "Số trang", "Pages"),
    ("quality", "Chất lượng chữ", "Text quality"),
    ("converted_from", "Bảng mã gốc", "Original encoding"),
)


def _quality(shown: DocumentCard | Rendition) -> str:
    name = QUALITIES[shown.quality][language()]
    if shown.confidence is None:
        return name
    percent = f"{shown.confidence:.0%}".replace("%", " %")
    return f"{name} ({say(f'độ tin cậy trung bình {percent}', f'mean confidence {percent}')})"


def _renditions(card: DocumentCard) -> Iterator[Text]:
    if card.rendition_of:
        yield Text(say(f"  Bản tốt hơn: {card.rendition_of}", f"  A better rendition: {card.rendition_of}"), "yellow")
    if len(card.renditions) < 2:  # noqa: PLR2004  (one is the document itself)
        return
    yield Text(f"  {say('Các bản', 'Renditions')}:", style="dim")
    for rendition in card.renditions:
        used = say(" · bản dùng để tìm", " · searched") if rendition.best else ""
        facts = f"{rendition.document}  {rendition.media_type}, {_quality(rendition)}{used}"
        yield Text(f"    {rendition.path}  ").append(facts, style="dim")


def print_document(found: FullDocument, notice: str) -> None:
    """A document's card and outline."""
    console = _console()
    _notice(console, notice)
    card = found.card
    console.print(_heading(card))
    for name, vi, en in _LABELS:
        value = _date(card) if name == "issued_on" else getattr(card, name)
        value = _quality(card) if name == "quality" else value
        if value is not None and value != "":
            console.print(Text(f"  {say(vi, en)}: ", style="dim").append(str(value), style="default not dim"))
    if card.waiting:
        pages = ", ".join(map(str, card.waiting))
        console.print(Text(f"  {say('Trang chờ nhận dạng', 'Pages waiting for recognition')}: {pages}", style="yellow"))
    if card.year_from:
        span = str(card.year_from) if card.year_from == card.year_to else f"{card.year_from}–{card.year_to}"
        console.print(Text(f"  {say('Năm kế hoạch', 'Planned for')}: ", style="dim").append(span, style="not dim"))
    for names, vi, en in ((card.legal_bases, "Căn cứ", "Legal bases"), (card.recipients, "Nơi nhận", "Recipients")):
        if names:
            console.print(Text(f"  {say(vi, en)}: ", style="dim").append("; ".join(names), style="not dim"))
    for line in (*_renditions(card), *_relations(found), *_records(found)):
        console.print(line)
    for warning in card.warnings:
        console.print(Text(f"  ! {warning}", style="yellow"))
    console.print()
    for provision in found.provisions:
        console.print(
            Text("  " * provision.level).append(provision.path, style="cyan").append(f"  {provision.heading}")
        )
    console.print()
    count = len(found.passages)
    console.print(
        say(f"{count} đoạn, {len(found.text):,} ký tự", f"{count} passages, {len(found.text):,} characters"),
        style="dim",
    )


def print_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """What verification found."""
    if as_json:
        rows = [
            {"code": f.code, "message": f.vi if language() == "vi" else f.en, "derived": f.derived} for f in findings
        ]
        print_json({"sound": not findings, "findings": rows})
        return
    console = _console()
    if not findings:
        console.print(
            say(
                "Kho toàn vẹn: bản ghi, tệp gốc, chỉ mục từ và chỉ mục vector khớp nhau.",
                "The archive is sound: records, sources, lexical and vector index agree.",
            )
        )
    for finding in findings:
        console.print(Text("✗ ", style="red").append(finding.vi if language() == "vi" else finding.en, style="default"))
    if any(finding.derived for finding in findings):
        console.print(
            say("Dựng lại chỉ mục bằng: tienle verify --repair", "Build the indexes anew with: tienle verify --repair")
        )
    if any(finding.code in {"database", "span", "vector", "orphan"} for finding in findings):
        console.print(
            say(
                "Bản ghi hỏng thì không dựng lại được. Khôi phục vào thư mục mới: tienle restore BẢN_SAO THƯ_MỤC_MỚI",
                "Records that are damaged cannot be made anew. Restore into a new folder: tienle restore BACKUP FOLDER",
            )
        )


def print_scores(scores: Scores, *, as_json: bool) -> None:
    """A table of measures a mode."""
    if as_json:
        print_json(scores.plain())
        return
    console = _console()
    if scores.unfound:
        missing = len(scores.unfound)
        console.print(say(f"{missing} trích dẫn không có trong kho.", f"{missing} quotes are not in the archive."))
    for name, modes in scores.splits.items():
        count = scores.counts[name]
        table = Table(title=f"{name} ({count})", box=None, header_style="bold", title_justify="left")
        table.add_column("")
        measures = list(next(iter(modes.values())))
        for measure in measures:
            table.add_column(measure, justify="right")
        for mode, values in modes.items():
            cells = [f"{values[measure]:.3f}" for measure in measures]
            if name == "all":
                cells[0] += " [{:.3f}–{:.3f}]".format(*scores.intervals[mode])
            table.add_row(mode, *map(Text, cells))
        console.print(table)
