"""The header of a document (Decree 30/2020/NĐ-CP, article 8 and annex I) from what it prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from corpus.language.dates import deadline_years, find_dates, planned_years
from corpus.language.doctypes import ARTICLE, LETTER, type_names, type_of_symbol
from corpus.language.letters import LOWER, UPPER
from corpus.language.normalise import compose
from corpus.language.numbers import find_numbers, symbol_of
from corpus.language.places import Places
from corpus.model import Header, SourceText
from indexer.structure.blocks import Block, blocks_of
from indexer.structure.casing import body_name, sentence_case
from indexer.structure.head import Head, head_lines, read_head
from indexer.structure.markers import Kind, read_marker
from indexer.structure.parts import Part, parts_of
from indexer.structure.signoff import recipients_of, signature_of

_BASIS = re.compile(r"(?:Căn\s+cứ|Thực\s+hiện|Triển\s+khai|Theo|Tiếp\s+tục|Để|Nhằm|Trên\s+cơ\s+sở)\s")
_LATER_BASIS = re.compile(r"\.\s+(?P<basis>(?:Căn\s+cứ|Thực\s+hiện|Triển\s+khai)\s[^.;]*\d)")
_CITED = re.compile(rf"(?:{'|'.join(type_names())})\s")
_PROPOSAL = re.compile(r"(?:Xét|Theo)\s+(?:đề\s+nghị|tờ\s+trình|Tờ\s+trình|báo\s+cáo)|Xét\s")
_PROPOSAL_WITHIN = re.compile(r"(?:theo|xét)\s+đề\s+nghị\s+của", re.IGNORECASE)
_ISSUES = re.compile(
    r"(?P<body>(?:Chủ\s+tịch\s+)?(?:UBND|HĐND|Ủy\s+ban\s+nhân\s+dân|Uỷ\s+ban\s+nhân\s+dân|Hội\s+đồng\s+nhân\s+dân|Sở\s+[^\W\d_]+(?:\s+[^\W\d_]+){0,5}?)"
    rf"(?:\s+(?:tỉnh|thành\s+phố|Thành\s+phố|huyện|quận|thị\s+xã|xã|phường)(?:\s+[{UPPER}][^\W\d_]*){{0,4}})?)\s+(?:ban\s+hành|xây\s+dựng|triển\s+khai)"
)
_NAMED_UNIT = re.compile(rf"(?:TỈNH|THÀNH PHỐ|Tỉnh|Thành phố|tỉnh|thành phố)\s+(?P<name>[{UPPER}].*)$")
_DISTRICT = re.compile(rf"(?:huyện|quận|thị xã|thành phố|xã|phường|đặc khu)\s+[{UPPER}].*$")
_UNKNOWN_PROVINCE = re.compile(rf"tỉnh\s+([{UPPER}][{LOWER}]+\s+[{UPPER}][{LOWER}]+)")
_KIND_WEIGHT, _TITLE_WEIGHT, _TITLE_LENGTH = 3, 6, 200
_INTRO = 6_000  # characters in which an introduction has named the issuing body
_CENTRAL = re.compile(
    r"Bộ\s(?!Chỉ\s+huy|chỉ\s+huy|CHQS)|Chính phủ|Thủ tướng|Quốc hội|Tổng cục|Văn phòng (?:Chính phủ|Quốc hội)"
)
_SHORT_LINE = 90
_PLANS = frozenset({"Kế hoạch", "Chương trình", "Đề án", "Phương án"})
_PAPER = re.compile(
    rf"(?:Báo|Đài Phát thanh(?:\s*-\s*|\s+và\s+)Truyền hình|Cổng thông tin điện tử)(?:\s+[{UPPER}][{LOWER}]+){{1,4}}"
)
_LONGEST_TITLE = 40  # words of a first line that is no paragraph
_SHORTEST_ARTICLE = 50  # words in whole sentences: a notice on a web page has fewer
_SENTENCE = re.compile(r"""[^\s.][.!?…]["”’)]*$""")
_LETTER_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){5}[^\W\d_](?!\w)")
_NOTICE = re.compile(r"(?:TÀI LIỆU|BẢN NHÁP|DỰ THẢO|LƯU HÀNH|VĂN BẢN)\b")  # a stamp over the text, not its title


