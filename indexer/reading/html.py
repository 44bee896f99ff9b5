"""Web pages: block elements become lines, tables rows, and what is only furniture of the site is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.model import LineKind, SourceText
from indexer.reading.elements import Element
from indexer.reading.encoding import decode
from indexer.reading.failures import failure
from indexer.reading.lines import Assembly
from indexer.reading.numbering import letter, roman
from indexer.reading.tables import is_layout, row_text

_DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset\s*=|\?xml[^>]{0,100}?encoding\s*=)\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.I
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DESCRIPTION = "(//meta[translate(@name, 'DESCRIPTION', 'description')='description'])[1]/@content"
_DOCTYPE_BEGINS = re.compile(r"<!DOCTYPE", re.I)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.I | re.S)

# Elements whose content is never part of the document (HTML Living Standard 4.11, 4.12; navigation 4.3.4).
_DROPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
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
    }
)
# A site's own furniture: roles of WAI-ARIA 1.2 and the usual names of menus. Dropped only outside the document's text.
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "menu", "menubar", "complementary"})
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|sidebar|cookie|share|social|pagination|related)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    {
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
    }
)
_MAIN_PARTS = frozenset({"main", "article"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SPACES = re.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
_NO_BORDER = re.compile(r"border(?:-(?:top|right|bottom|left))?(?:-style|-width)?\s*:\s*(?:none|0(?:pt|px)?\b)", re.I)
_BORDER = re.compile(
    r"border(?:-(?:top|right|bottom|left))?(?:-style)?\s*:[^;]{0,100}\b(?:solid|double|dashed|dotted|inset|ridge)", re.I
)
_MOST_COLUMNS = 100
_INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)


def read_html(data: bytes) -> SourceText:
    """The text of a web page, a line a block element; encoding by byte-order mark, declaration, then detection."""
    from lxml import etree, html

    declared = _DECLARED.search(data[:4096])
    decoded = decode(data, declared[1].decode("ascii") if declared else None)
    markup = _without_doctype(_XML_DECLARATION.sub("", decoded.text.lstrip("\ufeff"))).replace("\0", "")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(markup.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise failure("html-damaged", cause="no-page") from error
    # The parser cuts the page off where it meets a limit, and only its log tells.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise failure("html-damaged", cause="deep")
    walker = _Walker()
    walker.walk(root)
    text, lines = walker.assembly.finish()
    return SourceText(
        text=text,
        lines=lines,
        media_type="text/html",
        reader="html",
        wrapped=False,
        quality=decoded.quality,
        title=_collapse("".join(root.xpath("(//title)[1]//text()"))),
        note=_collapse("".join(root.xpath(_DESCRIPTION))),
        warnings=decoded.warnings,
    )


def _without_doctype(markup: str) -> str:
    begins = _DOCTYPE_BEGINS.search(markup)
    doctype = _DOCTYPE.match(markup, begins.start()) if begins else None
    return markup[: doctype.start()] + markup[doctype.end() :] if doctype else markup


def _collapse(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


class _Walker:
    """Walks a page without recursion, gathering inline text until a block ends."""

    def __init__(self) -> None:
        self.assembly = Assembly()
        self._inline: list[str] = []
        self._level = 0
        self._preformatted = 0
        self._items: dict[Element, int] = {}  # list -> items so far
        self._has_main_part = False

    def walk(self, root: Element) -> None:
        """Adds what is shown of an element, in reading order."""
        # What is still to do, last first: text to add, an element to open, or (in a tuple) the tag to close.
        steps: list[str | Element | tuple[str]] = [root]
        self._has_main_part = next(root.iter(*_MAIN_PARTS), None) is not None
        while steps:
            step = steps.pop()
            if isinstance(step, str):
                self._inline.append(step if self._preformatted else _SPACES.sub(" ", step))
            elif isinstance(step, tuple):
                self._close(step[0])
            elif not _dropped(step, self._has_main_part):
                self._open(step, steps)
        self._flush()

    def _open(self, element: Element, steps: list[str | Element | tuple[str]]) -> None:
        tag = element.tag
        if tag == "br":
            self._inline.append("\n")
            return
        if tag in _BLOCKS:
            self._flush()
        if tag == "table" and not _is_layout(element):
            for row in _rows(element):
                self.assembly.add(row, LineKind.ROW)
            return
        self._level = _HEADINGS.get(tag, self._level)
        self._preformatted += tag == "pre"
        if tag == "li":
            self._inline.append(self._label(element))
        steps.append((tag,))
        for child in reversed(element):
            steps += [child.tail or "", child]
        steps.append(element.text or "")

    def _close(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
        if tag in _HEADINGS:
            self._level = 0
        self._preformatted -= tag == "pre"

    def _flush(self) -> None:
        block = "".join(self._inline)
        self._inline.clear()
        if self._level:
            self.assembly.add(_collapse(block), LineKind.HEADING, self._level)
        else:
            self.assembly.add(block if self._preformatted else re.sub(r" {2,}", " ", block))

    def _label(self, item: Element) -> str:
        """The number that a browser prints before an item of an ordered list; a dash before any other."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return "- "
        before = self._items.get(parent, 0)
        self._items[parent] = before + 1
        start = parent.get("start", "1").strip()
        number = int(start) + before if _INTEGER.fullmatch(start) else 1
        match parent.get("type", "1"):
            case "a":
                return f"{letter(number)}. "
            case "A":
                return f"{letter(number).upper()}. "
            case "i":
                return f"{roman(number).lower()}. "
            case "I":
                return f"{roman(number)}. "
            case _:
                return f"{number}. "


