"""What is counted and timed, as Prometheus reads it: requests by route, stages of answers, and how the archive stands.

Several processes that serve one archive write their counts into files of one folder (prometheus-client's multiprocess
mode), so that whichever is asked tells the sum of all. How the archive stands is read when it is asked for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus.errors import TienLeError

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

    from api.operation.state import ArchiveState

TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable, prometheus-client's own: the folder in which processes keep what they count together."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@contextmanager
def counted_together() -> Iterator[None]:
    """While it lasts, processes that are started add up what they count. Enter before prometheus_client is imported."""
    with tempfile.TemporaryDirectory(prefix="tienle-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[TOGETHER] = folder
        try:
            yield
        finally:
            os.environ.pop(TOGETHER, None)


class Metrics:
    """The counts of one application."""

    def __init__(self, state: Callable[[], ArchiveState]) -> None:
        """``state`` tells how the archive stands; TienLeError when it cannot be opened."""
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._state = state
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tienle_http_requests", "Requests answered.", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "tienle_http_request_seconds",
            "Time until the last byte of an answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "tienle_stage_seconds",
            "Time of a part of an answer.",
            ("stage",),
            buckets=_SECONDS,
            registry=self._registry,
        )

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def stage(self, stage: str, seconds: float) -> None:
        """Count a part of an answer."""
        self._stages.labels(stage).observe(seconds)

    def exposed(self) -> tuple[bytes, str]:
        """All of it in the text format, and the media type of that."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
        from prometheus_client.multiprocess import MultiProcessCollector

        counts = self._registry
        if TOGETHER in os.environ:
            counts = CollectorRegistry()
            MultiProcessCollector(counts)  # type: ignore[no-untyped-call]  # its constructor has no annotations
        standing = CollectorRegistry()
        standing.register(_Standing(self._state))
        return generate_latest(counts) + generate_latest(standing), CONTENT_TYPE_PLAIN_0_0_4


class _Standing:
    """Reads how the archive stands whenever it is asked; where that fails there is ``tienle_archive_up 0`` alone."""

    def __init__(self, state: Callable[[], ArchiveState]) -> None:
        self._state = state

    def collect(self) -> Iterable[GaugeMetricFamily]:
        from prometheus_client.core import GaugeMetricFamily

        def gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"tienle_{name}", told, value)

        try:
            state = self._state()
        except TienLeError:
            yield gauge("archive_up", "Whether the archive can be read.", 0)
            return
        yield gauge("archive_up", "Whether the archive can be read.", 1)
        yield gauge("documents", "Documents in the archive, each rendition counted.", state.documents)
        yield gauge("passages", "Passages in the archive.", state.passages)
        yield gauge("files_failed", "Files that could not be read.", state.failed)
        yield gauge("files_waiting", "Files that wait for a program on this machine.", state.waiting)
        yield gauge("ocr_waiting_documents", "Documents with pages that wait for recognition.", state.waiting_pages)
        yield gauge("generation", "Changes that the records have seen.", state.generation)
        yield gauge("index_age_seconds", "Time since the index was written.", state.age)
        yield gauge("disk_free_bytes", "Room on the archive's disk.", state.free)
        yield gauge("records_set_back", "Whether the records were found older than an index.", state.set_back)
        behind = GaugeMetricFamily("tienle_index_behind", "Changes that an index lacks.", labels=("index",))
        for name, count in state.behind.items():
            behind.add_metric([name], count)
        yield behind
