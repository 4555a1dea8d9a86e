"""A proxy on loopback that passes each request on after a while, as a network would."""

import asyncio
import sys
from functools import partial


async def _serve(port: int, upstream: int, seconds: float) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", upstream)
        answering = asyncio.create_task(_pass_on(from_server, writer, 0))
        await _pass_on(reader, to_server, seconds)
        await answering

    server = await asyncio.start_server(meet, "127.0.0.1", port)
    await server.serve_forever()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    later = asyncio.get_running_loop().call_later
    while part := await reader.read(65_536):
        if seconds:
            later(seconds, partial(writer.write, part))
        else:
            writer.write(part)
    writer.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
