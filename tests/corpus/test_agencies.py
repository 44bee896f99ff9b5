"""The register of agencies: names as people write them, and who does today what another was told to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ArchiveError, QueryError
from corpus.language.agencies import LEVELS, Agencies, Agency, Succession
from corpus.language.places import Places
from corpus.store.settings import ArchiveSettings

_SHIPPED = Agencies.load()
_LABOUR = "so-lao-dong-thuong-binh-va-xa-hoi"
_INFORMATION = "so-thong-tin-va-truyen-thong"


def found(name: str, agencies: Agencies = _SHIPPED) -> str | None:
    agency = agencies.find(name)
    return agency.id if agency else None


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        (
            "Sở Kế hoạch và Đầu tư",
            "Sở KH&ĐT|Sở KHĐT|Sở KH-ĐT|SKHĐT|SỞ KẾ HOẠCH VÀ ĐẦU TƯ|so ke hoach va dau tu|Sở Kế hoạch & Đầu tư|"
            "Sở KH&ĐT tỉnh Khánh Hòa|Sở Kế hoạch và Đầu tư Khánh Hoà|Giám đốc Sở Kế hoạch và Đầu tư|lãnh đạo Sở KH&ĐT",
        ),
        (
            "Sở Lao động - Thương binh và Xã hội",
            "Sở LĐTB&XH|Sở LĐ-TB&XH|Sở LĐTBXH|Sở Lao động, Thương binh và Xã hội|Sở Lao động - TBXH|"
            "Sở Lao động – Thương binh & Xã hội tỉnh Bình Phước",
        ),
        ("Sở Nông nghiệp và Phát triển nông thôn", "Sở NN&PTNT|Sở NN và PTNT|Sở Nông nghiệp & PTNT|Sở NNPTNT"),
        ("Sở Tài nguyên và Môi trường", "Sở TN&MT|Sở TNMT|Sở TN-MT"),
        ("Sở Nông nghiệp và Môi trường", "Sở NN&MT|Sở NNMT|Sở Nông nghiệp và Môi trường tỉnh Lạng Sơn"),
        ("Sở Văn hóa, Thể thao và Du lịch", "Sở VH,TT&DL|Sở VHTTDL|Sở VH-TT-DL|Sở Văn hoá, Thể thao và Du lịch"),
        ("Sở Thông tin và Truyền thông", "Sở TT&TT|Sở TTTT|Sở Thông tin - Truyền thông"),
        ("Sở Giáo dục và Đào tạo", "Sở GD&ĐT|Sở GDĐT|SGDĐT|Sở Giáo dục - Đào tạo"),
        ("Sở Giao thông vận tải", "Sở GTVT|Sở Giao thông Vận tải"),
        (
            "Sở Nội vụ",
            "Sở NV|SNV|Sở Nội vụ thành phố Hà Nội|Sở Nội vụ (Phòng Cải cách hành chính)|Thủ trưởng Sở Nội vụ",
        ),
        ("Sở Tài chính", "Sở TC|STC|Sở Tài chính TP. Hồ Chí Minh"),
        ("Ủy ban nhân dân tỉnh", "UBND tỉnh|Uỷ ban nhân dân tỉnh|UBND TỈNH|UBND thành phố Hà Nội|UBND TP HCM|UBNDtỉnh"),
        ("Văn phòng Ủy ban nhân dân tỉnh", "Văn phòng UBND tỉnh|VP UBND tỉnh|Chánh Văn phòng UBND tỉnh|VPUBND tỉnh"),
        (
            "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh",
            "Văn phòng Đoàn ĐBQH và HĐND tỉnh|VP Đoàn ĐBQH & HĐND Thành phố",
        ),
        ("Thanh tra tỉnh", "Thanh tra Thành phố|Chánh Thanh tra tỉnh|Thanh tra tỉnh Cà Mau"),
        ("Công an tỉnh", "Công an Thành phố|Công an tỉnh Vĩnh Long|Giám đốc Công an tỉnh"),
        ("Bộ Chỉ huy quân sự tỉnh", "Bộ CHQS tỉnh|Chỉ huy trưởng Bộ Chỉ huy Quân sự tỉnh"),
        ("Bảo hiểm xã hội tỉnh", "BHXH tỉnh|BẢO HIỂM XÃ HỘI TỈNH|Bảo hiểm xã hội thành phố Hải Phòng"),
        ("Đài Phát thanh và Truyền hình tỉnh", "Đài PT-TH tỉnh|Đài PTTH|Đài Phát thanh - Truyền hình Đồng Nai"),
        ("Báo tỉnh", "Báo Bình Phước|Báo Đắk Lắk"),
        ("Kho bạc Nhà nước khu vực", "Kho bạc Nhà nước Khu vực XII|KBNN khu vực 5"),
        (
            "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",
            "Ủy ban MTTQ Việt Nam tỉnh|UBMTTQVN tỉnh|Mặt trận Tổ quốc|UB MTTQ TP",
        ),
        (
            "Trung tâm Phục vụ hành chính công tỉnh",
            "Trung tâm PVHCC tỉnh|Trung tâm Phục vụ Hành chính công tỉnh Đồng Nai",
        ),
        ("Ủy ban nhân dân cấp huyện", "UBND huyện Đá Trầm|UBND TP. Quy Nhơn|UBND thành phố Bắc Ninh|UBND cấp huyện"),
        ("Ủy ban nhân dân cấp xã", "UBND cấp xã|UBND xã Yên Trị|UBND phường 12|Chủ tịch UBND thị trấn Tân Phú"),
        ("Phòng Kinh tế cấp xã", "Phòng Kinh tế xã Yên Trị"),
        ("Bộ Nông nghiệp và Phát triển nông thôn", "Bộ NN&PTNT|Bộ trưởng Bộ Nông nghiệp và Phát triển nông thôn"),
        ("Các sở, ban, ngành", "các Sở, ban, ngành tỉnh|Thủ trưởng các sở, ban ngành|Sở, ngành|Giám đốc các sở"),
        (
            "Các cơ quan, đơn vị liên quan",
            "các cơ quan, tổ chức có liên quan|các sở, ngành liên quan|đơn vị liên quan|đơn vị, địa phương liên quan",
        ),
        (
            "Ủy ban nhân dân các huyện, thị xã, thành phố",
            "UBND các huyện, thành phố|Chủ tịch UBND các quận, huyện, thị xã|UBND các huyện trên địa bàn tỉnh",
        ),
        (
            "Ủy ban nhân dân các xã, phường",
            "UBND xã, phường|UBND các xã, phường, đặc khu|UBND các xã, phường và thị trấn",
        ),
    ],
)
def test_every_spelling_finds_its_agency(name: str, spellings: str) -> None:
    for written in (name, *spellings.split("|")):
        agency = _SHIPPED.find(written)
        assert agency is not None, written
        assert agency.name == name, written


_NOBODY = """
Sở
UBND
Công an
Văn phòng
cơ quan
tỉnh
hành chính
cải cách
Giám đốc
Sở Nông nghiệp
Phòng Kinh tế
Ban Chỉ đạo
Sở Nội vụ tham mưu ban hành kế hoạch
Công ty cổ phần Lam Giang
tổ công nghệ số cộng đồng
các sở, huyện
"""


@pytest.mark.parametrize("name", _NOBODY.split("\n"))
def test_what_is_nobody_or_several_is_not_guessed(name: str) -> None:
    assert found(name) is None


def test_the_register_is_whole() -> None:
    agencies = _SHIPPED.all()
    assert len({agency.id for agency in agencies}) == len(agencies) > 200
    for agency in agencies:
        assert _SHIPPED.get(agency.id) is agency
        assert agency.level in LEVELS
        assert found(agency.name) == agency.id
        for alias in agency.aliases:
            assert found(alias) == agency.id, alias
        for step in (*_SHIPPED.successors(agency.id), *_SHIPPED.predecessors(agency.id)):
            assert agency.id in {step.predecessor, step.successor}
        assert all(_SHIPPED.get(heir) for heir in _SHIPPED.today(agency.id))
        assert _SHIPPED.inherited_by(agency.id)[0] == agency.id
        if agency.valid_from and agency.valid_to:
            assert agency.valid_from < agency.valid_to


def test_who_ended_in_2025_has_somebody_to_follow_it() -> None:
    ended = [agency for agency in _SHIPPED.all() if agency.valid_to and agency.valid_to.year == 2025]
    assert len(ended) > 30
    for agency in ended:
        heirs = _SHIPPED.today(agency.id, "việc gì đó")
        assert heirs, agency.name
        for heir in heirs:
            present = _SHIPPED.get(heir)
            assert present is not None
            assert present.valid_to is None, (agency.name, present.name)


@pytest.mark.parametrize(
    ("agency", "task", "heirs"),
    [
        ("so-ke-hoach-va-dau-tu", "Tổng hợp, bố trí kinh phí thực hiện", "so-tai-chinh"),
        ("so-nong-nghiep-va-phat-trien-nong-thon", "Xây dựng nông thôn mới", "so-nong-nghiep-va-moi-truong"),
        ("so-tai-nguyen-va-moi-truong", "Cấp giấy chứng nhận quyền sử dụng đất", "so-nong-nghiep-va-moi-truong"),
        ("so-giao-thong-van-tai", "Bảo trì đường tỉnh", "so-xay-dung"),
        ("so-giao-thong-van-tai", "Nhận hồ sơ đổi giấy phép lái xe qua mạng", "cong-an-tinh"),
        ("so-giao-thong-van-tai", "Tổ chức sát hạch mô tô", "cong-an-tinh"),
        (_INFORMATION, "Nâng cấp Cổng dịch vụ công của tỉnh", "so-khoa-hoc-va-cong-nghe"),
        (_INFORMATION, "Định hướng các cơ quan báo chí đưa tin", "so-van-hoa-the-thao-va-du-lich"),
        (_INFORMATION, "Chỉ đạo hệ thống truyền thanh cơ sở", "so-van-hoa-the-thao-va-du-lich"),
        (_INFORMATION, "Bảo đảm an toàn thông tin mạng", "cong-an-tinh"),
        (_INFORMATION, "bao dam an toan thong tin mang", "cong-an-tinh"),
        (_LABOUR, "Tổ chức phiên giao dịch việc làm", "so-noi-vu"),
        (_LABOUR, "Rà soát chính sách với người có công", "so-noi-vu"),
        (_LABOUR, "Rút ngắn thời hạn giải quyết hồ sơ", "so-noi-vu"),
        (_LABOUR, "Trợ giúp các đối tượng bảo trợ xã hội", "so-y-te"),
        (_LABOUR, "Phòng, chống xâm hại trẻ em", "so-y-te"),
        (_LABOUR, "Phòng, chống tệ nạn xã hội", "so-y-te"),
        (_LABOUR, "Đào tạo nghề cho lao động nông thôn", "so-giao-duc-va-dao-tao"),
        (_LABOUR, "Rà soát hộ nghèo, hộ cận nghèo", "so-nong-nghiep-va-moi-truong"),
        (_LABOUR, "Quản lý cơ sở cai nghiện ma tuý", "cong-an-tinh"),
        (_LABOUR, "Chăm lo trẻ em và người có công dịp Tết", "so-y-te so-noi-vu"),
        (_LABOUR, "", "so-noi-vu so-y-te so-giao-duc-va-dao-tao so-nong-nghiep-va-moi-truong cong-an-tinh"),
        ("ban-dan-toc", "Chính sách với đồng bào", "so-dan-toc-va-ton-giao"),
        ("so-noi-vu", "Quản lý nhà nước về tôn giáo", "so-dan-toc-va-ton-giao"),
        ("so-noi-vu", "Công bố chỉ số cải cách hành chính", "so-noi-vu"),
        ("so-noi-vu", "", "so-noi-vu"),
        ("so-tu-phap", "Cấp phiếu lý lịch tư pháp trực tuyến", "cong-an-tinh"),
        ("so-tu-phap", "Thẩm định văn bản", "so-tu-phap"),
        ("so-buu-chinh-vien-thong", "Quản lý báo chí", "so-van-hoa-the-thao-va-du-lich"),
        ("cuc-thue-tinh", "Đôn đốc nợ đọng", "thue-tinh"),
        ("bao-tinh", "Mở chuyên mục", "bao-va-phat-thanh-truyen-hinh-tinh"),
        ("uy-ban-nhan-dan-cap-huyen", "Niêm yết thủ tục", "uy-ban-nhan-dan-cap-xa"),
        ("phong-noi-vu", "Kiểm tra công vụ", "phong-van-hoa-xa-hoi"),
        ("bo-ke-hoach-va-dau-tu", "Hướng dẫn đầu tư công", "bo-tai-chinh"),
        ("bo-lao-dong-thuong-binh-va-xa-hoi", "Chương trình giảm nghèo", "bo-nong-nghiep-va-moi-truong"),
        ("hoi-nong-dan-tinh", "Vận động hội viên", "hoi-nong-dan-tinh"),
    ],
)
def test_a_task_goes_to_who_has_its_function_today(agency: str, task: str, heirs: str) -> None:
    assert _SHIPPED.today(agency, task) == tuple(heirs.split())


def test_functions_that_came_later_are_not_handed_on() -> None:
    # "tôn giáo" left Sở Nội vụ on the day that Sở Lao động's work for religious families arrived there.
    assert _SHIPPED.today(_LABOUR, "Giải quyết việc làm cho đồng bào có tôn giáo") == ("so-noi-vu",)


def test_who_asks_for_todays_agency_finds_what_its_predecessors_were_given() -> None:
    assert _LABOUR in _SHIPPED.inherited_by("so-noi-vu")
    assert set(_SHIPPED.inherited_by("so-nong-nghiep-va-moi-truong")) >= {
        "so-nong-nghiep-va-phat-trien-nong-thon",
        "so-tai-nguyen-va-moi-truong",
        _LABOUR,
    }
    assert "so-buu-chinh-vien-thong" in _SHIPPED.inherited_by("so-khoa-hoc-va-cong-nghe")
    assert _SHIPPED.inherited_by("so-xay-dung")[0] == "so-xay-dung"


def test_successions_have_dates_functions_and_sources() -> None:
    steps = _SHIPPED.successors(_LABOUR)
    assert steps[0].successor == "so-noi-vu"
    assert steps[0].functions == ()
    for step in steps:
        assert step.since == date(2025, 3, 1)
        assert "2025" in step.source
    assert any("giảm nghèo" in step.functions for step in _SHIPPED.predecessors("so-nong-nghiep-va-moi-truong"))


def test_a_province_with_a_department_of_its_own_goes_its_own_way() -> None:
    assert _SHIPPED.today(_INFORMATION, "Cấp phép xuất bản", "TP. Hà Nội") == ("so-van-hoa-va-the-thao",)
    assert _SHIPPED.today(_INFORMATION, "Cấp phép xuất bản", "Đắk Lắk") == ("so-van-hoa-the-thao-va-du-lich",)
    assert _SHIPPED.today(_INFORMATION, "Chuyển đổi số", "Hà Nội") == ("so-khoa-hoc-va-cong-nghe",)


def test_an_unknown_id_comes_back_and_an_unknown_name_gets_suggestions() -> None:
    assert _SHIPPED.today("so-mau") == ("so-mau",)
    assert _SHIPPED.inherited_by("so-mau") == ("so-mau",)
    assert _SHIPPED.successors("so-mau") == _SHIPPED.predecessors("so-mau") == ()
    assert _SHIPPED.get("so-mau") is None
    assert _SHIPPED.near("Sở Tài trính", 1) == ["Sở Tài chính"]
    assert len(_SHIPPED.near("Sở Nội", 2)) <= 2


_OWN = """
[[province]]
name = "Vĩnh Lam"

