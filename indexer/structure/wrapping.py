"""Whether a heading that a line break cuts goes on in the next line, where that line starts with a capital."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise

from corpus.language.letters import LOWER, UPPER
from indexer.structure.casing import NAMES, is_syllable
from indexer.structure.markers import ROMAN

# Words that join what stands on both sides of them (từ nối, giới từ), so that no heading ends with one.
_JOINING = re.compile(
    r"\s(?:và|hoặc|của|cho|với|(?<!tiếp )theo|về|tại|từ|bởi|là|các|những|mọi|mỗi|thuộc|giữa|để|nhằm|vào|gồm|Giao)$"
)
# First words of names, with which no paragraph ends; the line after them goes on with the name.
_STARTS_NAME = re.compile(r"\s(?:Luật|Bộ|Sở|Chủ tịch|Chủ nhiệm Văn phòng|Giám đốc|Căn cứ|Nghị định số|Quyết định số)$")
# "Quyết định này có hiệu lực …" under "Hiệu lực thi hành": a sentence, although "thi hành Quyết định này" is one too.
_STARTS_SENTENCE = re.compile(rf"[{UPPER}]\w*(?:\s[{LOWER}]\w*){{0,3}}\snày\s(?=[{LOWER}])")
_HEADING_IN_CAPS = re.compile(rf"(?:^|(?<![^\W_])(?:{ROMAN}|[A-H]|\d{{1,2}})\s?[./)]\s?)[^{LOWER}]*$")
_FIRST_WORD = re.compile(rf"([{UPPER}]{{2,}})(?=[\W\d_]|[{UPPER}][{LOWER}]|$)")
_LAST_WORD = re.compile(r"\w+$")
_NEXT_WORD = re.compile(r"\w+")
_PAIR = re.compile(rf"(?<!\w)(\w+) (?=([{UPPER}]\w*))")
# Offices and bodies that sign and carry out, as they follow one another in names.
_OFFICES = (
    "Văn phòng Ủy ban nhân dân", "Văn phòng UBND", "Văn phòng HĐND", "Văn phòng Hội đồng nhân dân", "Chủ tịch UBND",
    "Chủ tịch Ủy ban nhân dân", "Chủ tịch Hội đồng nhân dân", "Phó Chủ tịch", "Chánh Văn phòng", "Giám đốc Sở",
    "Thủ trưởng Sở", "Thủ đô Hà Nội", "thành phố Hồ Chí Minh", "người Việt Nam",
)  # fmt: skip


class Wrapping:
    """What a text itself tells of its names: which words follow which on one line."""

    def __init__(self, text: str) -> None:
        """Of this text."""
        self._text = text

    @cached_property
    def _pairs(self) -> set[tuple[str, str]]:
        named = {pair for name in (*NAMES, *_OFFICES) for pair in pairwise(re.findall(r"\w+", name))}
        return named.union((match[1], match[2]) for match in _PAIR.finditer(self._text))

    def goes_on(self, before: str, words: str) -> bool:
        """Whether ``words``, a line that starts with a capital, continue the heading that ends ``before``.

        They do after a word that cannot end a heading, and where the two words at the break stand side by side
        elsewhere in the text or in the table of bodies, as parts of a name do ("Sở Công / Thương").
        """
        if _JOINING.search(before):
            return True
        last, following = _LAST_WORD.search(before), _NEXT_WORD.match(words)
        if last is None or following is None or _STARTS_SENTENCE.match(words):
            return False
        return (last[0], following[0]) in self._pairs


def stops_short(before: str) -> bool:
    """Whether a line of running text ends where no paragraph can: "… của", "Căn cứ Luật"."""
    return _JOINING.search(before) is not None or _STARTS_NAME.search(before) is not None


def caps_go_on(before: str, words: str) -> bool:
    """Whether a heading in capitals goes on in a line that only starts in capitals ("KẾT QUẢ ĐÁNH / GIÁ (Phần …)")."""
    first = _FIRST_WORD.match(words)
    if first is None or not is_syllable(first[1]):
        return False
    heading = _HEADING_IN_CAPS.search(before)
    return heading is not None and sum(map(str.isupper, heading[0])) > 1
