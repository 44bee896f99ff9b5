"""Saved pages of portals: the document whole, the site around it gone."""

# ruff: noqa: E501 - markup and cells of one row read best on one line

from __future__ import annotations

import pytest

from corpus.model import LineKind
from indexer.reading import read_bytes
from indexer.structure.tables import rows_of, tables_of
from tests.indexer.shown import shown

PARAGRAPHS = [
    "Thực hiện Nghị quyết của Hội đồng nhân dân tỉnh về phát triển rừng, Ủy ban nhân dân tỉnh Vĩnh Lam ban hành kế hoạch:",
    "I. MỤC TIÊU",
    "1. Trồng mới 2.400 ha rừng phòng hộ đầu nguồn, trong đó các xã vùng cao trồng ít nhất 1.500 ha trước mùa mưa.",
    "2. Tỷ lệ che phủ đạt 47%.",
    "II. TỔ CHỨC THỰC HIỆN",
    "1. Sở Nông nghiệp và Môi trường chủ trì, phối hợp với các địa phương kiểm tra hiện trường hằng quý và báo cáo kết quả.",
    "2. Sở Tài chính bố trí kinh phí.",
    "Nơi nhận:",
    "- Như trên;",
    "TM. ỦY BAN NHÂN DÂN",
    "Lê Văn Mẫu",
]
LETTERHEAD = """<table width="100%"><tr><td>ỦY BAN NHÂN DÂN<br>TỈNH VĨNH LAM</td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</td></tr>
<tr><td>Số: 12/KH-UBND</td><td>Vĩnh Lam, ngày 5 tháng 3 năm 2031</td></tr></table>
<p align=center><b>KẾ HOẠCH</b></p><p align=center><b>Trồng rừng năm 2031</b></p>"""
TABLE = """<table border=1><tr><td>TT</td><td>Nhiệm vụ</td><td>Đơn vị chủ trì</td></tr>
<tr><td>1</td><td>Ươm giống</td><td>Chi cục Kiểm lâm</td></tr><tr><td>2</td><td>Trồng cây</td><td>UBND các xã</td></tr></table>"""
HEAD = ["ỦY BAN NHÂN DÂN", "Số: 12/KH-UBND", "KẾ HOẠCH", "Trồng rừng năm 2031"]
ROWS = ["TT | Nhiệm vụ | Đơn vị chủ trì", "1 | Ươm giống | Chi cục Kiểm lâm", "2 | Trồng cây | UBND các xã"]


def document(tag: str = "p") -> str:
    return LETTERHEAD + "".join(f"<{tag}>{words}</{tag}>" for words in PARAGRAPHS[:7]) + TABLE + "".join(
        f"<{tag}>{words}</{tag}>" for words in PARAGRAPHS[7:]
    )  # fmt: skip


