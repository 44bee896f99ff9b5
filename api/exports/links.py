"""Where a record leads: its place on the document's page, or the file that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from corpus.errors import QueryError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FIRST_PORTION = 10_000
"""Characters that a document's page shows at least, however long the document: what lies beyond is asked for."""


def told_place(start: int) -> str:
    """What an address says of an offset besides its anchor, which no server sees; empty where it need not."""
    return str(start) if start >= FIRST_PORTION else ""


def place_of(start: int | None) -> str:
    """What follows a document's address to lead to the passage at an offset; empty without one."""
    if start is None:
        return ""
    told = told_place(start)
    return (f"?at={told}" if told else "") + f"#p{start}"


@dataclass(frozen=True, slots=True)
class Links:
    """Links to the pages of a server at ``address`` ("http://127.0.0.1:8000"), to source files where it is empty."""

    address: str = ""

    def to(self, record: DataclassInstance) -> str:
        """The address of a record's source; empty where it has none."""
        document = str(getattr(record, "document", None) or getattr(record, "id", ""))
        if self.address:
            place = place_of(getattr(record, "passage", None))
            return f"{self.address.rstrip('/')}/documents/{quote(document)}{place}"
        source = getattr(record, "source", None)
        if not source:
            return ""
        # A member of a package is named "package.zip!member": the package is what can be opened.
        outside = Path(source.split("!", 1)[0])
        return (outside if outside.is_file() else Path(source)).absolute().as_uri()


def require_address(typed: str) -> None:
    """QueryError where an address of the pages was typed that no browser could open."""
    try:
        parts = urlsplit(typed)
        whole = parts.scheme in ("http", "https") and parts.hostname and typed.isprintable() and " " not in typed
    except ValueError:
        whole = False
    if typed and not whole:
        raise QueryError(
            "address-unknown",
            f"Không hiểu địa chỉ “{typed}”. Viết như http://127.0.0.1:8000",
            f"The address “{typed}” is not understood. Write it as http://127.0.0.1:8000",
        )
