"""``tienle mcp``: the archive as tools for assistants."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.context import DEFAULT_ARCHIVE, AddressOption, ArchiveOption, open_archive, say
from api.cli.serving import AllowOpenOption, reach


def mcp(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    http: Annotated[
        bool, typer.Option("--http", help="Phục vụ qua HTTP ở /mcp thay cho stdio · Over HTTP at /mcp, not stdio.")
    ] = False,
    host: Annotated[str, typer.Option("--host", help="Địa chỉ cho --http · Address for --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Cổng cho --http · Port for --http.")] = 8001,
    address: AddressOption = "",
    allow_open: AllowOpenOption = False,
) -> None:
    """Mở kho cho trợ lý AI hỏi (MCP), chỉ đọc · Serve the archive to AI assistants (MCP), for reading only.

    Không có --address thì liên kết dẫn tới tệp gốc trên máy này, và qua HTTP thì không có liên kết
    · Without --address links lead to source files on this machine, and over HTTP there are none. Kho có khóa (tienle
    keys) thì qua HTTP phải gửi khóa · With keys, HTTP asks for one (Authorization: Bearer).
    """
    from api.exports.links import Links, require_address

    require_address(address)
    open_archive(archive).close()  # a missing archive is told before an assistant asks
    _, exposed = reach(archive, host, allow_open=allow_open)

    import uvicorn

    from api.http.heads import PunctualProtocol
    from api.mcp import create_server, http_app

    if not http:
        create_server(archive, Links(address)).run("stdio")
        return
    served = http_app(archive, Links(address) if address else None, host=host, exposed=exposed)
    typer.echo(
        say(f"Mở http://{host}:{port}/mcp — dừng bằng Ctrl-C", f"Open http://{host}:{port}/mcp — stop with Ctrl-C"),
        err=True,
    )
    uvicorn.run(served, host=host, port=port, log_level="warning", server_header=False, http=PunctualProtocol)
