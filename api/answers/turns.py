"""Questions in turn: as many at once as there are processors."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from corpus.processors import processors

_P = ParamSpec("_P")
_R = TypeVar("_R")


_turns = threading.Semaphore(processors())


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
