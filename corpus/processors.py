"""How many processors there are to use, and who comes first."""

from __future__ import annotations

import os

_NICER, _LOWEST = 10, 19  # steps of priority, of which a higher one is lower


def processors() -> int:
    """Those that this process may run on; all of the machine where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def let_readers_first() -> None:
    """Lower the priority of this thread, and of all that it starts, below that of the process that has started us.

    So a service on the same machine, or the one whose files are read, answers first (benchmarks/RESULTS.md). Where
    nothing else runs it costs nothing. Asked again it changes nothing.
    """
    if hasattr(os, "setpriority"):
        started_at = os.getpriority(os.PRIO_PROCESS, os.getppid())
        os.setpriority(os.PRIO_PROCESS, 0, max(min(_LOWEST, started_at + _NICER), os.getpriority(os.PRIO_PROCESS, 0)))
