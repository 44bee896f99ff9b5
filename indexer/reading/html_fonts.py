"""The fonts of a web page's elements, as far as they tell of an encoding from before Unicode."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.reading.elements import Element

_FAMILY = re.compile(r"font(?:-family)?\s*:\s*([^;{}]+)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
_SELECTOR = re.compile(r"(?:^|\s)(\w*)(?:\.([\w-]+))?$")
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)


class PageFonts:
    """Fonts by element: its own, by face, style or a style sheet's simple rule, else that of the element around it."""

    def __init__(self, root: Element) -> None:
        """Of a page."""
        self._fonts: dict[Element, str] = {}
        self._rules = {key: font for sheet in root.iter("style") for key, font in _rules("".join(sheet.itertext()))}

    def of(self, element: Element) -> str:
        """The font of an element's text, "" where no font says anything about its encoding."""
        around: list[Element] = []
        at: Element | None = element
        while at is not None and at not in self._fonts:
            around.append(at)
            at = at.getparent()
        font = self._fonts[at] if at is not None else ""
        for inner in reversed(around):
            font = self._own(inner, font)
            self._fonts[inner] = font
        return font

    def _own(self, element: Element, inherited: str) -> str:
        named = element.get("face") or "" if element.tag == "font" else ""
        style = _FAMILY.search(element.get("style") or "")
        if style is not None:
            named = style[1]
        if named:
            return _first(named)
        for name in (element.get("class") or "").split():
            for key in ((element.tag, name), ("", name)):
                if key in self._rules:
                    return self._rules[key]
        return self._rules.get((element.tag, ""), inherited)


def _rules(sheet: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The fonts that a style sheet gives to tags and classes, by (tag, class)."""
    for selectors, body in _RULE.findall(_COMMENT.sub(" ", sheet)):
        family = _FAMILY.search(body)
        if family is None or selectors.strip().startswith("@"):
            continue
        for selector in selectors.split(","):
            found = _SELECTOR.fullmatch(selector.strip())
            if found is not None and any(found.groups()):
                yield (found[1].lower(), found[2] or ""), _first(family[1])


def _first(families: str) -> str:
    """The first of some font families, or the first that is from before Unicode."""
    from corpus.language.legacy import by_font

    names = [name.strip(" '\"") for name in families.split(",")]
    return next((name for name in names if by_font(name) is not None), "")
