"""Which departments contacts.csv names, and how far each contact is from being told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from report.contacts import Contact, department_key, topic_name
from report.topics import Subscription


class Standing(StrEnum):
    """How far somebody is from being told; in words for whoever runs the server."""

    TOLD = "is told"
    WAITING = "waits until the link in SNS's mail is opened"
    MISSING = "is not subscribed"
    UNASKED = "is told, though contacts.csv does not ask for it"


@dataclass(frozen=True)
class Department:
    """A department as it is spelt first, and its contacts, each once."""

    name: str
    contacts: tuple[Contact, ...]

    @property
    def topic(self) -> str:
        """The name of its topic, within the departments' own."""
        return topic_name(self.name)


@dataclass(frozen=True)
class Listed:
    """Somebody a topic tells, or is to tell."""

    protocol: str
    endpoint: str
    standing: Standing


def is_heard(listed: Iterable[Listed]) -> bool:
    """Whether what a topic is told reaches anybody."""
    return any(one.standing in (Standing.TOLD, Standing.UNASKED) for one in listed)


def departments_of(contacts: Iterable[Contact]) -> list[Department]:
    """Return the departments of the contacts, by name."""
    found: dict[str, dict[tuple[str, str], Contact]] = {}
    for contact in contacts:
        told = found.setdefault(department_key(contact.department), {})
        told.setdefault(_key(contact), contact)
    grouped = [tuple(told.values()) for _, told in sorted(found.items())]
    return [Department(contacts[0].department, contacts) for contacts in grouped]


def compared(contacts: Sequence[Contact], subscribed: Iterable[Subscription]) -> Iterator[Listed]:
    """Yield how far each contact is, then who subscribed though no contact says so."""
    known = {_key(one): one for one in subscribed}
    for contact in contacts:
        yield Listed(contact.protocol, contact.endpoint, _standing(known.pop(_key(contact), None)))
    for other in known.values():
        yield Listed(other.protocol, other.endpoint, Standing.UNASKED)


def _standing(found: Subscription | None) -> Standing:
    if found is None:
        return Standing.MISSING
    return Standing.WAITING if found.is_pending else Standing.TOLD


def _key(one: Contact | Subscription) -> tuple[str, str]:
    """What tells endpoints apart: SNS may give an address back in other capitals."""
    return one.protocol, one.endpoint.casefold()
