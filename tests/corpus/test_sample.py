"""The sample archive says what it is, its manifest tells the truth, its stories hold, and no text in it is borrowed."""

import json
import lzma
import os
import re
import tomllib
import unicodedata
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "corpus" / "sample"
DATA = Path(os.environ.get("TIENLE_DATA", "no-such-folder"))
NOTICE = "TÀI LIỆU MINH HỌA (illustrative)"
FORMATS = {".docx": 11, ".html": 8, ".txt": 8, ".md": 4, ".pdf": 6}

MANIFEST_FILE = Path(__file__).with_name("sample_manifest.jsonl")
STORY = Path(__file__).parents[2] / "docs" / "sample-archive.md"
MANIFEST: list[dict[str, Any]] = [json.loads(line) for line in MANIFEST_FILE.read_text().splitlines()]
FILES = [entry["file"] for entry in MANIFEST]
each_document = pytest.mark.parametrize("entry", MANIFEST, ids=FILES)

# National documents that the archive cites, as they were issued.
NATIONAL = {
    "30c/NQ-CP": date(2011, 11, 8),
    "36a/NQ-CP": date(2015, 10, 14),
    "131/NQ-CP": date(2022, 10, 6),
    "76/NQ-CP": date(2021, 7, 15),
    "1956/QĐ-TTg": date(2009, 11, 27),
    "225/QĐ-TTg": date(2016, 2, 4),
    "1340/QĐ-TTg": date(2016, 7, 8),
    "45/2016/QĐ-TTg": date(2016, 10, 19),
    "749/QĐ-TTg": date(2020, 6, 3),
    "1978/QĐ-TTg": date(2021, 11, 24),
    "06/QĐ-TTg": date(2022, 1, 6),
    "3490/QĐ-BNV": date(2016, 10, 10),
    "16/2015/NĐ-CP": date(2015, 2, 14),
    "61/2018/NĐ-CP": date(2018, 4, 23),
    "30/2020/NĐ-CP": date(2020, 3, 5),
    "45/2020/NĐ-CP": date(2020, 4, 8),
    "60/2021/NĐ-CP": date(2021, 6, 21),
    "107/2021/NĐ-CP": date(2021, 12, 6),
    "08/2022/NĐ-CP": date(2022, 1, 10),
    "42/2022/NĐ-CP": date(2022, 6, 24),
    "118/2025/NĐ-CP": date(2025, 6, 9),
}

# Words that official documents must share (normalised as `words` does), and why. A run across one is not borrowed.
NAME = r"(?:sở|ban|bộ|văn phòng|trung tâm|ủy ban|ubnd|công an|cục|hội|bưu điện|thanh tra)(?: (?!chủ)\w+){0,8}?"
FORMULAS = {
    "national motto": r"cộng hòa xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc(?: số \d+)?",
    "signature block (Decree 30/2020/NĐ-CP, annex I)": r"tm ủy ban nhân dân(?: kt)? chủ tịch(?: phó chủ tịch)?",
    "enacting words (the same annex)": r"(?:quyết định )?điều 1 ban hành kèm theo quyết định này kế hoạch",
    "who must comply (the same annex)": r"điều 3 chánh văn phòng ủy ban nhân dân tỉnh(?: (?:giám đốc|thủ trưởng))?",
    "closing article and recipients": r"thi hành quyết định này(?: nơi nhận như điều 3)?",
    "who proposes": r"đề nghị của giám đốc sở nội vụ(?: tại tờ trình số)?",
    "who leads, with whom": NAME + r" chủ trì phối hợp với(?: các)?(?: sở \w+ \w+(?: và \w+ \w+)?)?",
    "name of a body": r"(?:ủy ban )?mặt trận tổ quốc việt nam tỉnh",
    "type of plan": r"kế hoạch (?:tuyên truyền )?cải cách hành chính(?: nhà nước)?(?: giai đoạn)? \w+ \d+",
    "date of a document": r"ngày \d+ (?:tháng )?\d+ (?:năm )?\d{4}(?: của (?:chính phủ|thủ tướng chính phủ))?",
    "title of a law": r"luật (?:tổ chức chính quyền địa phương|bảo vệ môi trường|phòng chống thiên tai)",
    "title of 30c/NQ-CP, 76/NQ-CP": r"chương trình tổng thể cải cách hành chính nhà nước giai đoạn \d+ \d+",
    "title of 3490/QĐ-BNV": r"thông tin tuyên truyền cải cách hành chính giai đoạn 2016 2020",
    "title of 61/2018/NĐ-CP": r"cơ chế một cửa một cửa liên thông trong giải quyết thủ tục hành chính",
    "title of 118/2025/NĐ-CP": r"thực hiện thủ tục hành chính theo cơ chế một cửa một cửa liên thông"
    r" tại bộ phận một cửa và cổng dịch vụ công quốc gia",
    "title of 45/2020/NĐ-CP": r"thực hiện thủ tục hành chính trên môi trường điện tử",
    "title of 42/2022/NĐ-CP": r"quy định về việc cung cấp thông tin và dịch vụ công trực tuyến"
    r" của cơ quan nhà nước trên môi trường mạng",
    "title of 08/2022/NĐ-CP": r"quy định chi tiết một số điều của",
    "title of 107/2021/NĐ-CP": r"sửa đổi bổ sung một số điều của nghị định số",
    "title of 06/QĐ-TTg": r"đề án phát triển ứng dụng dữ liệu về dân cư định danh và xác thực điện tử"
    r" phục vụ chuyển đổi số quốc gia giai đoạn 2022 2025 tầm nhìn đến năm 2030",
    "title of 749/QĐ-TTg": r"chương trình chuyển đổi số quốc gia đến năm 2025 định hướng đến năm 2030",
    "title of 1978/QĐ-TTg": r"chiến lược quốc gia cấp nước sạch và vệ sinh nông thôn đến năm 2030 tầm nhìn",
    "title of 1956/QĐ-TTg": r"đề án đào tạo nghề cho lao động nông thôn đến năm 2020",
}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower().replace("_", " "))