def parse_header(
    source: SourceText,
    places: Places,
    blocks: Sequence[Block] | None = None,
    parts: Sequence[Part] | None = None,
    head: Head | None = None,
) -> Header:
    """The header of a document; a field is None or empty where the document does not print it.

    ``province`` is the name as printed where the register does not know it.
    """
    blocks = blocks_of(source) if blocks is None else blocks
    parts = parts_of(source.text, blocks) if parts is None else parts
    head = read_head(source) if head is None else head
    if not head.is_official and not any(part.tail < part.last for part in parts):
        return _article(source, places, blocks)
    body = source.text[head.end :]
    issuer, province = _issuer_and_province(source, head, places)
    if issuer is not None and _CENTRAL.match(issuer):
        province = None  # the place of a central body is no province of the archive
    title = _first_capital(sentence_case(head.title, body, places)) if head.title else None
    year_from, year_to = planned_years(head.title or "")
    issued_on = head.issued_on or _signed_on(source.text, blocks, parts)
    if year_from is None and year_to is not None and issued_on is not None and issued_on.year <= year_to:
        year_from = issued_on.year  # "đến năm 2030": from when it is issued
    if year_to is None and issued_on is not None and _type(head) in _PLANS:
        year_from, year_to = deadline_years(_body(source.text, blocks, parts, head.end), issued_on.year)
    signer, signer_title = _signature(source.text, blocks, parts)
    return Header(
        number=head.number,
        symbol=head.symbol,
        type=_type(head),
        title=title,
        issuer=issuer,
        province=province,
        place=head.place,
        issued_on=issued_on,
        year_from=year_from,
        year_to=year_to,
        signer=signer,
        signer_title=signer_title,
        recipients=recipients_of(source.text, blocks, parts[0]) if parts else (),
        legal_bases=_legal_bases(source.text, blocks, parts, head.end),
    )


def _body(text: str, blocks: Sequence[Block], parts: Sequence[Part], start: int) -> str:
    """The document's own text from its first numbered heading to its sign-off."""
    for block in blocks[: parts[0].tail]:
        if block.start >= start and _is_numbered(text[block.start : block.end]):
            return text[block.start : blocks[parts[0].tail - 1].end]
    return ""


def _first_capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _type(head: Head) -> str | None:
    if head.type is not None:
        return head.type
    from_symbol = type_of_symbol(head.symbol) if head.symbol else None
    return from_symbol or (LETTER if head.is_letter or head.symbol else None)


def _signed_on(text: str, blocks: Sequence[Block], parts: Sequence[Part]) -> date | None:
    for part in parts[:1]:
        for block in blocks[part.tail : part.last]:
            words = text[block.start : block.end]
            if re.match(r"[^,\n]{2,40},\s*ngày", words) and (dates := find_dates(words)):
                return dates[0].value
    return None


def _signature(text: str, blocks: Sequence[Block], parts: Sequence[Part]) -> tuple[str | None, str | None]:
    signer: str | None = None
    for part in parts:
        name, office = signature_of(text, blocks, part)
        if signer is None or name == signer:
            signer = signer or name
            if name is not None and office is not None:
                return name, office
    return signer, None


def _issuer_and_province(source: SourceText, head: Head, places: Places) -> tuple[str | None, str | None]:
    names = [body_name(printed) for printed in head.bodies]
    authority = body_name(head.authority) if head.authority else None
    issuer = names[-1] if names else authority
    if issuer == "Văn phòng" and len(names) > 1:
        issuer = f"{issuer} {names[-2]}"
    province = _province(places, [*reversed(head.bodies), head.authority or "", head.place or ""])
    if authority and issuer and authority.startswith("Chủ tịch") and authority[len("Chủ tịch ") :] in issuer:
        issuer = f"Chủ tịch {issuer}"
    if issuer is None:
        stated = _ISSUES.search(compose(source.text[head.end : head.end + _INTRO]))
        issuer = " ".join(stated["body"].split()) if stated else None
        return issuer, province or _province_in(source, places)
    province = province or _province_in(source, places)
    return _with_unit(issuer, names, province, places), province


def _with_unit(issuer: str, names: Sequence[str], province: str | None, places: Places) -> str:
    """An office of a province with the province's name: "Sở Nội vụ" becomes "Sở Nội vụ tỉnh Vĩnh Lam"."""
    district = next((match[0] for name in names if (match := _DISTRICT.search(name))), None)
    if district is not None and issuer.startswith("Phòng") and district not in issuer:
        return f"{issuer} {district}"
    if province is None or province in issuer:
        return issuer
    unit = next((match[0] for name in names if (match := _NAMED_UNIT.search(name))), None)
    known = places.find(province)
    full = unit or (known.full_name if known else None)
    if full is None or re.search(r"(?:huyện|quận|thị xã|xã|phường|thị trấn|đặc khu)\s", issuer):
        return issuer
    issuer = re.sub(r"\s+(?:tỉnh|thành phố)$", "", issuer)
    if issuer.startswith(
        ("Sở", "Ủy ban", "Hội đồng nhân dân", "Chủ tịch", "Ban ", "Văn phòng", "Công an", "Thanh tra")
    ):
        return f"{issuer} {full}"
    return issuer


