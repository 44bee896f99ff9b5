"""Which task or goal of one plan is which of another: by meaning and words, by its place in the plan and who leads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.contract import Encoder
from corpus.language.normalise import normalise
from corpus.language.segment import segment

Scores = NDArray[np.float64]

MEANING, AROUND, HEADINGS = 0.15, 0.3, 0.05
"""What the vectors of an item's words, of the lines around it and of its headings count in the score of two items."""
WORDS, WORDS_AROUND, OWNERS = 0.2, 0.2, 0.1
"""What its own words, the words around it and its leads count. Fitted on seven pairs of sample plans."""

ORDINARY = 0.7
"""Share taken off a score of what the two items have with others: plans of one subject resemble each other anyway."""

TELLING = 10.0
"""Weight of words that say what an item is about; one that has less ("trình trong tháng 5") counts for less."""

_ROUTINE = {
    "@theo_dõi_chung": "theo dõi chung|điều hành chung|đầu mối, theo dõi|theo dõi, (?:đôn đốc|chấm điểm)"
    "|theo dõi việc (?:thi hành|thực hiện)|đôn đốc",
    "@kế_hoạch_riêng": "(?:ban hành|gửi|cụ thể hóa|lập)\\b.{0,12}kế hoạch (?:của|chi tiết|trước|thực hiện)"
    "|kế hoạch của (?:mình|cơ quan mình|đơn vị)",
    "@khảo_sát": "khảo sát|điều tra.*phiếu|phát .*phiếu|phiếu hỏi",
    "@báo_cáo_kỳ": "báo cáo quý|báo cáo tiến độ|tổng hợp.*báo cáo",
}
"""Duties that every plan words differently; our reading of the sample archive."""
_ROUTINES = {name: re.compile(pattern) for name, pattern in _ROUTINE.items()}

_OF_ANY_TASK = """
    trình báo_cáo tham_mưu xây_dựng triển_khai thực_hiện tổ_chức phối_hợp hoàn_thành tiếp_tục duy_trì đề_xuất chủ_trì
    chịu trách_nhiệm nhiệm_vụ công_tác kế_hoạch phương_án đề_án kết_quả
    ubnd uỷ_ban ủy_ban nhân_dân hội_đồng hđnd văn_phòng tỉnh huyện xã thành_phố sở ngành cấp địa_bàn cơ_quan đơn_vị mình
    trước ngày tháng năm quý tuần tuần_đầu kỳ đầu cuối mỗi hằng hàng hằng_tuần thường_xuyên ít_nhất chậm_nhất hai ba lần
    số nhất khi còn sau toàn_bộ cả trong và của các cho theo từ đến tại về với là có được một những ở việc này bằng để
    do ra thêm trên vào xong
"""
_GENERAL = frozenset(_OF_ANY_TASK.split())
"""Words that any task may have: of its doing, its time and its place in the state; our list."""

_WORD = re.compile(r"[^\W\d]+(?:_[^\W\d]+)*")
_SYLLABLE = re.compile(r"[^\W\d_]+")
_NEIGHBOURS = 3  # how many of an item's other scores show what it has with others
_ORDER = 0.001  # of equal scores the one at the same place: two tasks in the same words keep their order
_LEAST_WEIGHT = 4.0  # of the shorter text: one common word of two is no proof


@dataclass(frozen=True, slots=True)
class Item:
    """What is aligned: its words, the lines around it, the headings above it, and whose it is.

    ``owners``: ids or names of those who lead and of whom they became; empty where nobody is named.
    """

    text: str
    around: str = ""
    headings: str = ""
    owners: frozenset[str] = frozenset()


