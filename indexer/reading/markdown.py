"""Markdown: headings, pipe tables and front matter are understood, inline marks are taken out of the shown text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.model import LineKind, SourceText, Table
from indexer.reading.encoding import decode
from indexer.reading.lines import BREAK, Assembly, with_newlines
from indexer.reading.tables import GridCell, TableAssembly

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_FIELD = re.compile(r"^([A-Za-z_]+):[ \t]*(.*)$", re.M)
_NOTE_FIELDS = ("description", "subject", "summary")

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)$")
_UNDERLINED = re.compile(r" {0,3}=+[ \t]*$")
# A rule of dashes stays out of the text; it is never taken for the underline of a heading, because letterheads print
# one under the issuing body's name.
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DELIMITER_CELL = re.compile(r"\s*:?-+:?\s*")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_BULLET = re.compile(r"^([ \t]*)[*•][ \t]+")
_LINK_TARGET = re.compile(r" {0,3}\[[^\]]+\]:[ \t]+\S+.*$")

# In order: what is taken out of a line, and what stays of it. None reads on past where the next match may begin, so
# that a line of nothing but brackets takes time in proportion to its length.
_INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[([^\[\]]*)\]\([^()]*\)"), r"\1"),  # image: its description
    (re.compile(r"(?<!\\)\[([^\[\]]+)\]\([^()\s]*(?:[ \t]+\"[^\"]*\")?\)"), r"\1"),  # link: its words
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|font|center|p|div|a)\b[^<>]*>", re.I), ""),
    (re.compile(r"(?<![\\`])`([^`\n]+)`"), r"\1"),
    (re.compile(r"~~(?=\S)([^~\n]+)(?<=\S)~~"), r"\1"),
)
_ESCAPED = (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1")
_EMPHASIS = re.compile(r"\\?(\*+|_+)")
_LONGEST_MARK = 3
_SPANNING_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3})(?=\S)((?:[^*\n]+\n){1,4}[^*\n]*?\S)\1(?![\w*])")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.I)


def read_markdown(data: bytes) -> SourceText:
    """The text of a Markdown file (CommonMark and pipe tables), as lines that read well without its marks."""
    decoded = decode(data)
    text = with_newlines(decoded.text)
    fields = {}
    front = _FRONT_MATTER.match(text)
    if front:
        fields = {name.lower(): _scalar(value) for name, value in _FIELD.findall(front[1])}
        text = text[front.end() :]
    assembly = Assembly()
    tables = _assemble(_SPANNING_EMPHASIS.sub(r"\2", _without_comments(text)), assembly)
    shown, lines = assembly.finish()
    return SourceText(
        text=shown,
        lines=lines,
        media_type="text/markdown",
        reader="markdown",
        wrapped=True,
        quality=decoded.quality,
        title=fields.get("title", ""),
        note=next((fields[name] for name in _NOTE_FIELDS if fields.get(name)), ""),
        warnings=decoded.warnings,
        converted_from=decoded.converted_from,
        tables=tables,
    )


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]])


def _scalar(value: str) -> str:
    """A plain or quoted YAML scalar on one line; block scalars give nothing."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return "" if value in {"|", ">", "|-", ">-"} else value


def _assemble(text: str, assembly: Assembly) -> tuple[Table, ...]:
    tables = TableAssembly(assembly)
    rows: list[str] = []
    lines = BREAK.split(text)
    fence = ""
    table: set[int] = set(_table_lines(lines))
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        elif fence:
            assembly.add(line)
        elif number in table:
            rows.append(line)
            if number + 1 not in table:
                tables.add([[GridCell(cell) for cell in _cells(row)] for row in (rows[0], *rows[2:])], marked=1)
                rows.clear()
        else:
            _add_line(line, lines[number + 1] if number + 1 < len(lines) else "", assembly)
    return tuple(tables.tables)


def _add_line(line: str, following: str, assembly: Assembly) -> None:
    heading = _HEADING.match(line)
    if heading:
        assembly.add(_plain(_without_closing_marks(heading[2])), LineKind.HEADING, len(heading[1]))
    elif not line.strip():
        assembly.gap()
    elif _RULE.match(line) or _UNDERLINED.match(line) or _LINK_TARGET.match(line):
        return
    elif _UNDERLINED.match(following):
        assembly.add(_plain(line), LineKind.HEADING, 1)
    else:
        quoted = _QUOTE.match(line)
        line = line[quoted.end() :] if quoted else line
        assembly.add("\n".join(_plain(part) for part in _BREAK_TAG.split(_BULLET.sub(r"\1- ", line, count=1))))


def _without_closing_marks(heading: str) -> str:
    """A heading's words without the closing sequence of "#" (CommonMark 4.2)."""
    bare = heading.rstrip().rstrip("#")
    return bare if not bare or bare[-1] in " \t" else heading


def _is_delimiter_row(line: str) -> bool:
    return all(map(_DELIMITER_CELL.fullmatch, line.strip().removeprefix("|").removesuffix("|").split("|")))


def _table_lines(lines: list[str]) -> Iterator[int]:
    """Numbers of the lines that are pipe tables: a row, a delimiter row, and the rows after it."""
    number = 1
    while number < len(lines):
        if "|" in lines[number] and "|" in lines[number - 1] and _is_delimiter_row(lines[number]):
            yield number - 1
            while number < len(lines) and "|" in lines[number]:
                yield number
                number += 1
        number += 1


def _cells(line: str) -> list[str]:
    parts = _CELL_EDGE.split(line.strip())
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [" ".join(_plain(_BREAK_TAG.sub(" ", part)).split()) for part in parts]


def _plain(line: str) -> str:
    """A line without its inline marks."""
    for pattern, kept in _INLINE:
        line = pattern.sub(kept, line)
    pattern, kept = _ESCAPED
    line = pattern.sub(kept, _without_emphasis(line))
    return line.rstrip("\\") if line.endswith("\\") else line


def _without_emphasis(line: str) -> str:
    """A line without pairs of stars or underscores around words (CommonMark 6.2, nesting left aside).

    A single star or an underscore inside a word is none: it may be a product ("2*3*4") or part of a name.
    """
    opened: dict[str, tuple[int, int]] = {}
    dropped: list[tuple[int, int]] = []
    for run in _EMPHASIS.finditer(line):
        mark, (start, end) = run[1], run.span()
        if start != run.start(1) or len(mark) > _LONGEST_MARK:
            continue
        before, after = line[start - 1 : start], line[end : end + 1]
        strict = mark[0] == "_" or len(mark) == 1
        parts = [mark] if mark in opened else [mark[:1], mark[:2]] if len(mark) == _LONGEST_MARK else [mark]
        if before.strip() and not (strict and after.isalnum()) and all(part in opened for part in parts):
            dropped += [opened.pop(part) for part in parts] + [(start, end)]
        elif after.strip() and not (strict and before.isalnum()):
            opened[mark] = (start, end)
    kept, at = [], 0
    for start, end in sorted(dropped):
        kept.append(line[at:start])
        at = end
    return "".join([*kept, line[at:]])
