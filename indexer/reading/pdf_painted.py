"""What a PDF page paints beside its words: rules, images, letters drawn as outlines, text that nobody sees."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_THIN = 3.0  # points: a filled box no thicker is a rule
_DEEPEST = 4  # forms inside forms
_MANY_PATHS = 20_000  # a drawing, not a table
_WHOLE = 0.8  # of the page: an image as large covers what was painted before it


def painted_on(page: PdfPage) -> Painted:
    """What a page paints."""
    painted = Painted()
    painted.walk(page)
    return painted


class Painted:
    """The straight segments, images and filled curves of a page, in its own coordinates.

    ``pictures``: area that images cover; ``drawn``: whether anything at all is painted; ``outlines``: filled paths that
    have curves.
    """

    def __init__(self) -> None:
        """A page with nothing on it."""
        self.segments: list[tuple[float, float, float, float]] = []
        self.pictures = 0.0
        self.drawn = False
        self.outlines = 0
        self._paths = 0
        self._texts = 0
        self._unseen = 0
        self._covers = inf

    @property
    def hidden(self) -> float:
        """The share of its pieces of text that nobody sees."""
        return self._unseen / self._texts if self._texts else 0.0

    def walk(self, page: PdfPage) -> None:
        """Adds what a page paints."""
        import pypdfium2.raw as pdfium

        left, bottom, right, top = page.get_bbox()
        self._covers = _WHOLE * (right - left) * (top - bottom)
        for index in range(pdfium.FPDFPage_CountObjects(page)):
            self._object(pdfium.FPDFPage_GetObject(page, index), (1, 0, 0, 1, 0, 0), 0)

    def _object(self, item: object, outer: tuple[float, ...], depth: int) -> None:
        import pypdfium2.raw as pdfium

        kind = pdfium.FPDFPageObj_GetType(item)
        self.drawn = True
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._paths += 1
            if self._paths <= _MANY_PATHS:
                self._path(item, _times(_matrix(item), outer))
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            self._texts += 1
            self._unseen += pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            a, b, c, d, _, _ = _times(_matrix(item), outer)
            area = abs(a * d - b * c)
            self.pictures += area
            if area >= self._covers and not pdfium.FPDFPageObj_HasTransparency(item):
                self._unseen = self._texts  # what was painted before lies under it
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inner = _times(_matrix(item), outer)
            for index in range(pdfium.FPDFFormObj_CountObjects(item)):
                self._object(pdfium.FPDFFormObj_GetObject(item, index), inner, depth + 1)

    def _path(self, path: object, matrix: tuple[float, ...]) -> None:
        import pypdfium2.raw as pdfium

        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
        if not fill.value and not stroke.value:
            return
        points: list[tuple[float, float]] = []
        curved = False
        x, y = ctypes.c_float(), ctypes.c_float()
        pieces: list[list[tuple[float, float]]] = []
        for index in range(min(pdfium.FPDFPath_CountSegments(path), _MANY_PATHS)):
            segment = pdfium.FPDFPath_GetPathSegment(path, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = _applied(matrix, x.value, y.value)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                points = [point]
                pieces.append(points)
            elif kind == pdfium.FPDF_SEGMENT_LINETO and points:
                points.append(point)
                if pdfium.FPDFPathSegment_GetClose(segment):
                    points.append(points[0])
            else:
                points = []  # a curve is no rule
                curved = True
        self.outlines += curved and bool(fill.value)
        for piece in pieces:
            self._piece(piece, stroked=bool(stroke.value))

    def _piece(self, points: Sequence[tuple[float, float]], stroked: bool) -> None:
        if len(points) < 2:  # noqa: PLR2004  no line without two ends
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        if min(width, height) <= _THIN:
            middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
            if width >= height:
                self.segments.append((min(xs), middle_y, max(xs), middle_y))
            else:
                self.segments.append((middle_x, min(ys), middle_x, max(ys)))
        elif stroked:
            self.segments.extend((*first, *second) for first, second in pairwise(points))


def _matrix(item: object) -> tuple[float, ...]:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, matrix):
        return 1, 0, 0, 1, 0, 0
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(first: tuple[float, ...], then: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _applied(matrix: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
