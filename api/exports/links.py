"""Where a record leads: its place on the document's page, or the file that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from corpus.errors import QueryError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Links:
    """Links to the pages of a server at ``address`` ("http://127.0.0.1:8000"), to source files where it is empty."""

    address: str = ""

    def to(self, record: DataclassInstance) -> str:
        """The address of a record's source; empty where it has none."""
        document = str(getattr(record, "document", None) or getattr(record, "id", ""))
        if self.address:
            passage = getattr(record, "passage", None)
            anchor = "" if passage is None else f"#p{passage}"
            return f"{self.address.rstrip('/')}/documents/{quote(document)}{anchor}"
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
