"""A proxy on loopback that passes each request on after a while, as a network would.

It passes twenty thousand requests a second, so what is measured behind it is the latency.
"""

import asyncio
import sys
from selectors import SelectSelector
from typing import cast


class _Client(asyncio.Protocol):
    """Meets a client: what it sends goes on after `seconds`, what comes back at once."""

    def __init__(self, upstream: int, seconds: float) -> None:
        self._upstream = upstream
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        client = cast(asyncio.Transport, transport)
        self._server = self._loop.create_task(self._connected(client))

    def data_received(self, data: bytes) -> None:
        self._loop.call_later(self._seconds, self._pass_on, data)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.add_done_callback(lambda server: server.result().close())

    def _pass_on(self, data: bytes) -> None:
        if self._server.done():
            self._server.result().write(data)
        else:
            self._server.add_done_callback(lambda server: server.result().write(data))

    async def _connected(self, client: asyncio.Transport) -> asyncio.Transport:
        transport, _ = await self._loop.create_connection(
            lambda: _Server(client), "127.0.0.1", self._upstream
        )
        return transport


class _Server(asyncio.Protocol):
    """Gives a client what the server answers."""

    def __init__(self, client: asyncio.Transport) -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        self._client.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._client.close()


async def proxy(port: int, upstream: int, seconds: float) -> asyncio.Server:
    """Return a server on `port` that passes on what comes; 0 is any free port."""
    return await asyncio.get_running_loop().create_server(
        lambda: _Client(upstream, seconds), "127.0.0.1", port
    )


async def _serve(port: int, upstream: int, seconds: float) -> None:
    await (await proxy(port, upstream, seconds)).serve_forever()


if __name__ == "__main__":
    # select() waits to the microsecond, epoll to the millisecond: a twentieth of what is asked of us.
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(SelectSelector())) as runner:
        runner.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
