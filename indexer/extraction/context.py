"""What every extractor looks at: a parsed document, its paragraphs and where each stands in the outline."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from corpus.language.normalise import plain_d
from corpus.model import Header, LineKind, ParsedDocument, Provision, SourceText
from indexer.structure import Analysed
from indexer.structure.blocks import Block, blocks_of, page_finder
from indexer.structure.parts import Part, parts_of


@dataclass(frozen=True)
class Context:
    """A document as extractors see it.

    ``text`` has the length and offsets of the source's text, with look-alike đ made plain. ``blocks`` are its
    paragraphs and table rows, ``parts`` the document and its annexes, ``provisions`` its outline in reading order.
    """

    source: SourceText
    header: Header
    provisions: tuple[Provision, ...]
    text: str
    blocks: tuple[Block, ...]
    parts: tuple[Part, ...]
    _starts: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, document: ParsedDocument | Analysed) -> Context:
        """The context of a document; of one just analysed its paragraphs are at hand."""
        parsed = document.parsed if isinstance(document, Analysed) else document
        source = replace(parsed.source, text=plain_d(parsed.source.text))
        blocks = document.blocks if isinstance(document, Analysed) else blocks_of(source)
        parts = document.parts if isinstance(document, Analysed) else parts_of(source.text, blocks)
        starts = [provision.start for provision in parsed.provisions]
        return cls(source, parsed.header, parsed.provisions, source.text, blocks, parts, starts)

    def provision_at(self, offset: int) -> Provision | None:
        """The deepest provision whose span holds an offset, None before the first heading and after the last one."""
        at = bisect_right(self._starts, offset) - 1
        provision = self.provisions[at] if at >= 0 else None
        while provision is not None and provision.end <= offset:
            provision = None if provision.parent is None else self.provisions[provision.parent]
        return provision

    @cached_property
    def page_at(self) -> Callable[[int], int | None]:
        """A function that gives the page on which an offset lies."""
        return page_finder(self.source)

    def body(self) -> Sequence[Block]:
        """The blocks of the document's text and annexes without their sign-offs."""
        return [block for part in self.parts for block in self.blocks[part.first : part.tail]]

    def prose(self) -> Sequence[Block]:
        """The blocks of the body that are no table rows."""
        return [block for block in self.body() if block.kind is not LineKind.ROW]
