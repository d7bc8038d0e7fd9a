"""The peer: a raw ASGI application that answers every request with the same bytes.

It runs on uvicorn as the mock configures it and answers with as many header fields and body bytes as the mock, framed
in the same way. The protocol class is uvicorn's own, or the mock's: with that, its replies are one write, too, and the
comparison is of the applications alone.

    python -m benchmarks.constant PORT BYTES uvicorn|mock
"""

import sys

import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.http.protocol import AgentProtocol
from mockserver.http.replies import LARGEST_SIZED_BODY


def application(size: int) -> object:
    """The application; its body has ``size`` bytes."""
    framing = (b"content-length", b"%d" % size) if size <= LARGEST_SIZED_BODY else (b"transfer-encoding", b"chunked")
    headers = [
        (b"vary", b"Accept-Encoding"),
        (b"content-type", b"application/json"),
        (b"x-nomad-index", b"7"),
        (b"x-nomad-knownleader", b"true"),
        (b"x-nomad-lastcontact", b"0"),
        (b"date", b"Fri, 14 Jul 2017 02:40:00 GMT"),
        framing,
    ]
    start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
    body: Message = {"type": "http.response.body", "body": b"x" * size}

    async def constant(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "PUT":
            while (await receive()).get("more_body"):
                pass
        await send(start)
        await send(body)

    return constant


def main(port: int, size: int, protocol: str) -> None:
    """Serve until SIGTERM."""
    uvicorn.run(
        application(size),  # type: ignore[arg-type]  # uvicorn's own names for the same ASGI types
        port=port,
        http=AgentProtocol if protocol == "mock" else HttpToolsProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=120,
        timeout_graceful_shutdown=1,
        backlog=4096,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
