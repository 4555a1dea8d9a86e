"""Rules for the list of who is told in which department."""

import re

import pytest

from report.contacts import CONTACTS, Contact, Problem, contacts_of, topic_name
from report.errors import BuildError
from tests.fakes import MemoryStorage


def contacts(body: bytes) -> list[Contact | Problem]:
    source = MemoryStorage()
    source.put(CONTACTS, body)
    return list(contacts_of(source))


def test_headings_are_taken_as_people_write_them() -> None:
    """Order, case, spaces, a byte order mark, CRLF and other columns do not matter."""
    heads = "\ufeffDEPARTMENT ,Name, E-mail,Phone\r\n"
    rows = " Parks \u200b & Rec ,Ann,ann@example.org,+1 619 555 0100\r\n,,,\r\n"

    assert contacts((heads + rows).encode()) == [
        Contact("Parks & Rec", "email", "ann@example.org"),
        Contact("Parks & Rec", "sms", "+16195550100"),
    ]


def test_a_line_that_tells_nobody_is_named_and_the_others_count() -> None:
    """No address, a number without its country, no department: each with its line."""
    body = b"Name,Email,Phone,Department\nA,ann,619 555 0100,Parks\nB,,,Parks\n"

    body += b"C,c@example.org,,\nD,d@example.org\nE,e@example.org,," + b"P" * 101
    found = contacts(body + b"\nE,e@example.org,,Parks\n")

    problems = {one.line: one.says for one in found if isinstance(one, Problem)}
    assert list(problems) == [2, 3, 4, 5, 6]
    assert "'619 555 0100' is no phone number" in problems[2]
    assert found[-1] == Contact("Parks", "email", "e@example.org")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"Name,Email,Phone\n", "contacts.csv has no column department; its columns: Name, Email, Phone"),
        (b"Email,Phone,Department\n\xe9,,P\n", "contacts.csv is not UTF-8, from byte 23 on"),
        (b'Email,Phone,Department\n"a,,P\n', "contacts.csv is no CSV: unexpected end of data"),
        (b"x" * 1_000_001, "contacts.csv has 1,000,001 bytes: such a list has at most 1,000,000"),
    ],
    ids=["columns", "encoding", "quote", "size"],
)
def test_what_is_no_such_list_is_refused(body: bytes, said: str) -> None:
    """The message says what to look for."""
    with pytest.raises(BuildError, match=re.escape(said)):
        contacts(body)


def test_without_the_file_nobody_is_a_contact() -> None:
    """Telling departments is a choice."""
    assert list(contacts_of(MemoryStorage())) == []


def test_departments_that_differ_have_topics_that_differ() -> None:
    """Whatever signs their names have; case and spaces are no difference."""
    names = [
        "Parks",
        "Parks!",
        "Parks?",
        "Street Division",
        "street-division",
        "street_division",
        "公園",
        "P" * 300,
    ]

    topics = [topic_name(name) for name in names]

    assert topics[0] == topic_name("  PARKS ") == "parks"
    assert topic_name("Ba\u0308ume") == topic_name("B\u00e4ume")
    assert topics[3] == "street_division"
    assert len(set(topics)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,100}", topic) for topic in topics)
