"""What a day's work would give: one regular expression a field, line by line. The floor of the extraction's scores."""

from __future__ import annotations

import re
from typing import Any

from corpus.model import ParsedDocument

_NUMBER = re.compile(r"Số:\s*(\d+\s*/[A-ZĐa-z\d-]+)")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})")
_TYPE = re.compile(r"^(KẾ HOẠCH|QUYẾT ĐỊNH|CHỈ THỊ|BÁO CÁO|CHƯƠNG TRÌNH|NGHỊ QUYẾT)\n+(.+)", re.MULTILINE)
_MARK = re.compile(r"^(?:([IVX]+)\.|(\d+)\.|([a-zđ])\))\s+(?P<heading>.+)", re.MULTILINE)
_LEADS = re.compile(
    r"^\W*(?:[a-zđ]\)|\d+\.)?\s*(?P<lead>[A-ZĐ][^.;:]{3,60}?)\s+chủ trì,?\s+"
    r"(?:phối hợp với\s+(?P<with>(?:các |Sở |UBND )[^;.]{3,40}?)\s+(?=[a-zđ]))?(?P<task>[^;.]+)",
    re.MULTILINE,
)
_DUE = re.compile(r"trước ngày\s+\d{1,2}/\d{1,2}/\d{4}|[Qq]uý\s+[IV]+/\d{4}|tháng\s+\d{1,2}/\d{4}")
_SHARE = re.compile(r"(?P<indicator>[^.;:\n]{5,80}?)\s(?P<value>\d+(?:,\d+)?)\s?%")
_CITED = re.compile(r"(?P<type>[A-ZĐ]\S+ \S+) số\s+(?P<number>\d+[a-z]?(?:/\d{4})?/[A-ZĐ][\w-]+)")
_SHORT = re.compile(r"(?P<long>(?:\w+ ){2,6}\w+) \((?P<short>[A-ZĐ]{2,8})\)")


def naive(parsed: ParsedDocument) -> dict[str, Any]:
    """A document's records in the gold's shape, by plain patterns over its text."""
    text = parsed.source.text
    return {
        "document": _document(text),
        "outline": _outline(text),
        "assignments": [_assignment(match, text) for match in _LEADS.finditer(text)],
        "targets": [
            {
                "indicator": match["indicator"],
                "comparator": "=",
                "value": float(match["value"].replace(",", ".")),
                "unit": "%",
            }
            for match in _SHARE.finditer(text)
        ],
        "citations": [
            {"number": number, "type": type_}
            for number, type_ in {match["number"]: match["type"] for match in _CITED.finditer(text)}.items()
        ],
        "abbreviations": [match.groupdict() for match in _SHORT.finditer(text)],
    }


def _document(text: str) -> dict[str, Any]:
    number, issued, titled = _NUMBER.search(text), _DATE.search(text), _TYPE.search(text)
    years = re.findall(r"năm (20\d\d)", titled[2]) if titled else []
    return {
        "number": re.sub(r"\s", "", number[1]) if number else None,
        "type": titled[1].capitalize() if titled else None,
        "title": titled[2] if titled else None,
        "issued_on": f"{issued[3]}-{int(issued[2]):02}-{int(issued[1]):02}" if issued else None,
        "year_from": int(years[0]) if years else None,
        "year_to": int(years[0]) if years else None,
        "recipients": re.findall(r"^- (.+);$", text.rpartition("Nơi nhận")[2], re.MULTILINE),
        "legal_bases": [],
    }


def _outline(text: str) -> list[dict[str, str]]:
    above: list[str] = []
    rows = []
    for match in _MARK.finditer(text):
        level = next(at for at, label in enumerate(match.groups()) if label)
        above = [*above[:level], match[level + 1]]
        rows.append({"path": ".".join(above), "heading": match["heading"]})
    return rows


def _assignment(match: re.Match[str], text: str) -> dict[str, Any]:
    due = _DUE.search(text, match.end("task"), match.end("task") + 60)
    return {
        "task": match["task"],
        "lead": [match["lead"]],
        "coordinating": [match["with"]] if match["with"] else [],
        "due_text": due[0] if due else None,
    }