@cache
def read(file: str) -> tuple[list[str], str]:
    """Paragraphs in reading order and the file's own description."""
    path = SAMPLE / file
    readers = {".docx": read_word, ".html": read_html, ".pdf": read_pdf, ".md": read_markdown, ".txt": read_text}
    lines, note = readers[path.suffix](path)
    return [line.strip() for line in lines if line.strip()], note


def read_word(path: Path) -> tuple[list[str], str]:
    from docx import Document
    from docx.table import Table

    document = Document(str(path))
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(dict.fromkeys(cell.text for cell in row.cells)) for row in block.rows]
        else:
            lines.append(block.text)
    return lines, f"{document.core_properties.subject} {document.core_properties.keywords}"


def read_html(path: Path) -> tuple[list[str], str]:
    from lxml import html

    page = html.fromstring(path.read_bytes())
    for node in page.iter("br", "td", "th"):
        node.tail = ("\n" if node.tag == "br" else " | ") + (node.tail or "")
    assert page.findtext(".//title")
    return page.find("body").text_content().splitlines(), page.xpath("string(//meta[@name='description']/@content)")


def read_pdf(path: Path) -> tuple[list[str], str]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        assert len(pdf) > 1, "the PDFs have several pages"
        text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
        return text.splitlines(), f"{pdf.get_metadata_value('Subject')} {pdf.get_metadata_value('Keywords')}"


def read_markdown(path: Path) -> tuple[list[str], str]:
    _, front, body = path.read_text().split("---\n", 2)
    return re.sub(r"[*#]", "", body).splitlines(), front.splitlines()[0].removeprefix("description: ").strip('"')


def read_text(path: Path) -> tuple[list[str], str]:
    text = path.read_text().replace("\f", "\n")
    return text.splitlines(), text.splitlines()[0]


def flat(file: str) -> str:
    return re.sub(r"\s+", " ", " ".join(read(file)[0]))


def long_date(day: date) -> str:
    return (
        f"ngày {day.day:02} tháng {day.month:02} năm {day.year}"
        if day.month < 3
        else (f"ngày {day.day:02} tháng {day.month} năm {day.year}")
    )


def test_manifest_lists_exactly_the_files_in_every_format() -> None:
    found = {str(path.relative_to(SAMPLE)) for path in SAMPLE.rglob("*") if path.suffix in FORMATS}
    assert found == set(FILES)
    assert len(FILES) == len(set(FILES)) >= 34
    for suffix, least in FORMATS.items():
        assert sum(file.endswith(suffix) for file in FILES) >= least, suffix


@each_document
def test_every_file_says_that_it_is_illustrative(entry: dict[str, Any]) -> None:
    lines, note = read(entry["file"])
    assert lines[0].startswith(NOTICE)
    assert note.startswith(NOTICE)
    if entry["file"].endswith((".docx", ".pdf")):
        assert "illustrative" in note.removeprefix(NOTICE), "keywords say it too"


