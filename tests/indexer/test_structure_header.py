"""Headers of every layout that offices print, and of documents that have none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.places import Places, Province
from corpus.model import Header, Line, SourceText
from indexer.reading.text import read_text
from indexer.structure import parse_header

_SHIPPED = Places.load()
PLACES = Places([*(known for name in _SHIPPED.names() if (known := _SHIPPED.find(name))), Province("Vĩnh Lam", "tỉnh")])


def header(text: str, *, wrapped: bool = True) -> Header:
    source = read_text(text.encode())
    if not wrapped:
        source = SourceText(source.text, source.lines, "text/html", "html", wrapped=False)
    return parse_header(source, PLACES)


DECISION = """ỦY BAN NHÂN
DÂN
TỈNH VĨNH LAM
-------

CỘNG HÒA XÃ HỘI
CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
---------------

Số:
36/2019/QĐ-UBND

Vĩnh Lam, ngày 17
tháng 6 năm 2019

QUYẾT ĐỊNH

BAN HÀNH KẾ HOẠCH SỐ HÓA SỔ HỘ TỊCH CỦA SỞ TƯ
PHÁP GIAI ĐOẠN 2019 - 2021 TRÊN ĐỊA BÀN TỈNH VĨNH LAM

CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNHCăn cứ Luật Hộ tịch số 60/2014/QH13;Căn cứ Quyết định số 12/QĐ-
BTP ngày 3/1/2018;Theo đề nghị của Giám đốc Sở Tư pháp tại Tờ trình số 9/TTr-STP ngày 1/6/2019.QUYẾT ĐỊNH:Điều 1.
Giao Sở Tư pháp chủ trì thực hiện.

Điều 2. Quyết định này có hiệu lực từ ngày ký./.

Nơi
nhận:
- Như Điều 2;
- Lưu: VT, NC.

KT. CHỦ TỊCHPHÓ CHỦ TỊCHTrần
Thị Mẫu
"""


def test_a_decision_with_broken_and_glued_lines() -> None:
    assert header(DECISION) == Header(
        number="36/2019/QĐ-UBND",
        symbol="QĐ-UBND",
        type="Quyết định",
        title="Ban hành kế hoạch số hóa sổ hộ tịch của Sở Tư pháp giai đoạn 2019 - 2021 trên địa bàn tỉnh Vĩnh Lam",
        issuer="Chủ tịch Ủy ban nhân dân tỉnh Vĩnh Lam",
        province="Vĩnh Lam",
        place="Vĩnh Lam",
        issued_on=date(2019, 6, 17),
        year_from=2019,
        year_to=2021,
        signer="Trần Thị Mẫu",
        signer_title="Phó Chủ tịch",
        recipients=("Như Điều 2", "Lưu: VT, NC"),
        legal_bases=("60/2014/QH13", "12/QĐ-BTP"),
    )


TWO_COLUMNS = """UBND TỈNH AN GIANG               CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
      SỞ NỘI VỤ                        Độc lập - Tự do - Hạnh phúc

Số: 123/KH-SNV                 An Giang, ngày 05 tháng 02 năm 2016

                          KẾ HOẠCH
          Cải cách hành chính năm 2016 của Sở Nội vụ

Thực hiện Quyết định số 12/QĐ-UBND ngày 01/01/2016 của UBND tỉnh;

I. MỤC TIÊU

Nơi nhận:                                      GIÁM ĐỐC
- UBND tỉnh;
- Lưu: VT.
                                             Trần Văn Nam
"""


def test_two_columns_line_by_line() -> None:
    found = header(TWO_COLUMNS)
    assert (found.number, found.place, found.issued_on) == ("123/KH-SNV", "An Giang", date(2016, 2, 5))
    assert (found.issuer, found.province) == ("Sở Nội vụ tỉnh An Giang", "An Giang")
    assert found.title == "Cải cách hành chính năm 2016 của Sở Nội vụ"
    assert (found.signer, found.signer_title) == ("Trần Văn Nam", "Giám đốc")
    assert found.recipients == ("UBND tỉnh", "Lưu: VT")


LETTER = """UBND TỈNH LÂM ĐỒNG
SỞ TÀI CHÍNH
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 881/STC-NS
V/v báo cáo tình hình thực hiện
dự toán năm 2021
Lâm Đồng, ngày 12 tháng 5 năm 2021
Kính gửi: Các sở, ban, ngành.
Đề nghị các đơn vị:
1. Báo cáo trước ngày 20/5/2021.
"""


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_letter_has_its_subject_for_title(wrapped: bool) -> None:
    found = header(LETTER, wrapped=wrapped)
    assert (found.type, found.title) == ("Công văn", "Báo cáo tình hình thực hiện dự toán năm 2021")
    assert (found.number, found.issuer) == ("881/STC-NS", "Sở Tài chính tỉnh Lâm Đồng")


BLANKS = """TÀI LIỆU MINH HỌA - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ
ỦY BAN NHÂN DÂN    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH VĨNH LAM        Độc lập - Tự do - Hạnh phúc
Số:        /KH-UBND         Vĩnh Lam, ngày      tháng 3 năm 2022

