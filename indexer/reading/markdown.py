"""Markdown: headings, pipe tables and front matter are understood, inline marks are taken out of the shown text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.model import LineKind, SourceText
from indexer.reading.encoding import decode
from indexer.reading.lines import BREAK, Assembly, with_newlines

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_FIELD = re.compile(r"^([A-Za-z_]+):[ \t]*(.*)$", re.M)
_NOTE_FIELDS = ("description", "subject", "summary")

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINED = re.compile(r" {0,3}=+[ \t]*$")
# A rule of dashes stays out of the text; it is never taken for the underline of a heading, because letterheads print
# one under the issuing body's name.
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DELIMITER_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_BULLET = re.compile(r"^([ \t]*)[*•][ \t]+")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LINK_TARGET = re.compile(r" {0,3}\[[^\]]+\]:[ \t]+\S+.*$")

# In order: what is taken out of a line, and what stays of it. A single star inside a word may be a product ("2*3*4").
_INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[([^\]]*)\]\([^()]*\)"), r"\1"),  # image: its description
    (re.compile(r"(?<!\\)\[([^\]]+)\]\([^()\s]*(?:[ \t]+\"[^\"]*\")?\)"), r"\1"),  # link: its words
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|font|center|p|div|a)\b[^<>]*>", re.I), ""),
    (re.compile(r"(?<![\\`])`([^`\n]+)`"), r"\1"),
    (re.compile(r"(?<!\\)(\*\*\*|\*\*)(?=\S)(.+?)(?<=\S)(?<!\\)\1"), r"\2"),
    (re.compile(r"(?<![\\\w])(___|__)(?=\S)(.+?)(?<=\S)(?<!\\)\1(?!\w)"), r"\2"),
    (re.compile(r"(?<![\\*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s\\])\*(?![*\w])"), r"\1"),
    (re.compile(r"(?<![\\\w])_(?=[^\s_])([^_\n]+?)(?<=[^\s\\])_(?!\w)"), r"\1"),
    (re.compile(r"~~(?=\S)(.+?)(?<=\S)~~"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)
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
    _assemble(_SPANNING_EMPHASIS.sub(r"\2", _COMMENT.sub("", text)), assembly)
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
    )


def _scalar(value: str) -> str:
    """A plain or quoted YAML scalar on one line; block scalars give nothing."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return "" if value in {"|", ">", "|-", ">-"} else value


def _assemble(text: str, assembly: Assembly) -> None:
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
            if not _DELIMITER_ROW.match(line):
                assembly.add(" | ".join(_cells(line)), LineKind.ROW)
        else:
            _add_line(line, lines[number + 1] if number + 1 < len(lines) else "", assembly)


def _add_line(line: str, following: str, assembly: Assembly) -> None:
    heading = _HEADING.match(line)
    if heading:
        assembly.add(_plain(heading[2]), LineKind.HEADING, len(heading[1]))
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


def _table_lines(lines: list[str]) -> Iterator[int]:
    """Numbers of the lines that are pipe tables: a row, a delimiter row, and the rows after it."""
    number = 1
    while number < len(lines):
        if "|" in lines[number] and "|" in lines[number - 1] and _DELIMITER_ROW.match(lines[number]):
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
    return line.rstrip("\\") if line.endswith("\\") else line
