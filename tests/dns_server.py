"""A name server on loopback that knows what a test tells it."""

import socketserver
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], list[str]]
"""What is answered: by (name, type), the records' texts as a zone file has them."""


@contextmanager
def running_dns(zone: Zone, *, fails: bool = False) -> Iterator[int]:
    """Answer from `zone`, or SERVFAIL whatever is asked; yield the port."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            body, connection = self.request
            connection.sendto(_reply(body, zone, fails), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def txt(text: str) -> str:
    """Return a text as a zone file has it: in quoted pieces of at most 255 bytes."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))


def _reply(body: bytes, zone: Zone, fails: bool) -> bytes:
    asked = dns.message.from_wire(body)
    reply = dns.message.make_response(asked)
    reply.flags |= dns.flags.RA
    [question] = asked.question
    name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
    if fails:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif texts := zone.get((name, kind)):
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
    elif not any(name == known for known, _ in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()