@each_document
def test_manifest_agrees_with_the_file(entry: dict[str, Any]) -> None:
    text = flat(entry["file"])
    head = text[:900].casefold()
    issued = date.fromisoformat(entry["issued_on"])
    assert entry["file"].split("/")[1] == str(issued.year)
    assert entry["title"].casefold() in head
    assert entry["title"][0].isupper() and not entry["title"].isupper()
    if entry["type"] == "Bài báo":
        assert entry["number"] is entry["signer"] is entry["signer_title"] is entry["place"] is None
        assert f"{entry['issuer']}".casefold() in head
        return
    assert f"Số: {entry['number']}" in text
    assert f"{entry['place']}, {long_date(issued)}" in text
    assert f"{entry['type'].upper()} " in text
    department, _, province = entry["issuer"].partition(" tỉnh ")
    assert province == entry["province"]
    assert f"TỈNH {province.upper()}" in text and department.upper() in text
    assert f"{entry['signer_title'].upper()} {entry['signer']}" in text or (
        entry["signer_title"].upper() in text and entry["signer"] in text
    )
    assert entry["signer"].split()[-1] in {"Mẫu", "Thử"}
    assert str(entry["year_from"]) in entry["title"] + text and entry["year_from"] <= entry["year_to"]


@each_document
def test_documents_have_the_length_of_real_ones(entry: dict[str, Any]) -> None:
    assert 500 <= len(flat(entry["file"]).split()) <= 1800


def test_no_document_is_a_copy_of_another() -> None:
    runs = {file: shingles(words(flat(file)), 6) for file in FILES}
    alike = {(a, b): len(runs[a] & runs[b]) / min(len(runs[a]), len(runs[b])) for a, b in combinations(FILES, 2)}
    assert max(alike.values()) < 0.25, max(alike, key=lambda pair: alike[pair])


def test_archive_holds_the_forms_that_readers_meet() -> None:
    from docx import Document

    plain = [(SAMPLE / file).read_text() for file in FILES if file.endswith(".txt")]
    assert any(re.search(r"[^.;:\n]\n*\f(?:\d+\n\n)?[^\n]", text) for text in plain), "a page ends inside a sentence"
    assert any(max(map(len, text.splitlines())) > 300 for text in plain), "a paragraph is a line"
    word = [Document(str(SAMPLE / file)) for file in FILES if file.endswith(".docx")]
    headed = [
        any((p.style.name or "").startswith("Heading") for p in document.paragraphs if p.style) for document in word
    ]
    assert True in headed and False in headed, "heading styles in some, plain bold in others"
    assert all(len(document.tables[0].columns) == 2 for document in word), "the two-column header"
    annexed = [e["file"] for e in MANIFEST if e["type"] == "Quyết định" and "PHỤ LỤC" in flat(e["file"])]
    assert len(annexed) >= 2
    for file in annexed:
        assert re.search(r"TT (\| )?Nhiệm vụ (\| )?Sản phẩm (\| )?Tiến độ (\| )?Cơ quan chủ ?trì", flat(file)), file


def test_register_of_provinces_is_read_as_written() -> None:
    register = tomllib.loads((SAMPLE / "archive.toml").read_text())
    assert register["archive"]["notice"].endswith(")")
    assert [(p["name"], p.get("valid_to"), p.get("successor")) for p in register["province"]] == [
        ("Vĩnh Lam", None, None),
        ("Sơn Khê", date(2025, 6, 30), "Vĩnh Lam"),
    ]
    assert {entry["province"] for entry in MANIFEST} == {"Vĩnh Lam", "Sơn Khê"}
    assert not [e["file"] for e in MANIFEST if e["province"] == "Sơn Khê" and e["issued_on"] > "2025-06-30"]


@each_document
def test_cited_documents_have_their_true_date(entry: dict[str, Any]) -> None:
    own = {e["number"]: date.fromisoformat(e["issued_on"]) for e in sorted(MANIFEST, key=lambda e: e["province"])}
    cited = re.findall(
        r"số (\d+\w?(?:/\d{4})?/[A-ZĐ]{2}(?:-[A-ZĐa-z]+)?) ngày (\d+)(?:/| tháng )(\d+)(?:/| năm )(\d{4})",
        flat(entry["file"]),
    )
    issued = {(e["number"], date.fromisoformat(e["issued_on"])) for e in MANIFEST}
    for number, day, month, year in cited:
        when = date(int(year), int(month), int(day))
        assert when <= date.fromisoformat(entry["issued_on"]), f"{number} is cited before it exists"
        if number in NATIONAL:
            assert NATIONAL[number] == when, number
        elif (
            "TTr" not in number and number != "11/KH-UBND"
        ):  # submissions, and the plan for 2022, are not in the archive
            assert (number, when) in issued, (number, own.get(number))