def _province(places: Places, printed: Sequence[str]) -> str | None:
    for words in printed:
        known = places.in_text(words)
        if not known:
            found = places.find(words) if words else None
            known = [(found, 0, 0)] if found else []
        if known:
            return known[-1][0].name
    for words in printed:
        unit = _NAMED_UNIT.search(words)
        if unit is not None:
            return body_name("TỈNH " + unit["name"].upper()).removeprefix("tỉnh ").removeprefix("Tỉnh ")
    return None


def _province_in(source: SourceText, places: Places) -> str | None:
    """The province that the text names most, each time with its kind."""
    counts: Counter[str] = Counter()
    text = compose(source.text[:_INTRO])
    for province, start, _ in places.in_text(text):
        counts[province.name] += _KIND_WEIGHT if text[start : start + 1].lower() == "t" else 1
    for match in _UNKNOWN_PROVINCE.finditer(text):
        name = " ".join(match[1].split())
        if not places.in_text(match[0]):
            counts[name] += _KIND_WEIGHT + (_TITLE_WEIGHT if name in text[:_TITLE_LENGTH] else 0)
    return counts.most_common(1)[0][0] if counts else None


def _legal_bases(text: str, blocks: Sequence[Block], parts: Sequence[Part], start: int) -> tuple[str, ...]:
    """Numbers in the paragraphs before the first provision that say what the document rests on, each once."""
    numbers: dict[str, None] = {}
    last = parts[0].tail if parts else 0
    goes_on = False
    for block in blocks[:last]:
        if block.end <= start:
            continue
        words = text[max(block.start, start) : block.end].lstrip()
        marker = read_marker(words)
        if marker is not None and marker.kind in {Kind.PART, Kind.CHAPTER, Kind.ARTICLE, Kind.ROMAN, Kind.ARABIC}:
            break
        if (later := _LATER_BASIS.search(words)) and not _BASIS.match(words):
            words = words[later.start("basis") :]
        goes_on = not _PROPOSAL.match(words) and bool(_BASIS.match(words) or (goes_on and _CITED.match(words)))
        if not goes_on:
            continue
        proposal = _PROPOSAL_WITHIN.search(words)
        for found in find_numbers(words[: proposal.start() if proposal else None]):
            if type_of_symbol(symbol_of(found.number)) != "Tờ trình":
                numbers[found.number] = None
    return tuple(numbers)


def _article(source: SourceText, places: Places, blocks: Sequence[Block]) -> Header:
    """What can be told of a text without an official header: a press article, if it is prose with a byline or date.

    Its title is the file's own, or its first line where that is short enough to be one.
    """
    lines = [line for line in head_lines(source) if not _NOTICE.match(line.words)]
    first = lines[0].words if lines and len(lines[0].words.split()) <= _LONGEST_TITLE else None
    dates = [found for line in lines[:8] if len(line.words) < _SHORT_LINE for found in find_dates(line.words)]
    paper = next((m for line in lines[1:8] if (m := _PAPER.match(line.words.lstrip("(")))), None)
    is_article = (paper is not None or bool(dates)) and _is_prose(source.text, blocks)
    return Header(
        type=ARTICLE if is_article else None,
        title=source.title or first,
        issuer=" ".join(paper[0].split()) if paper and is_article else None,
        province=(_province(places, [paper[0]]) if paper and is_article else None) or _province_in(source, places),
        issued_on=dates[0].value if dates else None,
    )


def _is_prose(text: str, blocks: Sequence[Block]) -> bool:
    """Whether whole sentences in unnumbered paragraphs make up most of a text, and enough of it to be an article."""
    sentences = words = 0
    for block in blocks:
        paragraph = text[block.start : block.end]
        if _LETTER_SPACED.search(paragraph):
            return False  # a title page, as standards have it
        count = len(paragraph.split())
        words += count
        if _SENTENCE.search(paragraph) and not _is_numbered(paragraph):
            sentences += count
    return sentences >= _SHORTEST_ARTICLE and sentences * 2 >= words


def _is_numbered(words: str) -> bool:
    marker = read_marker(words)
    return marker is not None and marker.kind in {Kind.ARTICLE, Kind.ROMAN, Kind.CHAPTER, Kind.ARABIC}
