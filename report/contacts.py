"""Who is told in which department: the file contacts.csv in a report's source.

Its columns are Name, Email, Phone and Department; an address or a phone may be missing, not both. The
topic of a department is named after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from unicodedata import normalize

from report.errors import MailError, TopicError
from report.sheets import Row, one_line, rows_of
from report.storage import Storage
from report.topics import EMAIL, SMS, endpoint_of

CONTACTS = "contacts.csv"
LONGEST_DEPARTMENT = 100
_COLUMNS = {"email": EMAIL, "phone": SMS}
_PLAIN_NAME = re.compile(r"[a-z0-9-]+( [a-z0-9-]+)*")
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Contact:
    """Somebody to be told: `endpoint` is an address or a number, as SNS wants it."""

    department: str
    protocol: str
    endpoint: str


@dataclass(frozen=True)
class Problem:
    """A line of contacts.csv that tells of nobody, and why."""

    line: int
    says: str


def contacts_of(source: Storage) -> Iterator[Contact | Problem]:
    """Yield whom each line names, or what is wrong with it; nothing where the source has no contacts.csv.

    Raise `BuildError` for a file that is no such list, and `StorageError`.
    """
    for row in rows_of(source, CONTACTS, ("email", "phone", "department")):
        yield from _contacts(row)


def department_key(name: str) -> str:
    """Return what tells departments apart: neither case nor spaces do, nor which keyboard typed an accent."""
    return " ".join(normalize("NFKC", name).casefold().split())


def topic_name(department: str) -> str:
    """Return the end of the name of a department's topic: a-z, 0-9, "-" and "_", one for each department."""
    name = department_key(department)
    plain = re.sub(r"[^a-z0-9-]+", "_", name).strip("_")[:_LONGEST_NAME]
    if _PLAIN_NAME.fullmatch(name) and len(name) <= _LONGEST_NAME:
        return plain
    return f"{plain}_{sha256(name.encode()).hexdigest()[:8]}".lstrip("_")


def _contacts(row: Row) -> Iterator[Contact | Problem]:
    department = one_line(row.values["department"])
    if not department or len(department) > LONGEST_DEPARTMENT:
        what = f"a department of over {LONGEST_DEPARTMENT} signs" if department else "no department"
        yield Problem(row.line, f"names {what}")
        return
    said = {protocol: row.values[column] for column, protocol in _COLUMNS.items() if row.values[column]}
    if not said:
        yield Problem(row.line, "has neither an address nor a phone number")
    for protocol, text in said.items():
        try:
            yield Contact(department, protocol, endpoint_of(protocol, text))
        except (MailError, TopicError) as error:
            yield Problem(row.line, str(error))
