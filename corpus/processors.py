"""How many processors there are to use, and who comes first."""

from __future__ import annotations

import os


def processors() -> int:
    """Those that this process may run on; all of the machine where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_NICER = 10


def let_readers_first() -> None:
    """Lower this process's priority, and that of those it starts, so that a service on the same machine answers first.

    95 of 100 questions took a fifth longer while documents were added, three quarters longer without this
    (benchmarks/RESULTS.md). Where nothing else runs it costs nothing.
    """
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICER, os.getpriority(os.PRIO_PROCESS, 0)))
