"""`python -m benchmarks.mail_sink`: an SMTP server that takes every message and keeps none.

It prints its port and serves until its standard input ends. With `--certificate FILE` it speaks TLS from the
first byte and wants the password of `benchmarks.mail_ways`.
"""

import asyncio
import logging
import ssl
import sys
import warnings
from typing import Any

import click
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from benchmarks.mail_ways import PASSWORD, USER


class _Sink:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


@click.command()
@click.option("--certificate", type=click.Path(dir_okay=False), help="A PEM file with key and certificate.")
def main(certificate: str | None) -> None:
    """Serve on a port of loopback."""
    warnings.simplefilter(
        "ignore"
    )  # it calls its own old functions, and speaks of TLS of its own making only
    logging.disable(logging.WARNING)
    asyncio.run(_serve(certificate))


async def _serve(certificate: str | None) -> None:
    sink, context = _Sink(), None
    options: dict[str, Any] = {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        options = {"authenticator": sink.authenticate, "auth_required": True, "auth_require_tls": False}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="localhost", **options), "127.0.0.1", 0, ssl=context
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 the port is the answer
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    main()
