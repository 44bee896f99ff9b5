"""Web pages: block elements become lines, tables rows, and what is only furniture of the site is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from corpus.model import LineKind, Quality, SourceText
from indexer.reading.elements import Element
from indexer.reading.encoding import Decoded, decode
from indexer.reading.failures import failure
from indexer.reading.html_body import BLOCKS, DROPPED, furniture, is_hidden, is_tool_line
from indexer.reading.html_fonts import PageFonts
from indexer.reading.html_tables import grid_of, is_layout
from indexer.reading.legacy_fonts import Conversion, Piece
from indexer.reading.lines import Assembly
from indexer.reading.numbering import letter, roman
from indexer.reading.tables import TableAssembly

_DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset\s*=|\?xml[^>]{0,100}?encoding\s*=)\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.I
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_LEGACY_FONT = re.compile(rb"""(?:face|font-family)\s*[=:]\s*['"]?\s*(?:\.Vn|VNI-)""", re.IGNORECASE)
_DESCRIPTION = "(//meta[translate(@name, 'DESCRIPTION', 'description')='description'])[1]/@content"
_DOCTYPE_BEGINS = re.compile(r"<!DOCTYPE", re.I)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.I | re.S)

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NUMBERS: dict[str, Callable[[int], str]] = {
    "a": letter,
    "lower-alpha": letter,
    "lower-latin": letter,
    "A": lambda number: letter(number).upper(),
    "upper-alpha": lambda number: letter(number).upper(),
    "upper-latin": lambda number: letter(number).upper(),
    "i": lambda number: roman(number).lower(),
    "lower-roman": lambda number: roman(number).lower(),
    "I": roman,
    "upper-roman": roman,
}
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b((?:lower|upper)-(?:alpha|latin|roman))\b", re.IGNORECASE)
# Codes that HTML reads as those of windows-1252 (HTML Living Standard 13.2.5.80), and what shows as nothing.
_CONTROL_CODE = re.compile(r"&#(?:x0*([89][0-9a-f])|0*(1[2-5]\d))(?:;|(?![0-9a-f]))", re.IGNORECASE)
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]|(?:&shy;|&#173;|&#xad;)", re.IGNORECASE)
_VIETNAMESE = re.compile("[\u1ea0-\u1ef9]")
_DOCUMENTS = re.compile(r"[^?#]*\.(?:pdf|docx?|odt|rtf|xlsx?)(?:$|[?#])", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
_INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)


def read_html(data: bytes) -> SourceText:
    """The text of a web page, a line a block element; encoding by byte-order mark, declaration, then detection."""
    from lxml import etree, html

    decoded = _decoded(data)
    markup = _without_doctype(_XML_DECLARATION.sub("", decoded.text.lstrip("\ufeff"))).replace("\0", "")
    markup = _UNSEEN.sub("", _CONTROL_CODE.sub(_as_windows, markup))
    if _VIETNAMESE.search(markup):
        markup = markup.replace("\xad", "")  # else it may be the code of ư in TCVN3
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(markup.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise failure("html-damaged", cause="no-page") from error
    # The parser cuts the page off where it meets a limit, and only its log tells.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise failure("html-damaged", cause="deep")
    walker = _Walker(root)
    walker.walk()
    text, lines = walker.assembly.finish()
    frames = list(dict.fromkeys(_frames(root)))
    if frames and not any(map(str.isalpha, text)):
        raise failure("html-frames", files=", ".join(frames))
    return SourceText(
        text=text,
        lines=lines,
        media_type="text/html",
        reader="html",
        wrapped=False,
        quality=Quality.CONVERTED if walker.conversion.encoding else decoded.quality,
        title=_collapse("".join(root.xpath("(//title)[1]//text()"))),
        note=_collapse("".join(root.xpath(_DESCRIPTION))),
        warnings=(*decoded.warnings, *_left_out(frames)),
        tables=tuple(walker.tables.tables),
        converted_from=walker.conversion.encoding or decoded.converted_from,
    )


def _decoded(data: bytes) -> Decoded:
    """The markup; one that names fonts from before Unicode may hold any Western character."""
    declared = _DECLARED.search(data[:4096])
    if not _LEGACY_FONT.search(data):
        return decode(data, declared[1].decode("ascii") if declared else None)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return Decoded(data.decode("cp1252", errors="replace"), "cp1252")


def _without_doctype(markup: str) -> str:
    begins = _DOCTYPE_BEGINS.search(markup)
    doctype = _DOCTYPE.match(markup, begins.start()) if begins else None
    return markup[: doctype.start()] + markup[doctype.end() :] if doctype else markup


def _as_windows(code: re.Match[str]) -> str:
    number = int(code[1], 16) if code[1] else int(code[2])
    return bytes([number]).decode("cp1252", errors="ignore") if number < 0xA0 else code[0]  # noqa: PLR2004  (Latin-1's first)


def _frames(root: Element) -> Iterator[str]:
    """The files that a page shows in frames: all of a frameset's, documents of others."""
    for element in root.iter("frame", "iframe", "embed", "object"):
        file = (element.get("src") or element.get("data") or "").strip()
        if file and (element.tag == "frame" or _DOCUMENTS.match(file)):
            yield file


def _left_out(frames: list[str]) -> Iterator[str]:
    if frames:
        error = failure("html-frames", files=", ".join(frames))
        yield f"{error.vi} ({error.en})"


def _collapse(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


class _Walker:
    """Walks a page without recursion, gathering inline text until a block ends."""

    def __init__(self, root: Element) -> None:
        self.assembly = Assembly()
        self.tables = TableAssembly(self.assembly)
        self.conversion = Conversion()
        self._root = root
        self._fonts = PageFonts(root)
        self._furniture = furniture(root)
        self._inline: list[Piece] = []
        self._level = 0
        self._preformatted = 0
        self._items: dict[Element, int] = {}  # list -> items so far

    def walk(self) -> None:
        """Adds what the page shows of the document, in reading order."""
        # What is still to do, last first: text to add, an element to open, or (in a tuple) the tag to close.
        steps: list[Piece | Element | tuple[str]] = [self._root]
        while steps:
            step = steps.pop()
            if isinstance(step, Piece):
                words = step.text if self._preformatted else _SPACES.sub(" ", step.text)
                self._inline.append(Piece(words, step.font))
            elif isinstance(step, tuple):
                self._close(step[0])
            elif step not in self._furniture and not is_hidden(step):
                self._open(step, steps)
        self._flush()

    def _open(self, element: Element, steps: list[Piece | Element | tuple[str]]) -> None:
        tag = element.tag
        if tag == "br":
            self._inline.append(Piece("\n"))
            return
        if tag in BLOCKS:
            self._flush()
        if tag == "table" and not is_layout(element):
            for caption in element.iterchildren("caption"):
                self.assembly.add(self._cell(caption), LineKind.ROW)
            self.tables.add(*grid_of(element, self._cell))
            return
        self._level = _HEADINGS.get(tag, self._level)
        self._preformatted += tag == "pre"
        if tag == "li":
            self._inline.append(Piece(self._label(element)))
        font = self._fonts.of(element)
        steps.append((tag,))
        for child in reversed(element):
            steps += [Piece(child.tail or "", font), child]
        steps.append(Piece(element.text or "", font))

    def _close(self, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
        if tag in _HEADINGS:
            self._level = 0
        self._preformatted -= tag == "pre"

    def _flush(self) -> None:
        block = self.conversion.shown(self._inline)
        self._inline.clear()
        if is_tool_line(block):
            return
        if self._level:
            self.assembly.add(_collapse(block), LineKind.HEADING, self._level)
        else:
            self.assembly.add(block if self._preformatted else re.sub(r" {2,}", " ", block))

    def _cell(self, cell: Element) -> str:
        """A cell's text on one line."""
        pieces: list[Piece] = []
        steps: list[Piece | Element] = [cell]
        while steps:
            step = steps.pop()
            if isinstance(step, Piece):
                pieces.append(step)
            elif isinstance(step.tag, str) and step.tag not in DROPPED and step not in self._furniture:
                font = self._fonts.of(step)
                apart = [Piece(" ", font)] if step.tag in BLOCKS or step.tag == "br" else []
                steps += apart
                for child in reversed(step):
                    steps += [Piece(child.tail or "", font), child]
                steps += [Piece(step.text or "", font), *apart]
        return _collapse(self.conversion.shown(pieces))

    def _label(self, item: Element) -> str:
        """The number that a browser prints before an item of an ordered list; a dash before any other."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return "- "
        if parent not in self._items:
            items = sum(1 for _ in parent.iterchildren("li"))
            down = parent.get("reversed") is not None
            start = parent.get("start", "").strip()
            first = int(start) if _INTEGER.fullmatch(start) else items if down else 1
            self._items[parent] = first + 1 if down else first - 1
        own = item.get("value", "").strip()
        step = -1 if parent.get("reversed") is not None else 1
        number = int(own) if _INTEGER.fullmatch(own) else self._items[parent] + step
        self._items[parent] = number
        return f"{_printed(number, item, parent)}. "


def _printed(number: int, item: Element, parent: Element) -> str:
    """A list item's number in the style that it or its list names (HTML Living Standard 4.4.5; CSS Lists 3)."""
    for element in (item, parent):
        style = _LIST_STYLE.search(element.get("style") or "")
        kind = style[1].lower() if style else element.get("type")
        if kind in _NUMBERS:
            return _NUMBERS[kind](number)
    return str(number)