KẾ HOẠCH
Triển khai chuyển đổi số giai đoạn 2022 - 2025, định hướng đến năm 2030

Căn cứ Luật Tổ chức chính quyền địa phương;
I. MỤC ĐÍCH
"""


def test_what_a_draft_leaves_blank_stays_empty() -> None:
    found = header(BLANKS)
    assert (found.number, found.symbol, found.issued_on) == (None, "KH-UBND", None)
    assert (found.issuer, found.place) == ("Ủy ban nhân dân tỉnh Vĩnh Lam", "Vĩnh Lam")
    assert (found.year_from, found.year_to) == (2022, 2025)


@pytest.mark.parametrize(
    ("bodies", "issuer", "province"),
    [
        ("HỘI\nĐỒNG NHÂN DÂN THÀNH PHỐ HÀ NỘI", "Hội đồng nhân dân thành phố Hà Nội", "Hà Nội"),
        ("ỦY BAN NHÂN DÂNTỈNH BẮC NINH", "Ủy ban nhân dân tỉnh Bắc Ninh", "Bắc Ninh"),
        ("UBND THÀNH PHỐ ĐÀ NẴNG\nVĂN PHÒNG", "Văn phòng Ủy ban nhân dân thành phố Đà Nẵng", "Đà Nẵng"),
        ("TỈNH ỦY BẾN TRE\n*", "Tỉnh ủy Bến Tre", "Bến Tre"),
        ("UBND TỈNH KHÁNH HOÀ\nSỞ KHOA HỌC VÀ CÔNG NGHỆ", "Sở Khoa học và Công nghệ tỉnh Khánh Hòa", "Khánh Hòa"),
        ("UBND TỈNH SƠN LA SỞ Y TẾ", "Sở Y tế tỉnh Sơn La", "Sơn La"),
    ],
)
def test_issuers(bodies: str, issuer: str, province: str) -> None:
    found = header(f"{bodies}\nSố: 7/KH-X\n\nKẾ HOẠCH\nNăm 2020\n\nCăn cứ Luật Lưu trữ;\nI. MỤC TIÊU\n")
    assert (found.issuer, found.province) == (issuer, province)


def test_a_district_takes_the_province_that_its_text_names() -> None:
    found = header(
        "ỦY BAN NHÂN DÂN\nHUYỆN CƯ JÚT\n\nSố: 45/KH-UBND\nCư Jút, ngày 10 tháng 01 năm 2018\n\nKẾ HOẠCH\n"
        "Cải cách hành chính năm 2018\n\nCăn cứ Kế hoạch số 100/KH-UBND của UBND tỉnh Đắk Nông;\n\nI. MỤC TIÊU\n"
    )
    assert (found.issuer, found.province, found.place) == ("Ủy ban nhân dân huyện Cư Jút", "Đắk Nông", "Cư Jút")


def test_a_resolution_signed_by_the_chair() -> None:
    found = header(
        "HỘI ĐỒNG NHÂN DÂN\nTHÀNH PHỐ HỒ CHÍ MINH\n--------\nSố: 12/NQ-HĐND\nCỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "Độc lập – Tự do – Hạnh phúc\n--------\nThành phố Hồ\nChí Minh, ngày 9 tháng 12 năm 2022\nNGHỊ QUYẾT\n"
        "Về kế hoạch đầu tư công trung hạn giai đoạn 2021-2025\nHỘI ĐỒNG NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH\n"
        "KHÓA X, KỲ HỌP THỨ TÁM\nCăn cứ Luật Đầu tư công số 39/2019/QH14;\nĐiều 1. Thông qua\n"
        "CHỦ TỊCH\nNguyễn Thị Mẫu\n"
    )
    assert (found.issuer, found.province) == ("Hội đồng nhân dân thành phố Hồ Chí Minh", "Hồ Chí Minh")
    assert (found.place, found.issued_on) == ("Thành phố Hồ Chí Minh", date(2022, 12, 9))
    assert (found.signer, found.signer_title) == ("Nguyễn Thị Mẫu", "Chủ tịch")
    assert found.title == "Về kế hoạch đầu tư công trung hạn giai đoạn 2021-2025"


def test_a_press_article_has_no_number() -> None:
    found = header(
        "Vĩnh Lam đẩy mạnh chuyển đổi số trong năm 2024\nBáo Vĩnh Lam - 12/02/2024\n"
        "Sáng 11/2, UBND tỉnh Vĩnh Lam tổ chức hội nghị tổng kết; tỉnh Lâm Đồng cũng tham gia.\n\n"
        "Theo báo cáo tại hội nghị, số hồ sơ nộp qua mạng tăng gấp đôi so với năm trước, phần lớn trả đúng hẹn, "
        "còn tỉnh sẽ mở thêm điểm tiếp nhận ở các xã vùng cao."
        "\n\nKết quả đạt 95%.\n"
    )
    assert (found.type, found.number, found.issued_on) == ("Bài báo", None, date(2024, 2, 12))
    assert found.title == "Vĩnh Lam đẩy mạnh chuyển đổi số trong năm 2024"
    assert (found.issuer, found.province) == ("Báo Vĩnh Lam", "Vĩnh Lam")


@pytest.mark.parametrize(
    "text",
    [
        "việc " * 3000,
        "xin chào\n",
        "Bài kiểm tra\n12/02/2024\nĐúng.\n",
        "Báo Vĩnh Lam - 12/02/2024\nThứ tự\nHọ và tên\nNăm sinh\nĐịa chỉ\nGhi chú\n" * 20,
        "T I Ê U C H U Ẩ N\nBáo Vĩnh Lam - 12/02/2024\n" + "Các xã trồng rừng theo kế hoạch đã giao. " * 20,
        "Một đoạn văn không rõ nguồn.\n" + "Các xã trồng rừng theo kế hoạch đã giao. " * 20,
    ],
)
def test_a_text_that_nothing_tells_of_has_no_type(text: str) -> None:
    assert header(text).type is None


def test_a_paragraph_is_no_title() -> None:
    assert header("Các xã trồng rừng theo kế hoạch đã giao. " * 50).title is None
    assert header("Danh sách các xã trồng rừng\n\nXã Một.\n").title == "Danh sách các xã trồng rừng"


def test_a_plan_until_a_year_starts_in_the_year_of_its_issue() -> None:
    text = BLANKS.replace("ngày      tháng", "ngày 5 tháng").replace("giai đoạn 2022 - 2025, định hướng ", "")
    assert (header(text).year_from, header(text).year_to) == (2022, 2030)


def test_a_remark_belongs_to_the_recipient_before_it() -> None:
    listed = "Nơi nhận:\n- Bộ Nội vụ; (b/c)\n- Cục Lưu trữ và các đơn vị thuộc Cục;\n(B/c)\n- Lưu: VT, (Ab).\n"
    text = DECISION[: DECISION.index("Nơi\nnhận")] + listed
    assert header(text).recipients == ("Bộ Nội vụ (b/c)", "Cục Lưu trữ và các đơn vị thuộc Cục (B/c)", "Lưu: VT, (Ab)")


def test_a_title_in_capitals_keeps_abbreviations_and_numbers() -> None:
    found = header(
        "ỦY BAN NHÂN DÂN TỈNH VĨNH LAM\nSố: 8/KH-UBND\n\nKẾ HOẠCH\n\nTHỰC HIỆN QUYẾT ĐỊNH SỐ 142/QĐ-TTG "
        "VỀ TTHC CỦA UBND TỈNH TRONG PHẠM VI KHÓA XVI\n\n"
        "Thực hiện Quyết định số 142/QĐ-TTg ngày 2/2/2024;\n\nI. MỤC TIÊU\n"
    )
    assert found.title == "Thực hiện Quyết định số 142/QĐ-TTg về TTHC của UBND tỉnh trong phạm vi khóa XVI"


def test_years_come_from_deadlines_where_the_title_names_none() -> None:
    text = BLANKS.replace("ngày      tháng", "ngày 5 tháng").replace(
        " giai đoạn 2022 - 2025, định hướng đến năm 2030", ""
    )
    assert header(text + "\n1. Xong trước ngày 30/9/2023.\n").year_to == 2023
    assert header(text).year_to is None


@given(st.text(alphabet="SốKẾ HOẠCH:/-QĐUBND123\n|, ngàythángnămIV.", max_size=200))
def test_any_text_has_a_header(text: str) -> None:
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(Line(at, at + len(line)))
        at += len(line) + 1
    found = parse_header(SourceText(text, tuple(lines), "text/plain", "text", wrapped=True), PLACES)
    assert found.number is None or found.number.replace("-", "").replace("/", "").isalnum() or "&" in found.number


def test_a_place_that_a_line_break_parts() -> None:
    text = DECISION.replace("Vĩnh Lam, ngày 17", "Lai\nChâu, ngày 17").replace("TỈNH VĨNH LAM", "TỈNH LAI CHÂU")
    assert (header(text).place, header(text).issued_on) == ("Lai Châu", date(2019, 6, 17))


INTERLEAVED = """Nơi nhận:
TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
- Bộ Nội vụ;
PHÓ CHỦ TỊCH
- Các sở, ban, ngành;
{above}Trần Thị Mẫu
{below}"""


@pytest.mark.parametrize(
    "signed", [INTERLEAVED.format(above="- Lưu: VT.\n", below=""), INTERLEAVED.format(above="", below="- Lưu: VT.\n")]
)
def test_two_columns_of_a_sign_off_read_line_by_line(signed: str) -> None:
    found = header(DECISION[: DECISION.index("Nơi\nnhận")] + signed)
    assert found.recipients == ("Bộ Nội vụ", "Các sở, ban, ngành", "Lưu: VT")
    assert (found.signer, found.signer_title) == ("Trần Thị Mẫu", "Phó Chủ tịch")


def test_a_capacity_written_with_a_slash() -> None:
    text = DECISION[: DECISION.index("Nơi\nnhận")] + "T/M ỦY\nBAN NHÂN DÂN\nCHỦ TỊCH\nPhạm Văn Mẫu\n"
    assert (header(text).signer, header(text).signer_title) == ("Phạm Văn Mẫu", "Chủ tịch")


def test_a_plan_of_a_district_office() -> None:
    found = header(
        "UBND HUYỆN CƯ JÚT\nPHÒNG NỘI VỤ\nSố: 15/KH-NV\nCư Jút, ngày 04 tháng 02 năm 2016\nKẾ HOẠCH\n"
        "Cải cách hành chính năm 2016\nThực hiện Kế hoạch số 12/KH-UBND;\nI. MỤC TIÊU\nNơi nhận:\n- UBND huyện;\n"
        "TRƯỞNG PHÒNG\n(Đã ký)\nNguyễn Văn Mẫu\n"
    )
    assert (found.issuer, found.number) == ("Phòng Nội vụ huyện Cư Jút", "15/KH-NV")
    assert (found.signer, found.signer_title) == ("Nguyễn Văn Mẫu", "Trưởng phòng")


def test_a_programme_of_the_party() -> None:
    found = header(
        "TỈNH ỦY BÌNH PHƯỚC\n*\nĐẢNG CỘNG SẢN VIỆT NAM\nBình Phước, ngày 12 tháng 5 năm 2021\nSố 12-CTr/TU\n"
        "CHƯƠNG TRÌNH HÀNH ĐỘNG\nthực hiện Nghị quyết Đại hội\n-----\nThực hiện Nghị quyết số 1-NQ/TW;\n"
        "I- MỤC ĐÍCH\nNơi nhận:\n- Các ban đảng,\n- Lưu Văn phòng.\nT/M BAN THƯỜNG VỤ\nPHÓ BÍ THƯ\nTrần Văn Mẫu\n"
    )
    assert (found.number, found.type, found.issuer) == ("12-CTr/TU", "Chương trình hành động", "Tỉnh ủy Bình Phước")
    assert (found.signer, found.signer_title, found.legal_bases) == ("Trần Văn Mẫu", "Phó Bí thư", ("1-NQ/TW",))


def test_what_a_plan_carries_out_stands_after_its_first_sentence() -> None:
    text = BLANKS.replace(
        "Căn cứ Luật Tổ chức chính quyền địa phương;\n",
        "Từ năm 2021 tỉnh có hai phần mềm. Thực hiện Kế hoạch số 21/KH-UBND ngày 16/01/2022 và Nghị định số "
        "8/2022/NĐ-CP, Sở ban hành Kế hoạch này.\n",
    )
    assert header(text).legal_bases == ("21/KH-UBND", "8/2022/NĐ-CP")


def test_a_title_in_capitals_writes_bodies_and_quotations_as_the_body_does() -> None:
    found = header(
        "UBND TỈNH VĨNH LAM\nSỞ NÔNG NGHIỆP VÀ PTNT\nSố: 8/KH-SNN&PTNT\n\nKẾ HOẠCH\n\n"
        "XÉT TẶNG DANH HIỆU “CÔNG DÂN ƯU TÚ” VỀ HOẠT ĐỘNG KHOA HỌC VÀ CÔNG NGHỆ CỦA SỞ KHOA HỌC VÀ CÔNG NGHỆ\n\n"
        "Theo Sở Khoa học và Công nghệ, Bộ Khoa học và Công nghệ, danh hiệu “Công dân ưu tú” dành cho người có "
        "hoạt động khoa học;\n\nI. MỤC TIÊU\n"
    )
    assert found.issuer == "Sở Nông nghiệp và PTNT tỉnh Vĩnh Lam"
    assert found.title == (
        'Xét tặng danh hiệu "Công dân ưu tú" về hoạt động khoa học và công nghệ của Sở Khoa học và Công nghệ'
    )
