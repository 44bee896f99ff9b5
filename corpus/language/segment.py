"""Vietnamese word segmentation: words of several syllables joined by "_"."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from corpus.language.normalise import normalise

# Kept whole, since the segmenter would split them: addresses of the web, document numbers, dates and other numbers.
_KEPT_WHOLE = re.compile(
    r"""(?:https?://|www\.)[^\s<>"]+[\w/]
      | (?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+
      | \d+[a-zđ]?(?:/\d{4})?/[A-ZĐƯ]{1,}[\w&]*(?:-[A-ZĐƯ][\w&]*)*     # 807/QĐ-UBND, 30/2020/NĐ-CP, 36a/NQ-CP
      | \d+(?:[.,/:-]\d+)+ | \d+
    """,
    re.VERBOSE,
)


_LONGEST_RUN = 4_000  # characters
_LONGEST_WORD = 200


@dataclass(frozen=True, slots=True)
class _Segmenter:
    tokens: re.Pattern[str]
    tagger: Any


@cache
def _segmenter() -> _Segmenter:
    # underthesea's __init__ imports torch and transformers for its translator (2.3 s of a 2.4 s import, and a handler
    # on the root logger). Its segmenter needs neither, so it is imported below a bare package and let go of again.
    found = importlib.util.find_spec("underthesea")
    if found is None:
        raise ModuleNotFoundError("underthesea")
    held = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "underthesea"}
    for name in held:
        del sys.modules[name]
    package = ModuleType("underthesea")
    package.__path__ = list(found.submodule_search_locations or ())
    sys.modules["underthesea"] = package
    try:
        import underthesea.pipeline.text_normalize  # noqa: F401  (first, or the next import runs in a circle)
        from underthesea.pipeline import word_tokenize
        from underthesea.pipeline.word_tokenize.regex_tokenize import patterns

        word_tokenize.word_tokenize("a")  # loads the tagger, while the bare package stands in
        return _Segmenter(patterns, word_tokenize.word_tokenize_model)
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "underthesea"]:
            del sys.modules[name]
        sys.modules.update(held)


@lru_cache(maxsize=20_000)
def segment_run(run: str) -> str:
    """A stretch of normalised text on one line, without anything to keep whole, as words: the segmenter itself.

    The same words as underthesea's ``word_tokenize``, a tenth faster: that asks each token's kind, which is not needed.
    Plans repeat themselves (a fifth of 125 real ones is runs that came before), so the last runs are remembered.
    """
    if not any(character.isalpha() for character in run):
        return run
    if run.isupper():
        run = run.lower()  # headings in capitals: the segmenter takes them for names
    segmenter = _segmenter()
    tokens = [match[0] for match in segmenter.tokens.finditer(run)]
    words: list[str] = []
    for token, tag in zip(tokens, segmenter.tagger.predict([[token] for token in tokens]), strict=True):
        if tag == "I-W" and words:
            words[-1] += f"_{token}"
        else:
            words.append(token)
    return " ".join(words)


def _short_runs(run: str) -> Iterator[str]:
    """A run segmented in stretches of some hundred words: the tagger holds a whole run in memory, many times over.

    What has no blank for longer than any word is no language and stays as it is.
    """
    if len(run) <= _LONGEST_RUN:
        yield segment_run(run)
        return
    held: list[str] = []
    length = 0
    for word in run.split():
        if len(word) > _LONGEST_WORD:
            if held:
                yield segment_run(" ".join(held))
            yield word
            held, length = [], 0
            continue
        held.append(word)
        length += len(word) + 1
        if length > _LONGEST_RUN or (length > _LONGEST_RUN // 2 and word[-1] in ".;:"):
            yield segment_run(" ".join(held))
            held, length = [], 0
    if held:
        yield segment_run(" ".join(held))


def segment(text: str) -> str:
    """Text as words parted by one blank, syllables of a word joined by "_"; normalised first.

    Numbers, dates, document numbers and web addresses stay whole. Lines are segmented one by one, so that no word runs
    over a line break: join wrapped lines before. Speed: about 30,000 words a second and process (underthesea 9.5).
    """
    pieces: list[str] = []
    for line in normalise(text).splitlines():
        at = 0
        for kept in _KEPT_WHOLE.finditer(line):
            if run := line[at : kept.start()].strip():
                pieces.extend(_short_runs(run))
            pieces.append(kept[0])
            at = kept.end()
        if run := line[at:].strip():
            pieces.extend(_short_runs(run))
    return " ".join(" ".join(pieces).split())
