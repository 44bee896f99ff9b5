"""The package of a Word file made as python-docx expects it: strict dialect, macros, templates, odd names."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from indexer.reading.failures import failure

if TYPE_CHECKING:
    from docx.document import Document

_TYPES = "[Content_Types].xml"
_PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Documents with macros and templates differ from plain ones in this name only (ECMA-376 part 4; MS-OFFMACRO2 2.1.3).
_MAIN_TYPE = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?\.main"
    rb"|openxmlformats-officedocument\.wordprocessingml\.template\.main)\+xml"
)
# The strict dialect has the same names in other namespaces (ISO/IEC 29500-1, annex A; 29500-4 for the transitional).
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def sound_package(data: bytes) -> bytes:
    """The same package with its parts named and typed as those of a plain transitional .docx; itself where they are.

    Raises ReadingError ``docx-damaged`` where a part declares a DOCTYPE: its entities are not expanded, so that text
    after one would be lost unseen.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        infos = [info for info in package.infolist() if not info.is_dir()]
        changed: dict[str, bytes] = {}
        for info in infos:
            if not info.filename.endswith((".xml", ".rels")):
                continue
            part = package.read(info)
            if any(mark in part for mark in _DOCTYPES):
                raise failure("docx-damaged", cause="doctype")
            content = _STRICT.sub(_TRANSITIONAL, part)
            content = _MAIN_TYPE.sub(_PLAIN, content) if _name(info) == _TYPES else content
            if content != part:
                changed[info.filename] = content
        if not changed and all(_name(info) == info.orig_filename for info in infos):
            return data
        return _packed({_name(info): changed.get(info.filename) or package.read(info) for info in infos})


def _name(info: zipfile.ZipInfo) -> str:
    """A part's name as the format wants it; some programs write names as Windows has them."""
    return info.filename.replace("\\", "/").lstrip("/")


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def properties(document: Document) -> tuple[str, str]:
    """Title and subject; python-docx makes properties up where the package has none."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    relations = document.part.package.rels.values() if document.part.package else ()
    if not any(relation.reltype == RELATIONSHIP_TYPE.CORE_PROPERTIES for relation in relations):
        return "", ""
    properties = document.core_properties
    return (properties.title or "").strip(), (properties.subject or "").strip()
