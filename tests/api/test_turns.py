"""Answers taken in turn: never more at once than there are processors, all of them given, faults too."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from api.answers.turns import in_turn
from corpus.processors import processors


def test_no_more_run_at_once_than_there_are_processors_and_all_are_answered() -> None:
    at_once, most, guard = 0, 0, threading.Lock()

    @in_turn
    def answer(number: int) -> int:
        nonlocal at_once, most
        with guard:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.01)
        with guard:
            at_once -= 1
        if number % 5 == 0:
            raise ValueError(number)
        return number

    with ThreadPoolExecutor(30) as pool:
        given = [pool.submit(answer, number) for number in range(60)]
    assert [bool(each.exception()) for each in given] == [number % 5 == 0 for number in range(60)]
    assert [each.result() for each in given if not each.exception()] == [n for n in range(60) if n % 5]
    assert 1 <= most <= processors()
