"""Hostile questions and filters for :mod:`benchmarks.fuzz`, asked over HTTP as a browser's address line would."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from benchmarks.fuzzing import samples

if TYPE_CHECKING:
    from starlette.testclient import TestClient

LONGEST = 20_000  # bytes of an address; servers take 64 KB at most

_QUESTIONS = [
    "cải cách hành chính", "cai cach thu tuc hanh chinh", "Sở Nội vụ chủ trì", "11/KH-UBND", "kh 11 ubnd 2017",
    "298/QĐ-UBND ngày 5/3/2024",
    '"một cửa" -điện', 'tỉnh:"Sơn Khê" năm:2017..2020', "loại:kế-hoạch đào tạo nghề", "cơ-quan:sở-nội-vụ",
    'văn-bản:"11/KH-UBND"',
    "CCHC TTHC", "tỷ lệ hài lòng trên 90%", "nước sạch nông thôn 2022-2025", "quý II/2018",
    "UBND các huyện phối hợp", "precedents for e-government",
    "title:kế^2 AND [a TO b]", "số:11 số:12", "chất-lượng:ocr", "-một -cửa", '"', "năm:", 'tỉnh:""',
    "a*b?c~2 /x.*y/ +d -e (f OR g)",
]  # fmt: skip

_VALUES: dict[str, list[str]] = {
    "year": [
        "2017", "2017..2020", "..2020", "2017..", "2020..2017", "1945-2100", "0", "99999", "２０１７", "٢٠١٧",
        "2017...2018",
    ],
    "province": ["Sơn Khê", "Vĩnh Lâm", "son khe", "Khánh Hòa", "TP. Hồ Chí Minh", "tỉnh Sơn Khê", "Hà"],
    "type": ["Kế hoạch", "quyet dinh", "Quyết định", "báo"],
    "quality": ["native", "ocr", "converted", "mixed", "bản gốc"],
    "agency": [
        "Sở Nội vụ", "UBND huyện", "so noi vu", "Sở Thông tin và Truyền thông", "các sở, ban, ngành", "UBND",
    ],
    "lead": ["Sở Nội vụ", "Văn phòng UBND tỉnh", "sở"],
    "document": ["11/KH-UBND", "kh-11", "298/QĐ-UBND", "44b5e0", "07-kh-ubnd-cai-cach-hanh-chinh-2019.docx", "*"],
    "due_from": [
        "2018-04-15", "15/4/2018", "4/2018", "Quý II/2018", "31/2/2018", "Quý V/2018", "29/2/2100", "0001-01-01",
        "9999-12-31",
    ],
    "due_to": ["2018-12-31", "cuối năm 2018", "12/2018", "10000-01-01", "6 tháng đầu năm 2018", "00/00/0000"],
    "limit": ["1", "10", "100", "1000", "0", "-1"],
    "offset": ["0", "1", "100", "10000000", "-1"],
    "format": ["json", "csv", "xlsx", "ics", "docx"],
    "mode": ["hybrid", "lexical", "dense", "vector"],
    "sort": ["relevance", "newest", "oldest", "deadline"],
    "group": ["none", "agency", "province", "year", "document"],
    "after": ["eyJ", "AAAA", "e30=", "W10"],
    "lang": ["vi", "en", "fr"],
}  # fmt: skip

_HOSTILE = [
    "", " ", "\0", "'", '"', "%", "_", "' OR 1=1 --", "'); DROP TABLE documents; --", "[]", "{}", "null", "true",
    "NaN", "1e309",
    "-0", str(2**31), str(2**63), str(2**64), "9" * 400, "9" * 5_000, "²", "½", "Ⅳ", "\u202e", "\ufeff", "\ufffe",
    "\U0010ffff", "\ud800",
    "../../etc/passwd", "%00", "\r\nX: y", "a" * 5_000, "đ" * 3_000, "ệ" * 1_000, "e\u0323\u0302" * 500,
    "\u0301" * 2_000, "👩‍👩‍👧‍👦" * 50,
    "\u200b", "\t", "\x1b[31m", "(" * 500, '"' * 501, "-" * 500, ":" * 200, "x:y " * 400, '-"a" ' * 300,
    "kh-ubnd/" * 200, "1/" * 500,
]  # fmt: skip

_ALPHABETS = [
    "aăâbcdđeêghiklmnoôơpqrstuưvxy ",
    "áàảãạấầẩẫậ ",
    "0123456789/.-",
    '":-()[]{}^~*?\\/+&|!',
    "ABCĐ/-",
    "中文한국ไทย العربية",
]


@cache
def _sentences() -> list[str]:
    return [line for data in samples()[".txt"] for line in data.decode("utf-8", "replace").splitlines() if line.strip()]


def _noise(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.choice([1, 3, 40])))
    return "".join(chance.choices(chance.choice(_ALPHABETS), k=chance.choice([1, 3, 12, 80])))


def _cut_out(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.choice([1, 3, 20]) :]


def _put_in(chance: random.Random, text: str, more: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + more + text[at:]


def _repeated(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text + chance.choice(["", " "]).join(
        [text[at : at + chance.choice([1, 8, 60])]] * chance.choice([2, 30, 400])
    )


_CHANGES: list[Callable[[random.Random, str], str]] = [
    _cut_out,
    _repeated,
    lambda chance, text: _put_in(chance, text, _noise(chance)),
    lambda chance, text: _put_in(chance, text, chance.choice(_HOSTILE)),
    lambda chance, text: _put_in(chance, text, chance.choice(['"', "-", ":", " -", '" ', "năm:", "tỉnh:", "/", "%"])),
    lambda chance, text: _put_in(chance, text, chance.choice(_QUESTIONS)),
    lambda chance, text: unicodedata.normalize(chance.choice(["NFC", "NFD", "NFKC", "NFKD"]), text),
    lambda chance, text: chance.choice([str.upper, str.lower, str.title, str.swapcase])(text),
    lambda chance, text: "".join(chance.sample(text, len(text))) if len(text) < 2_000 else text[::-1],
    lambda _, text: text.encode(errors="replace").decode("cp1252", "replace"),
]


def changed(chance: random.Random, text: str) -> str:
    """A text changed in a few ways, one after the other, or left as it is."""
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        text = chance.choice(_CHANGES)(chance, text)
    return text


def question(chance: random.Random) -> str:
    """What somebody might type, and what nobody would."""
    kind = chance.random()
    if kind < 0.15:
        return chance.choice(_HOSTILE)
    if kind < 0.25:
        return _noise(chance)
    return changed(chance, chance.choice(_QUESTIONS if kind < 0.65 else _sentences()))


def question_address(chance: random.Random, _: dict[str, list[dict[str, Any]]]) -> str:
    """The address of a search that asks a hostile question."""
    asked = [("q", question(chance)), ("limit", chance.choice(["3", "20"]))]
    if chance.random() < 0.3:
        asked.append(("as_typed", "true"))
    if chance.random() < 0.2:
        asked.append(("explain", "true"))
    return _address("/api/v1/search", asked)


def filters_address(chance: random.Random, described: dict[str, list[dict[str, Any]]]) -> str:
    """The address of a list with some of its parameters (``described``: path to parameters), one or two hostile."""
    path = chance.choice(sorted(described))
    names = [each["name"] for each in described[path]]
    asked = {"q": "cải cách hành chính"} if path.endswith("search") or chance.random() < 0.2 else {}
    asked |= {name: _usual(chance, name)[0] for name in chance.sample(names, chance.choice([0, 1, 2]))}
    for name in chance.sample(names, chance.choice([1, 1, 1, 2])):
        kind = chance.random()
        if kind < 0.2:
            asked[name] = chance.choice(_HOSTILE)
        else:
            known = chance.choice(_usual(chance, name))
            asked[name] = known if kind < 0.5 else changed(chance, known)
    return _address(path, list(asked.items()))


def _usual(chance: random.Random, name: str) -> list[str]:
    """Values of a parameter, the first of which is understood."""
    values = _VALUES.get(name, ["true", "false", "1", "11/KH-UBND"])
    return [chance.choice(values[:2]), *values]


def _address(path: str, asked: list[tuple[str, str]]) -> str:
    # A lone surrogate becomes bytes that are no UTF-8, as a broken client would send them.
    return f"{path}?{urlencode(asked, errors='surrogatepass', quote_via=quote)}"[:LONGEST]


def listed(description: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The lists that take filters, and the parameters of each, as the service describes itself."""
    paths = (f"/api/v1/{name}" for name in ("search", "assignments", "targets", "citations", "documents"))
    return {path: description["paths"][path]["get"]["parameters"] for path in paths}


