"""``tienle serve``: the pages and the API."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.context import DEFAULT_ARCHIVE, ArchiveOption, open_archive, say

AllowOpenOption = Annotated[
    bool,
    typer.Option(
        "--allow-open",
        help="Cho máy khác vào mà không cần khóa: chỉ khi đã có lớp bảo vệ khác "
        "· Let other machines in without keys: only where something else guards.",
    ),
]

LogJsonOption = Annotated[
    bool,
    typer.Option("--log-json", envvar="TIENLE_LOG_JSON", help="Nhật ký từng dòng JSON ra stderr · JSON lines of log."),
]
LogQueriesOption = Annotated[
    bool, typer.Option("--log-queries", help="Ghi cả câu hỏi vào nhật ký · Questions in the log too.")
]

_FINISH_WITHIN = 60  # seconds that requests have to end after SIGTERM, and a process to show that it lives
_KEPT_OPEN = 65  # seconds of an idle connection: longer than readers think and than nginx keeps its own (60)


def serve(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    host: Annotated[str, typer.Option("--host", help="Địa chỉ · Address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Cổng · Port.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Số tiến trình cùng phục vụ · Processes that serve.")
    ] = 1,
    allow_open: AllowOpenOption = False,
    log_json: LogJsonOption = False,
    log_queries: LogQueriesOption = False,
) -> None:
    """Mở trang web và API; kho có khóa (tienle keys) thì đòi đăng nhập · Serve the pages and the API."""
    open_archive(archive).close()  # a missing archive is told before anything listens
    hosts, exposed = reach(archive, host, allow_open=allow_open)

    import uvicorn

    from api.http.app import EXPOSED, HOSTS, SERVED, create_app
    from api.http.heads import PunctualProtocol
    from api.operation.logs import AS_JSON, QUERIES, configure_worker
    from api.operation.metrics import counted_together

    typer.echo(
        say(f"Mở http://{host}:{port} — dừng bằng Ctrl-C", f"Open http://{host}:{port} — stop with Ctrl-C"), err=True
    )
    os.environ |= {AS_JSON: "1" if log_json or log_queries else "", QUERIES: "1" if log_queries else ""}
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "log_level": "warning",
        "server_header": False,
        "http": PunctualProtocol,
        "timeout_graceful_shutdown": _FINISH_WITHIN,
        "timeout_keep_alive": _KEPT_OPEN,
        "timeout_worker_healthcheck": _FINISH_WITHIN,  # a busy process is no dead one
    }
    if os.environ[AS_JSON]:
        options["log_config"] = None
    if workers == 1:
        app = create_app(archive, hosts=hosts, exposed=exposed)
        configure_worker()
        # Several processes are started anew by the one above them.
        signal.signal(signal.SIGHUP, lambda *_: threading.Thread(target=app.state.service.stop).start())
        uvicorn.run(app, **options)
        return
    os.environ |= {SERVED: str(archive.resolve()), HOSTS: " ".join(hosts), EXPOSED: "1" if exposed else ""}
    with counted_together():
        uvicorn.run("api.http.app:served_app", factory=True, workers=workers, **options)


def reach(archive: Path, host: str, *, allow_open: bool) -> tuple[tuple[str, ...], bool]:
    """The names to answer to (all where empty), and whether other machines reach them.

    AccessError ``access-open`` when these would come in without a key and nobody has allowed it.
    """
    from api.access.errors import open_to_all
    from api.access.guard import Guard
    from api.access.settings import LOOPBACK

    guard = Guard(archive)
    exposed = host not in LOOPBACK
    if exposed and not guard.required and not allow_open:
        raise open_to_all(host)
    if guard.settings.host:
        return (guard.settings.host, *LOOPBACK), exposed
    return (() if exposed else LOOPBACK), exposed