def similarities(encoder: Encoder, first: Sequence[Item], second: Sequence[Item]) -> Scores:
    """How near each of the first items is to each of the second, shape (len(first), len(second)); 1 at most.

    Two items in the same words and with the same leads have 1. Below 0 is what they have with any other as well.
    """
    if not first or not second:
        return np.zeros((len(first), len(second)))
    items, cut = [*first, *second], len(first)
    # Headings, and the lines around the tasks of one provision, are the same again and again.
    texts = list(dict.fromkeys(text for item in items for text in (item.text, item.around, item.headings)))
    segmented = {text: segment(normalise(text)) for text in texts}
    encoded = encoder.encode_passages(list(segmented.values()) if encoder.spec.segmented else texts)
    vectors = dict(zip(texts, encoded.astype(np.float64), strict=True))

    def meaning(part: Callable[[Item], str]) -> Scores:
        of_items = np.array([vectors[part(item)] for item in items])
        clipped: Scores = np.clip(of_items[:cut] @ of_items[cut:].T, 0.0, 1.0)
        return clipped

    own = [_telling(item.text, segmented[item.text]) for item in items]
    around = [_telling(item.around, segmented[item.around]) | words for item, words in zip(items, own, strict=True)]
    rare = _rarities(around)
    held = np.array([sum(rare[word] for word in words) for words in own])
    led = np.array([[float(not a.owners.isdisjoint(b.owners)) for b in second] for a in first])
    scores = MEANING * meaning(lambda item: item.text) + AROUND * meaning(lambda item: item.around)
    scores += HEADINGS * meaning(lambda item: item.headings) + OWNERS * led
    scores += WORDS * _shared(own, rare, cut) + WORDS_AROUND * _shared(around, rare, cut)
    scores *= np.sqrt(np.minimum(1.0, np.minimum(held[:cut, None], held[None, cut:]) / TELLING))
    scores -= ORDINARY * (_ordinary(scores, 1)[:, None] + _ordinary(scores, 0)[None, :]) / 2
    plain = [" ".join(_SYLLABLE.findall(item.text.lower())) for item in items]
    for at, text in enumerate(plain[:cut]):
        for to, other in enumerate(plain[cut:]):
            if text == other:
                scores[at, to] = 0.9 + 0.1 * (first[at].owners == second[to].owners)
    return scores


def aligned(scores: Scores, least: float) -> list[tuple[int, int]]:
    """The pairs of rows and columns whose scores sum highest, each in one pair at most, none below ``least`` (> 0).

    Of equal sums the one that keeps the order. The assignment problem (Kuhn 1955), as scipy solves it.
    """
    from scipy.optimize import linear_sum_assignment

    if not scores.size:
        return []
    rows, columns = scores.shape
    apart = np.abs(np.arange(rows)[:, None] / rows - np.arange(columns)[None, :] / columns)
    worth = np.where(scores >= least, np.maximum(scores - _ORDER * apart, _ORDER), 0.0)
    pairs = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return [(int(row), int(column)) for row, column in pairs if worth[row, column] > 0.0]


def _telling(text: str, segmented: str) -> frozenset[str]:
    """The words that tell what a text is about, its pairs of syllables, and the routine duties that it names.

    Pairs of syllables, since the same words are cut differently in other surroundings.
    """
    lowered = normalise(text).lower()
    syllables = [None if syllable in _GENERAL else syllable for syllable in _SYLLABLE.findall(lowered)]
    pairs = {f"{a}_{b}" for a, b in pairwise(syllables) if a and b}
    words = set(_WORD.findall(segmented.lower()))
    return frozenset(
        (pairs | words) - _GENERAL | {name for name, pattern in _ROUTINES.items() if pattern.search(lowered)}
    )


def _rarities(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much a word tells: the fewer of the items hold it and the longer it is, the more."""
    held = Counter(word for words in texts for word in words)
    return {word: log(1 + len(texts) / count) * (1 + word.count("_")) for word, count in held.items()}


def _shared(texts: Sequence[frozenset[str]], rare: dict[str, float], cut: int) -> Scores:
    """How much is common of the words of the text that has fewer, and of those of both: the mean of the two shares."""
    place = {word: at for at, word in enumerate(rare)}
    holds = np.zeros((len(texts), len(place)))
    for at, words in enumerate(texts):
        holds[at, [place[word] for word in words]] = 1.0
    weighted = holds * np.array(list(rare.values()))
    common = weighted[:cut] @ holds[cut:].T
    whole = weighted.sum(axis=1)
    one, other = whole[:cut, None], whole[None, cut:]
    either = np.maximum(one + other - common, 1e-9)
    shares: Scores = (common / np.maximum(np.minimum(one, other), _LEAST_WEIGHT) + common / either) / 2
    return shares


def _ordinary(scores: Scores, axis: int) -> Scores:
    """The mean of each row's (axis 1) or column's (axis 0) highest scores after its best; 0 where there are too few."""
    if scores.shape[axis] <= _NEIGHBOURS:
        return np.zeros(scores.shape[1 - axis])
    ordered = np.sort(scores, axis=axis)
    highest: Scores = ordered.take(range(-_NEIGHBOURS - 1, -1), axis=axis).mean(axis=axis)
    return highest
