"""How long the parts of an answer take, told to whoever listens; nobody does unless a service is watched."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Listener = Callable[[str, float], None]
"""Called with a stage's name and its seconds, in whatever thread it ran."""

_listeners: list[weakref.WeakMethod[Listener]] = []
_P = ParamSpec("_P")
_R = TypeVar("_R")


def listen(listener: Listener) -> None:
    """Have every stage told to ``listener``, a method, for as long as its object lives."""
    _listeners.append(weakref.WeakMethod(listener, _listeners.remove))


def timed(stage: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Decorates a function whose time is a stage's."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(function)
        def told(*arguments: _P.args, **named: _P.kwargs) -> _R:
            started = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                seconds = time.perf_counter() - started
                for reference in tuple(_listeners):
                    if listener := reference():
                        listener(stage, seconds)

        return told

    return decorate
