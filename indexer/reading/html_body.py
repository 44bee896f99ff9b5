"""Which parts of a web page are the site's and not the document's: menus, sidebars, comments, imprints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from indexer.reading.elements import Element

# Elements whose content is never part of the document (HTML Living Standard 4.11, 4.12; navigation 4.3.4).
DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "noframes",
        "template",
        "head",
        "nav",
        "aside",
        "button",
        "select",
        "option",
        "datalist",
        "iframe",
        "object",
        "svg",
        "canvas",
        "audio",
        "video",
        "dialog",
        "menu",
        "map",
        "input",
        "textarea",
    ]
)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_MAIN_PARTS = frozenset({"main", "article"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# A site's own furniture: roles of WAI-ARIA 1.2 and the usual names of menus. Dropped only outside the document's text.
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "menu", "menubar", "complementary"})
_NAMED = frozenset({"div", "ul", "ol", "section", "header", "footer", "table", "td", "form", "p", "span", "dl"})


def _names(words: str) -> re.Pattern[str]:
    """Finds one of some words as a part of class names: "main-menu", "menuTop", "box_menu"."""
    return re.compile(rf"(?:^|[\s_-]|(?<=[a-z])(?=[A-Z]))(?:{words})(?:$|[\s_-]|(?<=[a-z])(?=[A-Z])|\d)", re.IGNORECASE)


# Names of what is mostly links, Vietnamese ones without marks as portals write them; dropped only if it is.
_LINK_LISTS = _names(
    "nav|navbar|navigation|menu|breadcrumbs?|sidebar|cookie|share|social|pagination|paging|related|tags?|toolbar|links?"
    "|tin-?lien-?quan|lien-?quan|tin-?khac|tin-?moi|tinmoi|danh-?muc|chuyen-?muc|hot-?news|other-?news|footer|header|top"
    "|banner|widget|left|right|col-?right|col-?left|bottom"
)
# Names of what people or the site add to a page, whatever it holds.
_COMMENTS = _names("comments?|binh-?luan|y-?kien(?:-?ban-?doc)?|discussion|disqus")
_ADDED = _names(
    "feedback|cookies?|cookie-?(?:banner|bar|consent|notice)|consent|popup|modal|newsletter"
    "|subscribe|rating|danh-?gia|share|social|print-?tools?|tools?|copyright|ban-?quyen|counter|thong-?ke|visitors?"
    "|weather|thoi-?tiet|poll|tham-?do|login|dang-?nhap|search|tim-?kiem|advert(?:isement)?s?|ads|quang-?cao|breadcrumbs?"
)
# What only an official document prints (Decree 30/2020/NĐ-CP, annex I); a part that has one is never dropped.
_OFFICIAL = re.compile(
    r"CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–]\s*Tự\s+do|Nơi\s+nhận\s*:|Căn\s+cứ\s+(?:Luật|Nghị|Quyết|Thông|Hiến)"
    r"|(?:^|\W)Điều\s+\d+\s*\.|\d+/(?:\d{4}/)?(?:QĐ|KH|NQ|CT|TB|BC|CTr)-|TM\.\s*(?:ỦY|UỶ)\s+BAN"
)
# Lines of a page's tools and imprint, whole.
_TOOL_LINE = re.compile(
    r"""(?:(?:lượt\s+(?:xem|đọc|truy\s+cập)|số\s+lượt\s+(?:xem|truy\s+cập))\s*:?\s*[\d.,]*|in\s+(?:trang|bài(?:\s+viết)?|tin(?:\s+này)?|ấn)
      |chia\s+sẻ(?:\s+(?:bài\s+viết|qua|lên)[^.]{0,30})?|gửi\s+(?:email|bình\s+luận|cho\s+bạn(?:\s+bè)?|bài\s+viết|phản\s+hồi)
      |facebook|twitter|zalo|youtube|email|print|share|tweet|cỡ\s+chữ[\s:aA+-]*|[aA][+-](?:\s*[aA][+-])*|bình\s+luận(?:\s*\(\d+\))?
      |quay\s+lại|trở\s+về|về\s+(?:đầu\s+trang|trang\s+chủ)|trang\s+chủ|trang\s+trước|trang\s+sau|xem\s+thêm|xem\s+tiếp
      |nghe\s+(?:bài|đọc\s+bài)(?:\s+viết)?|đọc\s+bài\s+viết|lưu(?:\s+tin|\s+bài)?|tải\s+về(?:\s+máy)?|tải\s+xuống
      |(?:các\s+)?tin(?:\s+bài)?\s+(?:liên\s+quan|khác|mới(?:\s+hơn|\s+nhất)?|cũ\s+hơn|cùng\s+chuyên\s+mục|đọc\s+nhiều)
      |(?:các\s+)?văn\s+bản\s+(?:liên\s+quan|khác|mới(?:\s+nhất)?|cùng\s+loại)|bài\s+viết\s+(?:liên\s+quan|khác)
      |đăng\s+(?:nhập|ký)|đóng(?:\s+lại)?|đồng\s+ý|chấp\s+nhận|tìm\s+kiếm)\s*:?""",
    re.IGNORECASE | re.VERBOSE,
)

_SOLID = 60  # characters of running text in a block that is not a link: it says something
_LINKED = 0.5  # share of linked text from which a list is a menu
_UNNAMED_LINKED = 0.65  # the same where no name says so
_FEWEST_LINKS = 3
_SMALL = 0.35  # of the page's solid text: a part that has more is the document, however it is called
_CORE = 0.7  # share of solid text that the document's own container has
_LEAST_SOLID = 0.2  # share of solid text: with less left nothing is dropped
_PORTAL = 3  # links in furniture that show that the page is a portal's


@dataclass(slots=True)
class _Count:
    """What an element holds: characters of text, of linked text, of solid text; links."""

    text: int = 0
    linked: int = 0
    solid: int = 0
    links: int = 0
    own: int = 0  # text directly in this block, links left out

    def add(self, other: _Count) -> None:
        self.text += other.text
        self.linked += other.linked
        self.solid += other.solid
        self.links += other.links


def is_hidden(element: Element) -> bool:
    """Whether an element is never shown, or only a control of the page."""
    return (
        element.tag in DROPPED or element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
    )


def is_tool_line(words: str) -> bool:
    """Whether a line is only a tool of the page: share, print, number of readers."""
    parts = [part.strip() for part in re.split(r"[|•·»›]", words) if part.strip()]
    return bool(parts) and all(_TOOL_LINE.fullmatch(part) is not None for part in parts)


def furniture(root: Element) -> set[Element]:
    """The elements of a page that are not the document's; whoever walks the page leaves them out with all they hold.

    Judged by roles and names, by the share of links, and on a portal's page by standing outside the element that
    holds the running text. A part with the marks of an official document stays, and so does one with much of the text.
    """
    counts = _counts(root)
    whole = counts[root].solid if root in counts else 0
    has_main = next(root.iter(*_MAIN_PARTS), None) is not None
    dropped: set[Element] = set()
    links = 0
    for element in _walk(root, dropped):
        count = counts[element]
        if element is not root and element.tag != "body" and _is_furniture(element, count, whole, has_main):
            dropped.add(element)
            links += count.links
    left = _counts(root, dropped)
    if links >= _PORTAL:
        dropped |= _outside_core(root, left, dropped)
        left = _counts(root, dropped)
    if root in left and (not left[root].text or left[root].solid < _LEAST_SOLID * whole):
        return set()
    return dropped


def _walk(root: Element, dropped: set[Element]) -> Iterator[Element]:
    """The elements of a page in order, without what is inside those dropped while walking."""
    stack = [root]
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str) or is_hidden(element):
            continue
        yield element
        if element not in dropped:
            stack.extend(reversed(list(element)))


def _counts(root: Element, dropped: Collection[Element] = frozenset()) -> dict[Element, _Count]:
    """What every shown element holds, leaving out those dropped already."""
    counts: dict[Element, _Count] = {}
    # Elements with their nearest block and whether they stand in a link; parents before children.
    order: list[tuple[Element, Element, bool]] = []
    stack: list[tuple[Element, Element, bool]] = [(root, root, False)]
    while stack:
        element, block, linked = stack.pop()
        if not isinstance(element.tag, str) or is_hidden(element) or element in dropped:
            continue
        counts[element] = _Count()
        block = element if element.tag in BLOCKS else block
        linked = linked or element.tag == "a"
        order.append((element, block, linked))
        stack += [(child, block, linked) for child in element]
    for element, block, linked in order:
        count = counts[element]
        count.links += element.tag == "a"
        texts = [element.text or "", *((child.tail or "") for child in element)]
        size = sum(len(" ".join(text.split())) for text in texts)
        count.text += size
        count.linked += size if linked else 0
        counts[block].own += 0 if linked else size
    for element, _, _ in reversed(order):
        count = counts[element]
        if count.own >= _SOLID or (element.tag in {"td", "th"} and count.own):
            count.solid += count.own
        parent = element.getparent()
        if parent is not None and parent in counts and element is not root:
            counts[parent].add(count)
    return counts


def _is_furniture(element: Element, count: _Count, whole: int, has_main: bool) -> bool:
    linked = count.linked / max(1, count.text)
    names = f"{element.get('class') or ''} {element.get('id') or ''}" if element.tag in _NAMED else ""
    if _is_named_furniture(element, names, linked, count.solid <= _SMALL * whole, has_main):
        return linked >= _LINKED or not _is_official(element)
    # A list of links that nothing names may be one of the documents that the text rests on.
    a_list = linked >= _UNNAMED_LINKED and count.links >= _FEWEST_LINKS and count.solid == 0
    return a_list and element.tag in _NAMED and not _is_official(element)


def _is_named_furniture(element: Element, names: str, linked: float, small: bool, has_main: bool) -> bool:
    """Whether role, tag or names call an element a part of the site, as far as what it holds does not gainsay."""
    if (element.get("role") or "").lower() in _FURNITURE_ROLES:
        return True
    # Outside the page's main part these are the site's banner and imprint (HTML-AAM 1.0).
    if element.tag in {"header", "footer"} and has_main and not _in_main(element):
        return True
    if _COMMENTS.search(names):
        return True
    return (_ADDED.search(names) is not None and (linked >= _LINKED or (small and not _in_main(element)))) or (
        _LINK_LISTS.search(names) is not None and linked >= _LINKED
    )


def _in_main(element: Element) -> bool:
    return any(above.tag in _MAIN_PARTS for above in element.iterancestors())


def _is_official(element: Element) -> bool:
    """Whether a part is the document or holds a piece of it that nobody may lose."""
    return _OFFICIAL.search(" ".join("".join(element.itertext()).split())) is not None


def _outside_core(root: Element, counts: dict[Element, _Count], dropped: set[Element]) -> set[Element]:
    """What stands beside the smallest element with nearly all the running text, where the site's own parts do.

    Titles stay, and so does all that stands where none of the site's parts do: there the document begins.
    """
    sites = set(dropped)
    for element in dropped:
        sites.update(element.iterancestors())
    enough = _CORE * counts[root].solid
    core, outside, beside = root, set[Element](), set[Element]()
    while True:
        inner = [child for child in core if child.tag in BLOCKS and (child in counts or child in dropped)]
        shown = [child for child in inner if child in counts]
        best = max(shown, key=lambda child: counts[child].solid, default=None)
        if best is None or not enough or counts[best].solid < enough or best.tag == "p":
            return outside
        beside |= {c for c in shown if c is not best and not _has_title(c) and not _is_official(c)}
        if any(child in sites for child in inner if child is not best):
            outside |= beside  # and what stands beside the elements further out
        core = best


def _has_title(element: Element) -> bool:
    return element.tag in {"h1", "h2"} or next(element.iter("h1", "h2"), None) is not None
