"""Citations: which documents a text cites, how each is called, and what is said of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.places import Places
from corpus.model import Citation, CitationKind
from indexer.extraction.citations import find_citations
from indexer.extraction.context import Context
from indexer.extraction.laws import find_laws, law_key
from indexer.reading.text import read_text
from indexer.structure import parse

PLACES = Places.load()
HEAD = (
    "ỦY BAN NHÂN DÂN TỈNH VĨNH LAM\nSố: {number}\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
    "Vĩnh Lam, ngày 5 tháng 3 năm 2022\n\n{type}\n{title}\n\n"
)


def document(text: str, *, type_: str = "KẾ HOẠCH", number: str = "7/KH-UBND", title: str = "Trồng rừng") -> Context:
    return Context.of(parse(read_text((HEAD.format(number=number, type=type_, title=title) + text).encode()), PLACES))


def cited(text: str, **head: str) -> list[Citation]:
    return list(find_citations(document(text, **head)))


def numbers(text: str, **head: str) -> list[str | None]:
    return [citation.number for citation in cited(text, **head)]


BODY = "I. VIỆC LÀM\n\n1. Trồng rừng đầu nguồn\n\n"


def test_a_citation_has_number_type_issuer_and_date() -> None:
    [found] = cited(
        BODY + "Giao rừng theo Quyết định số 815/QĐ-TTg ngày 02 tháng 3 năm 2021 của Thủ tướng Chính phủ.\n"
    )
    assert (found.number, found.type, found.issuer) == ("815/QĐ-TTg", "Quyết định", "Thủ tướng Chính phủ")
    assert (found.issued_on, found.kind, found.name) == (date(2021, 3, 2), CitationKind.CITES, None)


def test_its_span_is_the_citation_as_written() -> None:
    context = document(BODY + "Theo Thông tư số 3/2019/TT-BTC ngày 4/5/2019 của Bộ Tài chính hướng dẫn chi.\n")
    [found] = find_citations(context)
    assert context.source.text[found.start : found.end] == ("Thông tư số 3/2019/TT-BTC ngày 4/5/2019 của Bộ Tài chính")


@pytest.mark.parametrize(
    "variant",
    ["91/2016/NĐ- CP", "91 /2016/NĐ-CP", "91/2016/\nNĐ-CP", "91/2016/NĐCP", "91/2016/nđ-cp", "91/2016-NĐ-CP"],
)
def test_variants_of_writing_are_one_document(variant: str) -> None:
    found = cited(BODY + f"Theo Nghị định số 91/2016/NĐ-CP, cấp phép; việc cấp theo Nghị định số {variant} là đúng.\n")
    assert [citation.number for citation in found] == ["91/2016/NĐ-CP"]


def test_like_numbers_of_government_and_party_are_two() -> None:
    assert numbers(BODY + "Theo Nghị quyết số 19/NQ-CP và Nghị quyết số 19-NQ/TW.\n") == ["19/NQ-CP", "19-NQ/TW"]


def test_what_a_later_mention_adds_is_kept() -> None:
    [found] = cited(
        BODY + "a) Theo Quyết định số 52/QĐ-BNV, rà soát.\n\n"
        "b) Quyết định số 52/QĐ-BNV ngày 7/8/2020 của Bộ Nội vụ vẫn dùng.\n"
    )
    assert (found.issuer, found.issued_on) == ("Bộ Nội vụ", date(2020, 8, 7))


def test_a_list_under_one_head_shares_type_and_issuer() -> None:
    found = cited(BODY + "Theo các Nghị định số 10/2020/NĐ-CP ngày 3/2/2020, số 12/2021/NĐ-CP của Chính phủ.\n")
    assert [(c.number, c.type, c.issuer) for c in found] == [
        ("10/2020/NĐ-CP", "Nghị định", "Chính phủ"),
        ("12/2021/NĐ-CP", "Nghị định", "Chính phủ"),
    ]
    assert found[0].issued_on == date(2020, 2, 3)


def test_a_list_takes_the_issuing_body_of_its_head() -> None:
    found = cited(
        "Căn cứ các Nghị định của Chính phủ: số 6/2010/NĐ-CP ngày 8/6/2010 về trồng rừng; số 4/2013/NĐ-CP;\n\n" + BODY
    )
    assert [(c.number, c.type, c.issuer) for c in found] == [
        ("6/2010/NĐ-CP", "Nghị định", "Chính phủ"),
        ("4/2013/NĐ-CP", "Nghị định", "Chính phủ"),
    ]


@pytest.mark.parametrize(
    ("words", "issuer"),
    [
        ("của Bộ Văn hóa, Thể thao và Du lịch về lễ hội", "Bộ Văn hóa, Thể thao và Du lịch"),
        ("của Bộ trưởng Bộ Nông nghiệp và Phát triển nông thôn quy định",
         "Bộ trưởng Bộ Nông nghiệp và Phát triển nông thôn"),
        ("của Ủy ban nhân dân tỉnh triển khai", "Ủy ban nhân dân tỉnh"),
        ("của Chính phủ Sửa đổi mức chi", "Chính phủ"),
        ("của UBND thành phố Huế và các sở", "UBND thành phố Huế"),
        ("do Bộ Ngoại giao ban hành", "Bộ Ngoại giao"),
        ("của Bộ Y tế, Sở Y tế thực hiện", "Bộ Y tế"),
        ("của mọi người", None),
    ],
)  # fmt: skip
def test_the_issuing_body_is_as_written(words: str, issuer: str | None) -> None:
    [found] = cited(BODY + f"Theo Quyết định số 5/QĐ-ABC ngày 1/2/2020 {words}.\n")
    assert found.issuer == issuer


def test_laws_by_name_have_no_number() -> None:
    found = cited(
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;\n"
        "Căn cứ Luật sửa đổi, bổ sung một số điều của Luật Phòng, chống thiên tai và Luật Đê điều ngày 17/6/2020;\n"
        "Căn cứ Luật Đất đai năm 2024;\n\n" + BODY
    )
    assert [(c.number, c.type, c.name, c.issued_on) for c in found] == [
        (None, "Luật", "Luật Tổ chức chính quyền địa phương", date(2025, 6, 16)),
        (None, "Luật", "Luật sửa đổi, bổ sung một số điều của Luật Phòng, chống thiên tai và Luật Đê điều",
         date(2020, 6, 17)),
        (None, "Luật", "Luật Đất đai năm 2024", None),
    ]  # fmt: skip
    assert {c.kind for c in found} == {CitationKind.BASIS}


def test_a_law_with_its_number_is_one_with_the_same_law_by_name() -> None:
    found = cited(
        "Căn cứ Luật Ngân sách nhà nước số 83/2015/QH13;\n\n"
        + BODY
        + "Kinh phí theo Luật NSNN, Luật ngân sách Nhà nước năm 2025 và Luật số 9/2019/QH14.\n"
    )
    assert [(c.number, c.name) for c in found] == [
        ("83/2015/QH13", "Luật Ngân sách nhà nước"),
        (None, "Luật ngân sách Nhà nước năm 2025"),
        ("9/2019/QH14", None),
    ]


def test_a_law_in_the_title_of_a_decree_is_not_cited_itself() -> None:
    assert numbers(
        "Căn cứ Nghị định số 102/2024/NĐ-CP của Chính phủ quy định chi tiết một số điều của Luật Đất đai;\n\n" + BODY
    ) == ["102/2024/NĐ-CP"]


@pytest.mark.parametrize(
    "words",
    [
        "tiêu chuẩn TCVN 14423:2025 và QCVN 01:2021/BXD",
        "theo mẫu số 01/ĐK kèm theo",
        "trong 24-48 giờ, 02 lần/tuần, ngày 3/4/2020",
        "theo Hiến pháp và pháp luật, pháp luật đất đai",
        "dự thảo Luật Nhà giáo; Trường Đại học Luật Hà Nội",
        "theo Quyết định số /2025/QĐ-UBND ngày tháng năm 2025",
    ],
)
def test_standards_forms_and_drafts_are_no_citations(words: str) -> None:
    assert cited(BODY + f"Làm việc {words}.\n") == []


def test_its_own_number_is_left_out() -> None:
    text = BODY + "Thực hiện Kế hoạch số 07/KH-UBND này.\n\nPHỤ LỤC\n(Kèm theo Kế hoạch số 7/KH-UBND ngày 5/3/2022)\n"
    assert numbers(text) == []


def test_the_decision_that_issues_a_plan_is_no_citation_of_it() -> None:
    text = "KẾ HOẠCH\nTrồng rừng năm 2022\n(Ban hành kèm theo Quyết định số 9/QĐ-UBND ngày 3/4/2022)\n\n" + BODY
    found = find_citations(Context.of(parse(read_text(text.encode()), PLACES)))
    assert [citation.number for citation in found] == []
    task = "Áp dụng Quy chế (ban hành kèm theo Quyết định số 12/QĐ-UBND ngày 3/4/2021).\n"
    assert numbers(BODY + task) == ["12/QĐ-UBND"]


def test_letters_and_proposals_are_citations() -> None:
    found = cited(
        "Xét đề nghị của Sở Nội vụ tại Tờ trình số 22/TTr-SNV ngày 1/3/2022; Văn bản số 15/SNV-CCHC; "
        "Công văn số 443 ngày 28/02/2022;\n\n" + BODY
    )
    assert [(c.number, c.type, c.kind.value) for c in found] == [
        ("22/TTr-SNV", "Tờ trình", "cites"),
        ("15/SNV-CCHC", "Công văn", "cites"),
        ("443", "Công văn", "cites"),
    ]


@pytest.mark.parametrize(
    ("text", "head", "kind"),
    [
        ("Căn cứ Kế hoạch số 2/KH-UBND ngày 3/1/2022;\n\n" + BODY, {}, CitationKind.BASIS),
        ("Thực hiện Kế hoạch số 2/KH-UBND ngày 3/1/2022, Sở ban hành.\n\n" + BODY, {}, CitationKind.IMPLEMENTS),
        ("Căn cứ Luật Lâm nghiệp số 9/2017/QH14;\n\nI. VIỆC\n\n1. Việc một\n", {
            "title": "Triển khai Kế hoạch số 2/KH-UBND ngày 3/1/2022"}, CitationKind.IMPLEMENTS),
        (BODY + "Kế hoạch này thay thế Kế hoạch số 2/KH-UBND ngày 3/1/2021.\n", {}, CitationKind.REPLACES),
        (BODY + "Tham mưu thay thế Kế hoạch số 2/KH-UBND ngày 3/1/2021.\n", {}, CitationKind.CITES),
        ("QUYẾT ĐỊNH:\n\nĐiều 1. Bãi bỏ Kế hoạch số 2/KH-UBND ngày 3/1/2021.\n", {
            "type_": "QUYẾT ĐỊNH", "number": "5/QĐ-UBND", "title": "Về trồng rừng"}, CitationKind.REPLACES),
        ("QUYẾT ĐỊNH:\n\nĐiều 1. Sửa đổi, bổ sung Điều 3 Kế hoạch số 2/KH-UBND ngày 3/1/2021.\n", {
            "type_": "QUYẾT ĐỊNH", "number": "5/QĐ-UBND", "title": "Về trồng rừng"}, CitationKind.AMENDS),
        ("Điều 1. Trồng rừng\n\nĐiều 2. Kế hoạch số 2/KH-UBND ngày 3/1/2021 hết hiệu lực kể từ ngày Quyết định này có "
         "hiệu lực.\n", {"type_": "QUYẾT ĐỊNH", "number": "5/QĐ-UBND", "title": "Về rừng"}, CitationKind.REPLACES),
        ("Thực hiện Kế hoạch số 2/KH-UBND ngày 3/1/2021, Sở báo cáo như sau:\n\n" + BODY, {
            "type_": "BÁO CÁO", "number": "5/BC-SNV", "title": "Kết quả trồng rừng"}, CitationKind.REPORTS),
    ],
)  # fmt: skip
def test_what_is_said_of_a_cited_document(text: str, head: dict[str, str], kind: CitationKind) -> None:
    found = [citation for citation in cited(text, **head) if citation.number == "2/KH-UBND"]
    assert [citation.kind for citation in found] == [kind]


def test_a_document_is_carried_out_only_if_it_is_named_itself() -> None:
    found = cited(
        "Thực hiện Quyết định số 4/QĐ-UBND ngày 2/2/2022 của UBND tỉnh về triển khai Nghị quyết số 76/NQ-CP, "
        "Công văn số 8/SNN-KL ngày 3/2/2022 và Chỉ thị số 3/CT-UBND;\n\n" + BODY
    )
    kinds = {citation.number: citation.kind.value for citation in found}
    assert kinds["4/QĐ-UBND"] == "implements"
    assert kinds["76/NQ-CP"] == "cites"


def test_laws_whose_names_hold_commas_and_small_words() -> None:
    names = [
        law.name for law in find_laws("Luật Khám bệnh, chữa bệnh, Luật Dược; Luật Hoạt động vũ trụ và các văn bản")
    ]
    assert names == ["Luật Khám bệnh, chữa bệnh", "Luật Dược", "Luật Hoạt động vũ trụ"]
    assert law_key("Luật Phòng, chống ma tuý") == law_key("LUẬT PHÒNG CHỐNG MA TÚY năm 2021")
    assert [law.name for law in find_laws("theo Hiến pháp năm 2013 và Bộ luật Dân sự")] == [
        "Hiến pháp năm 2013",
        "Bộ luật Dân sự",
    ]


_PIECES = st.sampled_from(
    [
        "Luật ",
        "số ",
        "12/QĐ-UBND",
        "ngày 3/4/2020 ",
        "của Bộ Y tế",
        ", ",
        "; ",
        "\n",
        "sửa đổi, bổ sung ",
        "Luật Đất đai",
        "19-NQ/TW ",
        "(",
        ")",
        "Căn cứ ",
        "Điều 1. ",
        "năm 2024 ",
        "thay thế ",
        "kèm theo ",
        "Nghị định ",
        "và ",
    ]
)


@given(st.lists(_PIECES, max_size=30))
def test_any_text_has_citations_in_order_and_once(pieces: list[str]) -> None:
    context = document("".join(pieces) + "\n")
    found = find_citations(context)
    assert [citation.ordinal for citation in found] == list(range(len(found)))
    assert [citation.start for citation in found] == sorted(citation.start for citation in found)
    keys = [(citation.number or "", citation.number or citation.name) for citation in found]
    assert len(keys) == len(set(keys))
    for citation in found:
        assert 0 <= citation.start < citation.end <= len(context.text)
        assert citation.number or citation.name


def test_a_paragraph_of_very_many_citations_is_read_whole() -> None:
    listed = ", ".join(f"Quyết định số {number}/QĐ-ABC của UBND tỉnh" for number in range(1, 1501))
    assert len(cited(BODY + f"Theo {listed}.\n")) == 1500