def links(*words: str, tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="#">{word}</a></{tag}>' for word in words)


MENU = links("Giới thiệu chung", "Tin hoạt động", "Văn bản chỉ đạo", "Thủ tục hành chính", "Liên hệ công tác")
RELATED = links(
    "Khởi công tuyến đường nối hai xã vùng cao của tỉnh",
    "Hội nghị tổng kết công tác cải cách hành chính quý vừa qua",
    "Đoàn công tác kiểm tra phòng chống cháy rừng mùa khô",
)
COMMENT = (
    "Tôi thấy kế hoạch này rất hay, mong tỉnh sớm công bố danh sách các xã được hỗ trợ cây giống trong đợt đầu tiên."
)
IMPRINT = "Cơ quan chủ quản: Văn phòng điện tử. Ghi rõ nguồn khi phát hành lại thông tin từ trang này."

SEMANTIC = f"""<html><body><header><img><div>Cổng thông tin Vĩnh Lam</div></header><nav><ul>{MENU}</ul></nav>
<main><h1>Kế hoạch trồng rừng</h1><article>{document()}</article></main>
<aside><h3>Tin đọc nhiều</h3><ul>{RELATED}</ul></aside><footer><p>{IMPRINT}</p></footer></body></html>"""

DIVS = f"""<html><body><div id="header"><div class="banner">Cổng thông tin Vĩnh Lam</div><div class="menuTop"><ul>{MENU}</ul></div></div>
<div class="container"><div class="col-left"><ul>{MENU}</ul></div><div class="main-content"><div class="breadcrumb"><a>Trang chủ</a> » <a>Văn bản</a></div>
<h1 class="title">Kế hoạch trồng rừng</h1><div class="tools"><a>In trang</a> <a>Chia sẻ</a></div><div class="content-detail">{document()}</div>
<div class="tin-lien-quan"><h3>Tin liên quan</h3><ul>{RELATED}</ul></div>
<div id="binh-luan"><h4>Ý kiến bạn đọc</h4><p>{COMMENT}</p><form><textarea></textarea><button>Gửi bình luận</button></form></div></div></div>
<div id="footer"><p>{IMPRINT}</p></div></body></html>"""

LAYOUT_TABLES = f"""<html><body><table width=1000 border=0><tr><td colspan=3>Cổng thông tin Vĩnh Lam</td></tr>
<tr><td width=180 valign=top><table>{links("Giới thiệu chung", "Tin hoạt động", "Văn bản chỉ đạo", "Thủ tục hành chính", tag="tr><td")}</table></td>
<td width=620 valign=top>{document()}</td>
<td width=200 valign=top><div>Thời tiết: nắng nhẹ, 27 độ</div><div>Đang trực tuyến: 35</div><div>Lượt truy cập: 1.234.567</div></td></tr>
<tr><td colspan=3>{IMPRINT}</td></tr></table></body></html>"""

PRINT = f"""<html><body onload="window.print()"><div><a href="#">In trang</a> | <a href="#">Đóng</a></div>{document()}
<p>Lượt xem: 1.024</p></body></html>"""

SOUP = f"""<html><body><div class="x1"><div class="x2"><div class="a9">Cổng thông tin Vĩnh Lam</div><div class="b7">{
    links("Giới thiệu chung", "Tin hoạt động", "Văn bản chỉ đạo", "Thủ tục hành chính", "Liên hệ công tác", tag="div")
}</div></div><div class="x3"><div><div><div><div>{document("div")}</div></div></div></div>
<div class="c1"><div>Các bài cũ</div>{RELATED.replace("li>", "div>")}</div></div><div class="x9"><div>{
    IMPRINT
}</div></div></div></body></html>"""

COMMENTS = f"""<html><body><div class="cookie-banner">Trang này dùng cookie để ghi nhớ lựa chọn của bạn. <button>Đồng ý</button></div>
<div id="banner">Cổng thông tin Vĩnh Lam</div><div id="navigation">{MENU}</div><div class="portlet-body"><div class="journal-content-article">{document()}</div>
<div class="taglib-discussion comments">{"".join(f"<div class=comment><p>{COMMENT}</p></div>" for _ in range(3))}</div></div>
<div class="sidebar"><div class="portlet">{RELATED}</div></div><div class="footer-copyright">{IMPRINT}</div></body></html>"""

LEGAL = f"""<html><body><div class="header"><ul class="menu">{MENU}</ul><form class="search"><input><button>Tìm kiếm</button></form></div>
<div class="tabs"><ul>{links("Nội dung", "Thuộc tính", "Lược đồ", "Bản tiếng Anh")}</ul></div>
<div id="toanvancontent">{document()}</div><div class="right"><h4>Văn bản liên quan</h4>{RELATED.replace("li>", "p>")}</div>
<div class="login-popup">Đăng nhập để theo dõi hiệu lực của văn bản này bằng tài khoản của bạn.</div><footer>{IMPRINT}</footer></body></html>"""

PAGES = {
    "semantic": SEMANTIC, "divs": DIVS, "layout tables": LAYOUT_TABLES, "print": PRINT, "soup": SOUP,
    "comments": COMMENTS, "legal database": LEGAL,
}  # fmt: skip
SITE = [
    "Giới thiệu chung", "Tin hoạt động", "Khởi công tuyến đường", "Hội nghị tổng kết", COMMENT[:30], IMPRINT[:30], "cookie",
    "Thời tiết", "Đang trực tuyến", "Lượt", "In trang", "Bình luận", "Đăng nhập", "Lược đồ", "Tin liên quan", "Trang chủ",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_the_document_is_whole_and_the_site_is_gone(name: str) -> None:
    source = read_bytes(PAGES[name].encode(), ".html")
    found = shown(source)
    assert [words for words in [*HEAD, *PARAGRAPHS, *ROWS] if words not in found] == []
    assert [words for words in SITE if any(words.lower() in line.lower() for line in found)] == []
    assert [row.heads[2] for table in tables_of(source) for row in rows_of(source.text, table)] == [
        "Đơn vị chủ trì"
    ] * 2


@pytest.mark.parametrize(
    "page",
    [
        f'<html><body><div class="menu">{document()}</div></body></html>',
        f'<html><body><div class="comments">{document()}</div></body></html>',
        f'<html><body><ul id=nav>{MENU}</ul><table class="footer"><tr><td>{document()}</td></tr></table></body></html>',
        "<html><body><ul>" + links(*PARAGRAPHS) + "</ul></body></html>",
    ],
    ids=["named menu", "named comments", "named footer", "all links"],
)
def test_a_document_in_doubt_stays(page: str) -> None:
    found = " ".join(shown(read_bytes(page.encode(), ".html")))
    assert [words for words in PARAGRAPHS if words not in found] == []


def test_a_list_of_links_inside_the_text_stays() -> None:
    cited = links(
        "Quyết định số 5/QĐ-UBND về trồng rừng", "Quyết định số 6/QĐ-UBND về giao đất", "Quyết định số 7/QĐ-UBND về vốn"
    )
    page = f"<html><body><ul id=menu>{MENU}</ul><div>{document()}<ul>{cited}</ul></div></body></html>"
    assert any("6/QĐ-UBND" in line for line in shown(read_bytes(page.encode(), ".html")))


@pytest.mark.parametrize(
    "page",
    [
        '<p><font face=".VnTime">Céng hßa x· héi chñ nghÜa ViÖt Nam</font></p>',
        "<p style=\"font-family:'.VnTime'\">Céng <b>hßa</b> x· héi chñ nghÜa ViÖt Nam</p>",
        '<style>p.cu, li {font-size:13pt; font-family:".VnTime",serif}</style><p class=cu>Céng hßa x· héi chñ nghÜa ViÖt Nam</p>',
        '<table border=1><tr><td><font face=".VnTime">Céng hßa x· héi chñ nghÜa ViÖt Nam</font></td><td>b</td></tr><tr><td>c<td>d</table>',
    ],
    ids=["face", "style", "sheet", "cell"],
)
def test_text_in_an_old_font_is_shown_in_unicode(page: str) -> None:
    for data in (f"<html><meta charset=utf-8>{page}</html>".encode(), f"<html>{page}</html>".encode("cp1252")):
        source = read_bytes(data, ".html")
        assert "Cộng hòa xã hội chủ nghĩa Việt Nam" in source.text
        assert (source.quality, source.converted_from) == ("converted", "TCVN3")


def test_unicode_text_in_an_old_font_is_left_alone() -> None:
    source = read_bytes('<p><font face=".VnTime">Kế hoạch cải cách hành chính</font></p>'.encode(), ".html")
    assert (source.text, source.converted_from) == ("Kế hoạch cải cách hành chính", None)
    assert source.lines[0].kind is LineKind.TEXT
