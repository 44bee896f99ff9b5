"""A call that is not understood, told in the reader's language."""

from __future__ import annotations

import re

import typer

from corpus.errors import QueryError

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""What typer raises for such a call; it exports this class itself under no name."""

# What typer says (its messages in English), and how it is told in Vietnamese.
_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        (
            r"No such option: ([^\s.]+)\.? \((?:Possible options|Did you mean)[: ]*(.+?)\??\)",
            "không có {0}; gần giống: {1}",
        ),
        (r"No such option: ([^\s.]+).*", "không có {0}"),
        (r"No such command '(.+?)'\. Did you mean (.+)\?", "không có lệnh {0}; gần giống: {1}"),
        (r"No such command '(.+?)'.*", "không có lệnh {0}"),
        (r"Missing \w+ '(.+?)'.*", "thiếu {0}"),
        (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "thừa {0}; tên nhiều chữ thì đặt trong ngoặc kép"),
        (r"Option '(.+?)' requires an argument\.", "{0} thiếu giá trị"),
        (r"Option '(.+?)' does not take a value\.", "{0} không nhận giá trị"),
        (r"Invalid value for '(.+?)': .*greater than or equal to (\S+)", "{0} nhỏ nhất là {1}"),
        (r"Invalid value for '(.+?)': .*less than or equal to (\S+)", "{0} lớn nhất là {1}"),
        (r"Invalid value for '(.+?)': .*integer.*", "{0} phải là số nguyên"),
        (r"Invalid value for '(.+?)': .*?'([^']*)' is not one of (.+?)\.?", "{0} không có “{1}”; chọn: {2}"),
        (r"Invalid value for '(.+?)': .*", "{0} không đúng dạng"),
    )
)


def told(error: Exception) -> QueryError:
    """What was wrong with a call and where its help is."""
    said = str(getattr(error, "format_message", error.__str__)()).strip()
    command = getattr(getattr(error, "ctx", None), "command_path", "tienle")
    matches = ((pattern.fullmatch(said), told) for pattern, told in _SAID)
    vi = next((told.format(*match.groups()) for match, told in matches if match), said)
    en = said.rstrip(".")
    return QueryError("usage", f"Lệnh chưa đúng: {vi}. Xem: {command} --help", f"{en}. See: {command} --help")
