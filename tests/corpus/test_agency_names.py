"""Names of agencies in running text and in fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.agency_names import find_agencies, read_list, split_agencies


def _names(text: str) -> list[str]:
    return [name for mention in find_agencies(text) for name in mention.names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sở Nông nghiệp và Phát triển nông thôn chủ trì", ["Sở Nông nghiệp và Phát triển nông thôn"]),
        ("do Sở Văn hóa, Thể thao và Du lịch thực hiện", ["Sở Văn hóa, Thể thao và Du lịch"]),
        ("Sở Lao động - Thương binh và Xã hội", ["Sở Lao động - Thương binh và Xã hội"]),
        (
            "Sở Văn hoá, Thể thao và Du lịch; Uỷ ban nhân dân tỉnh",
            ["Sở Văn hoá, Thể thao và Du lịch", "Uỷ ban nhân dân tỉnh"],
        ),
        ("Sở KH&ĐT, Sở NN&PTNT, Sở VH,TT&DL", ["Sở KH&ĐT", "Sở NN&PTNT", "Sở VH,TT&DL"]),
        ("Văn phòng UBND tỉnh và UBND tỉnh", ["Văn phòng UBND tỉnh", "UBND tỉnh"]),
        ("Sở Tài chính, Công an tỉnh", ["Sở Tài chính", "Công an tỉnh"]),
        ("Đài Phát thanh - Truyền hình và Báo Vĩnh Lam", ["Đài Phát thanh - Truyền hình", "Báo Vĩnh Lam"]),
        ("Trung tâm Văn hóa, Thông tin và Thể thao xã", ["Trung tâm Văn hóa, Thông tin và Thể thao xã"]),
        ("Trung tâm Khuyến nông và Dịch vụ nông nghiệp tỉnh", ["Trung tâm Khuyến nông và Dịch vụ nông nghiệp tỉnh"]),
        (
            "Ban Quản lý Khu kinh tế và các khu công nghiệp tỉnh",
            ["Ban Quản lý Khu kinh tế và các khu công nghiệp tỉnh"],
        ),
        ("SỞ NỘI VỤ", ["SỞ NỘI VỤ"]),
        ("Kho bạc Nhà nước Khu vực XIII", ["Kho bạc Nhà nước Khu vực XIII"]),
        ("Chánh Văn phòng UBND tỉnh, Giám đốc Sở Nội vụ", ["Chánh Văn phòng UBND tỉnh", "Giám đốc Sở Nội vụ"]),
    ],
)
def test_a_name_is_found_whole_whatever_is_in_it(text: str, names: list[str]) -> None:
    assert _names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Các Sở, ban, ngành, UBND xã, phường và các cơ quan, tổ chức có liên quan căn cứ Kế hoạch",
            ["Các Sở, ban, ngành", "UBND xã, phường", "các cơ quan, tổ chức có liên quan"],
        ),
        ("Thủ trưởng các sở, ban, ngành, đoàn thể tỉnh", ["Thủ trưởng các sở, ban, ngành, đoàn thể tỉnh"]),
        ("Các đoàn thể, tổ chức xã hội", ["Các đoàn thể, tổ chức xã hội"]),
        ("các phường, xã, đặc khu", ["các phường, xã, đặc khu"]),
        ("Các đơn vị cấp nước sạch trên địa bàn tỉnh có trách nhiệm", ["Các đơn vị cấp nước sạch trên địa bàn tỉnh"]),
        ("các doanh nghiệp vận tải triển khai", ["các doanh nghiệp vận tải"]),
        ("UBND các xã An Lĩnh, Lam Giang và Thạch Sơn tổ chức", ["UBND các xã An Lĩnh, Lam Giang và Thạch Sơn"]),
    ],
)
def test_bodies_in_general_keep_their_qualities(text: str, names: list[str]) -> None:
    assert _names(text) == names


def test_a_list_that_shares_its_head_is_written_out() -> None:
    mention = find_agencies("Giao các Sở: Tài chính, Nội vụ, Kế hoạch và Đầu tư; Công an tỉnh")[0]
    assert mention.names == ("Sở Tài chính", "Sở Nội vụ", "Sở Kế hoạch và Đầu tư")
    assert _names("Giám đốc các Sở: Tài chính, Nội vụ") == ["Giám đốc Sở Tài chính", "Giám đốc Sở Nội vụ"]


@pytest.mark.parametrize(
    "text",
    [
        "Tổ chức hội nghị, báo cáo kết quả",
        "Ban hành văn bản; hoàn thiện bộ hồ sơ",
        "Phòng, chống thiên tai",
        "Trường hợp không đủ điều kiện",
        "đội ngũ cán bộ, công chức",
        "Sở hữu trí tuệ",
    ],
)
def test_words_that_only_look_like_names_are_none(text: str) -> None:
    assert _names(text) == []


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Sở Nội vụ, Sở Tài chính và UBND các xã, phường", ("Sở Nội vụ", "Sở Tài chính", "UBND các xã, phường")),
        ("- Sở Nội vụ\n- Sở Nông nghiệp\nvà Môi trường", ("Sở Nội vụ", "Sở Nông nghiệp và Môi trường")),
        ("Sở Y tế (Chi cục Dân số); các đơn vị liên quan", ("Sở Y tế", "các đơn vị liên quan")),
        ("Tổ máy kéo Đồng Vọng, Sở Nội vụ", ("Tổ máy kéo Đồng Vọng", "Sở Nội vụ")),
        ("Sở Công Thương theo dõi, báo cáo", ("Sở Công Thương",)),
        ("", ()),
    ],
)
def test_a_field_is_parted_between_names_never_inside_one(field: str, names: tuple[str, ...]) -> None:
    assert split_agencies(field) == names


def test_a_list_is_read_up_to_what_it_is_told() -> None:
    text = "Bộ Công an, Bộ Khoa học và Công nghệ, doanh nghiệp đồng hành để xây dựng"
    names, end = read_list(text, 0, len(text))
    assert names == ("Bộ Công an", "Bộ Khoa học và Công nghệ", "doanh nghiệp đồng hành")
    assert text[end:] == " để xây dựng"


_MARKS = [",", ";", "(", ")", ":", "TP.", "-", "\n", "và", "các", "chủ trì", "liên quan"]
_PARTS = [
    "Sở",
    "Nội vụ",
    "Ban",
    "UBND",
    "xã",
    "phường",
    "tỉnh",
    "Trung tâm",
    "Văn hóa",
    "ngành",
    "KH&ĐT",
    "Công an",
    "Khu vực",
    "XIII",
]
_WORDS = st.sampled_from([*_MARKS, *_PARTS])


@given(st.lists(_WORDS, max_size=30).map(" ".join) | st.text(max_size=60))
def test_mentions_are_in_order_disjoint_and_never_blank(text: str) -> None:
    mentions = find_agencies(text)
    ends = [0, *(mention.end for mention in mentions)]
    for before, mention in zip(ends, mentions, strict=False):
        assert before <= mention.start < mention.end <= len(text)
        assert mention.names
        assert all(name.strip() == name and name for name in mention.names)
    assert all(name.strip() for name in split_agencies(text))