def ask(client: TestClient, address: str) -> str:
    """What became of a request: "answered", "refused CODE" or "wrong …"."""
    answer = client.get(address)
    if answer.status_code == 200:
        fault = _fault(answer.url.path, answer.headers["content-type"], answer.content)
        return f"wrong {fault}" if fault else "answered"
    if 400 <= answer.status_code < 500 and answer.headers["content-type"].startswith("application/problem+json"):
        problem = answer.json()
        if answer.status_code != 429 and problem["code"] and problem["detail"]:
            return f"refused {problem['code']}"
    return f"wrong {answer.status_code} {answer.text[:200]}"


def _fault(path: str, media_type: str, content: bytes) -> str | None:
    """What in an answer cannot be: more than was asked for, marks outside their text."""
    if not media_type.startswith("application/json"):
        return None if content else "an empty file"
    told = json.loads(content)
    records = told["hits" if path.endswith("search") else path.rpartition("/")[2]]
    if len(records) > min(told.get("limit") or len(records), told.get("total", len(records))):
        return "more than its limit or total"
    marks = ((mark, hit["text"]) for hit in told.get("hits", []) for mark in hit["highlights"])
    if not all(0 <= start <= end <= len(text) for (start, end), text in marks):
        return "a highlight outside its text"
    return None