def story_rows() -> list[tuple[str, str, str, str, str, str]]:
    """Province, year, document, satisfaction goal, online goal and lead of the one-stop software, from the story."""
    rows, province = [], ""
    for line in STORY.read_text().splitlines():
        if line.startswith("## Facts"):
            province = line.rpartition(": ")[2]
        if re.match(r"\| 20\d\d \|", line):
            year, number, satisfied, online, lead = (cell.strip() for cell in line.strip("|").split("|"))
            rows.append((province, year, number, satisfied, online, lead))
    return rows


@pytest.mark.parametrize(("province", "year", "number", "satisfied", "online", "lead"), story_rows())
def test_goals_and_tasks_move_as_the_readme_tells(
    province: str, year: str, number: str, satisfied: str, online: str, lead: str
) -> None:
    (file,) = (
        e["file"] for e in MANIFEST if (e["province"], e["number"], str(e["year_from"])) == (province, number, year)
    )
    text = flat(file)
    near = r"[^;]{0,110}?\b"
    goal = satisfied.removesuffix("%")
    assert (
        re.search(rf"(SIPAS|hài lòng){near}{goal}(%| trở lên)", text, re.IGNORECASE) or f"SIPAS | {satisfied}" in text
    )
    if online != "none":
        share = online.removesuffix("%")
        assert re.search(
            rf"(trực tuyến|qua mạng|Internet){near}{share}%?|\b{share}% {near}(trực tuyến|qua mạng)",
            text,
            re.IGNORECASE,
        )
    software = "phần mềm một cửa điện tử"
    in_words = rf"{lead}( a\))?( chủ trì, phối hợp với [^;.]*?)? (duy trì|vận hành)((?!chủ trì)[^;.])*{software}"
    in_table = rf"{software}[^|]*\|[^|]*\|[^|]*\| {lead}"
    assert re.search(f"{in_words}|{in_table}", text, re.IGNORECASE)


def test_printed_bulletin_ends_and_counter_survey_begins() -> None:
    by_year = {e["year_from"]: flat(e["file"]) for e in MANIFEST if "tuyen-truyen" in e["file"] and "vinh" in e["file"]}
    assert all("phát hành" in by_year[year] and "Bản tin" in by_year[year] for year in (2017, 2018))
    assert "ngừng xuất bản Bản tin" in by_year[2020]
    plans = {
        e["year_from"]: flat(e["file"]) for e in MANIFEST if re.search(r"vinh.*ubnd-cai-cach-hanh-chinh", e["file"])
    }
    assert [year for year in sorted(plans) if "mã QR" in plans[year]] == [2023, 2024, 2025, 2026]


def shingles(run: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(run[i : i + size]) for i in range(len(run) - size + 1)}


def own_runs(file: str) -> set[tuple[str, ...]]:
    """Runs of 12 words of a document that hold no set formula."""
    text = " ".join(words(flat(file)))
    for pattern in FORMULAS.values():
        text = re.sub(rf"\b{pattern}\b", "|", text)
    return {run for part in text.split("|") for run in shingles(part.split(), 12)}


def shared_texts() -> list[Path]:
    # Unpacking all training texts takes minutes: they are compared when TIENLE_FULL is set.
    full = "TIENLE_FULL" in os.environ
    kinds = {".txt", ".json", ".jsonl", ".tsv", ".md", ".pdf", ".xz"}
    return [
        path
        for path in sorted(DATA.rglob("*"))
        if path.suffix in kinds and (full or path.stat().st_size < (2_000_000 if path.suffix == ".xz" else 5_000_000))
    ]


def text_of(path: Path) -> str:
    if path.suffix == ".pdf":
        import pypdfium2

        with pypdfium2.PdfDocument(path) as pdf:
            return "\n".join(page.get_textpage().get_text_range() for page in pdf)
    if path.suffix == ".xz":
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            return lines.read().replace("\\n", " ")
    return path.read_text(encoding="utf-8", errors="replace").replace("\\n", " ")


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not here")
def test_no_run_of_twelve_words_is_borrowed() -> None:
    ours = {run: file for file in FILES for run in own_runs(file)}
    # A run of 12 holds a whole block of 6 that starts at a multiple of 6: most of a text is passed over by these.
    blocks = {run[i : i + 6] for run in ours for i in range(7)}
    borrowed = {}
    for path in shared_texts():
        theirs = words(text_of(path))
        for i in range(0, len(theirs) - 5, 6):
            if tuple(theirs[i : i + 6]) in blocks:
                for run in shingles(theirs[max(0, i - 6) : i + 12], 12) & ours.keys():
                    borrowed[" ".join(run)] = (ours[run], path.name)
    assert not borrowed