[[agency]]
name = "Sở Kinh tế số"
aliases = ["Sở Số"]
valid_from = 2022-01-01
source = "Nghị quyết của tỉnh"

[[agency]]
name = "Sở Nội vụ"
aliases = ["Sở Nhân sự"]

[[succession]]
predecessor = "Sở Thông tin và Truyền thông"
successor = "Sở Kinh tế số"
since = 2022-01-01
province = "tỉnh Vĩnh Lam"

[[succession]]
predecessor = "so-kinh-te-so"
successor = "Sở Khoa học và Công nghệ"
since = 2025-03-01
functions = ["kinh tế số"]

[abbreviations]
"KTS" = "kinh tế số"
"""


def test_an_archive_adds_bodies_names_successions_and_a_provinces_own_merger(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text(_OWN, encoding="utf-8")
    settings = ArchiveSettings.load(tmp_path)
    agencies = settings.agencies
    assert settings.abbreviations == {"KTS": "kinh tế số"}
    assert [found(name, agencies) for name in ("Sở Số", "Sở KTS tỉnh Vĩnh Lam")] == ["so-kinh-te-so"] * 2
    assert found("Sở Nhân sự", agencies) == found("Sở Nội vụ", agencies) == "so-noi-vu"
    assert agencies.get("so-noi-vu").level == "province"  # type: ignore[union-attr]
    assert agencies.today(_INFORMATION, "Nâng cấp cổng thông tin", "Vĩnh Lam") == ("so-kinh-te-so",)
    assert agencies.today(_INFORMATION, "Nâng cấp cổng thông tin", "Sơn La") == ("so-khoa-hoc-va-cong-nghe",)
    assert agencies.today(_INFORMATION, "Quản lý báo chí", "Vĩnh Lam") == ("so-van-hoa-the-thao-va-du-lich",)
    assert agencies.today("so-kinh-te-so", "Phát triển kinh tế số") == ("so-khoa-hoc-va-cong-nghe",)
    own = [step for step in agencies.successors(_INFORMATION) if step.province]
    assert "Vĩnh Lam" in {step.province for step in own}
    assert ArchiveSettings.load(tmp_path / "nowhere").agencies.find("Sở Y tế") is not None


@pytest.mark.parametrize(
    "table",
    [
        "[[agency]",
        '[[agency]]\nlevel = "province"',
        '[[agency]]\nname = "Sở A"\nlevel = "phường"',
        '[[agency]]\nname = "Sở A"\nvalid_to = "2025"',
        '[[succession]]\npredecessor = "Sở Không Có"\nsuccessor = "Sở Nội vụ"',
        '[[succession]]\npredecessor = "Sở Nội vụ"\nsuccessor = "Sở Y tế"\nprovince = "Không Đâu"',
        '[[succession]]\npredecessor = "Sở Tài chính"\nsuccessor = "Sở Kế hoạch và Đầu tư"',
        '[[succession]]\npredecessor = "Sở Nội vụ"\nsuccessor = "Sở Y tế"\nfunctions = "mystery"',
        '[[succession]]\nsuccessor = "Sở Y tế"',
        "agency = 3",
        'abbreviations = "x"',
    ],
)
def test_a_broken_table_is_named(tmp_path: Path, table: str) -> None:
    path = tmp_path / "archive.toml"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(QueryError) as raised:
        Agencies.load(path)
    assert raised.value.code in {"agency-table", "place-table"}
    assert "archive.toml" in raised.value.message("vi")


def test_abbreviations_that_are_no_words_are_refused(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text("[abbreviations]\nCCHC = 3", encoding="utf-8")
    with pytest.raises(ArchiveError) as raised:
        ArchiveSettings.load(tmp_path)
    assert "abbreviations" in raised.value.message("vi")


_NAMES = [name for agency in _SHIPPED.all() for name in (agency.name, *agency.aliases)]


@given(
    st.sampled_from(_NAMES), st.sampled_from(["", "  ", "\n", ". ", ";"]), st.sampled_from([str.upper, str.lower, str])
)
def test_case_and_blanks_do_not_matter(name: str, blanks: str, case: type[str]) -> None:
    assert found(blanks + case(name).replace(" ", "  ") + blanks) == found(name)


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(" ".join(_NAMES).split()), max_size=9).map(" ".join)))
def test_any_text_is_a_known_agency_or_none(text: str) -> None:
    agency = _SHIPPED.find(text)
    assert agency is None or _SHIPPED.get(agency.id) is agency
    _SHIPPED.near(text)
    for heir in _SHIPPED.today(_LABOUR, text):
        assert _SHIPPED.get(heir) is not None


def test_a_chain_of_successions_ends() -> None:
    bodies = [Agency(name, name, "province", valid_to=date(2020, 1, 1)) for name in "abc"]
    chain = [Succession("a", "b", date(2019, 1, 1)), Succession("b", "c", date(2020, 1, 1))]
    agencies = Agencies(bodies, chain, Places.load())
    assert agencies.today("a") == agencies.today("c") == ()  # c ended, and nobody followed
    assert agencies.inherited_by("c") == ("c", "b", "a")
    with pytest.raises(QueryError):
        Agencies(bodies, [*chain, Succession("c", "a", date(2021, 1, 1))], Places.load())
