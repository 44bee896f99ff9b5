"""How often one may ask: token buckets, in this process.

Each process that serves counts for itself: with N of them the limits are up to N times as high. That is enough for what
they are for: that no single caller, by mistake or on purpose, takes the machine from all others.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_CALLERS = 10_000


class Buckets:
    """A bucket of tokens a caller: ``burst`` at most, ``rate`` new ones a second; each request takes one."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        """All buckets start full."""
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Take a token: 0 when there was one, else the seconds until there is."""
        now = self._clock()
        level, since = self._levels.pop(caller, (float(self._burst), now))
        level = min(self._burst, level + (now - since) * self._rate)
        self._levels[caller] = (level - 1 if level >= 1 else level, now)
        while len(self._levels) > _MOST_CALLERS:  # the one that has not asked for longest: its bucket is the fullest
            self._levels.popitem(last=False)
        return 0.0 if level >= 1 else (1 - level) / self._rate

    def put_back(self, caller: str) -> None:
        """Put back a token that was taken for what is not to be counted."""
        if caller in self._levels:
            level, since = self._levels[caller]
            self._levels[caller] = (min(self._burst, level + 1), since)
