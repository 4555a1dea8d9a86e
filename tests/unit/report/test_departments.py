"""Rules for which departments are told, and how far each contact is from it."""

import re
from pathlib import Path

import pytest

from report.adapters.folder_topics import FolderTopicFamily
from report.contacts import Contact
from report.departments import Listed, Standing, compared, departments_of
from report.errors import TopicMissing, TopicUnavailable
from report.topics import Subscription

ANN, BOB = Contact("Streets", "email", "ann@example.org"), Contact("STREETS ", "email", "bob@example.org")


def test_contacts_are_gathered_by_department() -> None:
    """Whatever the spelling of the department, and each address once, in whatever capitals."""
    again, parks = Contact("streets", "email", "Ann@example.org"), Contact("Parks", "sms", "+16195550100")

    found = departments_of([ANN, BOB, again, parks])

    assert [(one.name, one.topic, one.contacts) for one in found] == [
        ("Parks", "parks", (parks,)),
        ("Streets", "streets", (ANN, BOB)),
    ]


def test_who_is_told_is_held_against_the_list() -> None:
    """Each contact is told, waits or lacks; whoever else is told is named, whatever the way."""
    queue = Subscription("sqs", "arn:aws:sqs:us-east-1:123456789012:q", "arn:1")
    subscribed = [Subscription("email", "ANN@example.org", "arn:2"), queue]
    pending = [Subscription("email", "bob@example.org")]

    assert [one.standing for one in compared([ANN, BOB], [*subscribed, *pending])] == [
        Standing.TOLD,
        Standing.WAITING,
        Standing.UNASKED,
    ]
    assert [*compared([BOB], [queue])] == [
        Listed("email", "bob@example.org", Standing.MISSING),
        Listed("sqs", queue.endpoint, Standing.UNASKED),
    ]


def test_in_a_folder_a_topic_is_a_list_of_whom_it_tells(tmp_path: Path) -> None:
    """Each once, also where a person typed the file; a message says whom it would have reached."""
    family = FolderTopicFamily(tmp_path / "departments")
    assert family.names() == []
    with pytest.raises(TopicMissing, match=re.escape("`python -m report departments setup`")):
        family.subscriptions("parks")
    family.topic("parks").publish("Nobody is told", "In January.\n")

    family.make("parks")
    for _ in range(2):
        told = family.subscribe("parks", "email", "bob@example.org")
    family.make("parks")
    family.topic("parks").publish("Grass count is now 3", "In January.\n")

    assert (family.names(), family.subscriptions("parks"), told.is_pending) == (["parks"], [told], False)
    heads = sorted(path.read_text().partition("\n\n")[0] for path in tmp_path.rglob("*.txt"))
    assert heads == ["Subject: Nobody is told", "To: email bob@example.org\nSubject: Grass count is now 3"]


def test_a_folder_that_refuses_is_named(tmp_path: Path) -> None:
    """A file where the folder should be, or a list that is no text."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "parks.subscribers").write_bytes(b"\xff")

    with pytest.raises(TopicUnavailable, match=r"cannot write .*parks\.subscribers"):
        FolderTopicFamily(tmp_path / "file").make("parks")
    with pytest.raises(TopicUnavailable, match=r"cannot read .*parks\.subscribers"):
        FolderTopicFamily(tmp_path).subscriptions("parks")
