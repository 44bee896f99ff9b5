"""Elements of a page by the simplest of CSS selectors: ``"table.records td a[rel=next], .none"``."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"(?P<tag>\w+)?(?P<rest>(?:\.[\w-]+|\[[^\]]+\])*)")
_PART = re.compile(r"\.(?P<class>[\w-]+)|\[(?P<name>[\w-]+)(?:(?P<how>\*?=)'?(?P<value>[^\]']*)'?)?\]")


def css(element: Any, selector: str) -> list[Any]:
    """The elements below one that a selector names, in the order of the page."""
    paths = ["." + "".join(map(_step, each.split())) for each in selector.split(",")]
    found: list[Any] = element.xpath(" | ".join(paths))
    return found


def _step(written: str) -> str:
    step = _STEP.fullmatch(written)
    assert step is not None, written
    return f"//{step['tag'] or '*'}" + "".join(map(_condition, _PART.finditer(step["rest"])))


def _condition(part: re.Match[str]) -> str:
    if part["class"]:
        return f"[contains(concat(' ', normalize-space(@class), ' '), ' {part['class']} ')]"
    if part["how"] is None:
        return f"[@{part['name']}]"
    if part["how"] == "=":
        return f"[@{part['name']}='{part['value']}']"
    return f"[contains(@{part['name']}, '{part['value']}')]"
