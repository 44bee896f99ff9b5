"""How many processors there are to use."""

from __future__ import annotations

import os


def processors() -> int:
    """Those that this process may run on; all of the machine where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
