"""What somebody typed into a PDF: the values of form fields and text put on a page, as words at their place.

The values are read, not how they are drawn: the font of a form often lacks half of the Vietnamese letters.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from indexer.reading.pdf_words import PageContent, Rule, Word, turned

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_LONGEST = 1 << 16  # bytes of a value; a longer one is no field of a form
_MOST = 2_000  # annotations of a page
_UNSEEN = 0x2 | 0x20  # hidden, no view (ISO 32000-1, 12.5.3)
_USUAL_HEIGHT = 12.0  # points, of a line
_LETTER = 0.5  # of a line's height: the mean width of a letter
_LEADING = 1.2
_CHECKED, _UNCHECKED = "☒", "☐"


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that was typed in, and its box on the page in points: left, bottom, right, top."""

    text: str
    box: tuple[float, float, float, float]


def typed_on(document: PdfDocument, page: PdfPage) -> tuple[list[Typed], int]:
    """The filled fields and typed texts of a page, and how many comments are pinned to it, which are not its text."""
    import pypdfium2.raw as pdfium

    typed: list[Typed] = []
    comments = 0
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
                continue
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            if kind == pdfium.FPDF_ANNOT_WIDGET:
                text = _value(document, annotation)
            elif kind == pdfium.FPDF_ANNOT_FREETEXT:
                text = _string(annotation, "Contents")
            else:
                comments += kind not in _plain_kinds() and bool(_string(annotation, "Contents").strip())
                continue
            box = pdfium.FS_RECTF()
            found = text.strip() and pdfium.FPDFAnnot_GetRect(annotation, box)
            if found and isfinite(box.left + box.bottom + box.right + box.top):
                typed.append(Typed(text, (box.left, box.bottom, box.right, box.top)))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return typed, comments


def _plain_kinds() -> set[int]:
    """Annotations whose contents describe a link, a window of a comment or a file, and are nobody's comment."""
    import pypdfium2.raw as pdfium

    return {
        pdfium.FPDF_ANNOT_LINK,
        pdfium.FPDF_ANNOT_POPUP,
        pdfium.FPDF_ANNOT_STAMP,
        pdfium.FPDF_ANNOT_FILEATTACHMENT,
        pdfium.FPDF_ANNOT_SCREEN,
        pdfium.FPDF_ANNOT_PRINTERMARK,
    }


def _value(document: PdfDocument, annotation: object) -> str:
    """What a field of a form holds; "" for buttons and signatures."""
    import pypdfium2.raw as pdfium

    form = document.formenv
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation) if form else -1
    if kind in {pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}:
        size = pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
        return _wide(size, lambda into: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, into, size))
    if kind in {pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON}:
        return _CHECKED if pdfium.FPDFAnnot_IsChecked(form, annotation) else _UNCHECKED
    return ""


def _string(annotation: object, key: str) -> str:
    import pypdfium2.raw as pdfium

    name = key.encode("ascii")
    size = pdfium.FPDFAnnot_GetStringValue(annotation, name, None, 0)
    return _wide(size, lambda into: pdfium.FPDFAnnot_GetStringValue(annotation, name, into, size))


def _wide(size: int, fill: Callable[[object], int]) -> str:
    """A text that PDFium gives as UTF-16 with a zero at its end."""
    import pypdfium2.raw as pdfium

    if not 2 < size <= _LONGEST:  # noqa: PLR2004  (two bytes are the zero alone)
        return ""
    buffer = ctypes.create_string_buffer(size)
    fill(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)))
    text = buffer.raw[: size - 2].decode("utf-16-le", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def with_typed(content: PageContent, typed: Sequence[Typed]) -> PageContent:
    """The page with what was typed in among its words; on pages without rules each beside the words that it follows."""
    words = list(content.words)
    for text in typed:
        words += _placed(text, content)
    return replace(content, words=tuple(words)) if typed else content


def _placed(typed: Typed, content: PageContent) -> Iterator[Word]:
    """The words of a typed text, in lines from the top of its box."""
    corners = [turned(x, y, content.angle) for x in typed.box[::2] for y in typed.box[1::2]]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    written = typed.text.split("\n")
    height = max(1.0, min(_USUAL_HEIGHT, (bottom - top) / len(written)))
    lines = list(_wrapped(written, max(1, int((right - left) / (_LETTER * height)))))
    if len(lines) == 1:
        label = _label(content, left, top, bottom)
        left = left if label is None else label.right + height / 2
        base = (top + bottom) / 2 + height / 4 if label is None else label.baseline
    else:
        base = top + height
    for number, line in enumerate(lines):
        letter = min(_LETTER * height, (right - left) / max(1, len(line)))
        baseline = base + number * height * _LEADING
        at = 0
        for word in line.split():
            at = line.index(word, at)
            start = left + at * letter
            at += len(word)
            yield Word(
                word,
                start,
                left + at * letter,
                baseline - 0.8 * height,
                baseline + 0.2 * height,
                baseline,
                content.angle,
            )


def _wrapped(written: Sequence[str], letters: int) -> Iterator[str]:
    """Lines of no more letters than find room, cut at blanks."""
    for line in written:
        row = ""
        for word in line.split():
            if row and len(row) + 1 + len(word) > letters:
                yield row
                row = word
            else:
                row = f"{row} {word}".strip()
        if row:
            yield row


def _label(content: PageContent, left: float, top: float, bottom: float) -> Word | None:
    """The word that a field follows on its line, None where a rule of a table stands between them."""
    before = [
        word
        for word in content.words
        if word.angle == content.angle and word.right <= left + word.height / 2 and top <= word.baseline <= bottom + 2
    ]
    label = max(before, key=lambda word: word.right, default=None)
    if label is None or any(_between(rule, label.right, left, label.middle[1]) for rule in content.rules):
        return None
    return label


def _between(rule: Rule, left: float, right: float, level: float) -> bool:
    return rule.upright and left - 1 <= rule.place <= right + 1 and rule.near <= level <= rule.far
