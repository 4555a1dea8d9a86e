"""What the benchmarks' proxy promises: it adds time and changes nothing."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.latency import proxy


def test_all_passes_in_order() -> None:
    """What a client sends arrives whole and in order, and so does what is answered, until one side closes."""
    closed = asyncio.Event()
    parts = [bytes([number]) * 40_000 for number in range(20)]

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            writer.write(part)
        writer.close()
        closed.set()

    async def answered() -> bytes:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        before = await proxy(0, server.sockets[0].getsockname()[1], 0.001)
        async with server, before:
            reader, writer = await asyncio.open_connection(*before.sockets[0].getsockname())
            writer.writelines(parts)
            found = await reader.readexactly(sum(map(len, parts)))
            writer.close()
            await closed.wait()
            return found

    with ThreadPoolExecutor(1) as pool:  # the browser tests leave a loop running in this thread
        assert pool.submit(lambda: asyncio.run(answered())).result() == b"".join(parts)