def _dropped(element: Element, has_main_part: bool) -> bool:
    """Whether an element is not part of the document: scripts, menus, hidden parts."""
    if element.tag in _DROPPED or element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")):
        return True
    if element.get("role", "").lower() in _FURNITURE_ROLES:
        return True
    if element.tag in {"header", "footer"}:
        # Outside the page's main part these are the site's banner and imprint (HTML-AAM 1.0).
        parts = {above.tag for above in element.iterancestors()}
        return not parts & _MAIN_PARTS and has_main_part
    if element.tag not in {"div", "ul", "ol", "section", "header", "footer", "table"}:
        return False
    names = f"{element.get('class', '')} {element.get('id', '')}"
    # A document's own text may stand in an element with such a name; a menu is made of links.
    return bool(_FURNITURE_NAMES.search(names)) and _mostly_links(element)


def _mostly_links(element: Element) -> bool:
    words = len(_collapse("".join(element.itertext())))
    linked = sum(len(_collapse("".join(link.itertext()))) for link in element.iter("a"))
    return linked * 2 >= words


def _is_layout(table: Element) -> bool:
    """Whether a table only places things side by side: a letterhead, a signature block, columns of a page."""
    if table.get("role") == "presentation":
        return True
    bordered = _bordered(table)
    if next(table.iterdescendants("table"), None) is not None and not bordered:
        return True
    rows = [[_cell(cell) for cell in _cells(row)] for row in _own_rows(table)]
    return is_layout(rows, bordered or next(table.iter("th"), None) is not None)


def _bordered(table: Element) -> bool:
    border = table.get("border", "")
    style = ";".join(
        [table.get("style", ""), *(cell.get("style", "") for row in _own_rows(table) for cell in _cells(row))]
    )
    return (border not in {"", "0"} and not _NO_BORDER.search(style)) or bool(_BORDER.search(style))


def _own_rows(table: Element) -> Iterator[Element]:
    """The rows of a table, without those of tables inside it."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from child.iterchildren("tr")


def _cells(row: Element) -> Iterator[Element]:
    yield from row.iterchildren("td", "th")


def _rows(table: Element) -> Iterator[str]:
    """The caption and the rows of a data table, empty cells where a merged one covers several columns or rows."""
    for caption in table.iterchildren("caption"):
        yield _collapse(" ".join(caption.itertext()))
    covered: dict[int, int] = {}  # column -> rows that a cell above still covers
    for row in _own_rows(table):
        cells: list[str] = []
        for cell in _cells(row):
            while covered.get(len(cells), 0):
                covered[len(cells)] -= 1
                cells.append("")
            columns, rows = _span(cell, "colspan"), _span(cell, "rowspan")
            for column in range(len(cells), len(cells) + columns):
                covered[column] = rows - 1
            cells += [_cell(cell), *[""] * (columns - 1)]
        while covered.get(len(cells), 0):
            covered[len(cells)] -= 1
            cells.append("")
        if any(cells):
            yield row_text(cells)


def _span(cell: Element, name: str) -> int:
    """How many columns or rows a cell covers; nonsense counts as one."""
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), _MOST_COLUMNS)) if value.isascii() and value.isdigit() else 1


def _cell(cell: Element) -> str:
    """A cell's text on one line."""
    parts: list[str] = []
    dropped_depth = 0
    from lxml import etree

    for event, node in etree.iterwalk(cell, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        dropped = node.tag in _DROPPED
        if event == "start":
            dropped_depth += dropped
            if node.tag in _BLOCKS or node.tag == "br":
                parts.append(" ")
            if not dropped_depth and node.text:
                parts.append(node.text)
        else:
            dropped_depth -= dropped
            if node.tag in _BLOCKS:
                parts.append(" ")
            if node is not cell and not dropped_depth and node.tail:
                parts.append(node.tail)
    return _collapse("".join(parts))
