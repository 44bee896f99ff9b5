"""Questions in turn: as many at once as there are processors."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _processors() -> int:
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1


_turns = threading.Semaphore(_processors())


def in_turn(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorates a short answer that many threads ask for at once; it must not ask for another such.

    An answer goes in and out of Python's lock many times; eight threads that wait for it each time gave 46 answers a
    second where two, the others waiting for their turn, gave 64 (benchmarks/RESULTS.md).
    """

    @wraps(function)
    def taking_turns(*arguments: _P.args, **named: _P.kwargs) -> _R:
        with _turns:
            return function(*arguments, **named)

    return taking_turns
