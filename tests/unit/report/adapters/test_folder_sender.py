"""Rules for mail that becomes files."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from report.adapters.folder_sender import FolderSender
from report.errors import MailDeferred, MailServerError
from tests.mail_builders import a_letter

BOSS = "boss@example.com"


def test_a_message_becomes_a_file_named_after_its_day_and_reader(tmp_path: Path) -> None:
    """The name comes from the Message-ID, the bytes are those SMTP would have carried."""
    letter = a_letter()
    with FolderSender(tmp_path / "outbox") as sender:
        sender.send(letter)

    assert _bodies(tmp_path / "outbox") == {"2026-11-20.trends.00ff.eml": letter.body}


def test_a_message_sent_again_replaces_itself(tmp_path: Path) -> None:
    """The same mail is one file, however often it is written, with nothing half-written beside it."""
    with FolderSender(tmp_path) as sender:
        sender.send(a_letter())
        sender.send(a_letter(text="second\n"))

    (body,) = _bodies(tmp_path).values()
    part = message_from_bytes(body, policy=default).get_body(("plain",))
    assert part is not None
    assert part.get_content() == "second\r\n"


def test_no_message_is_written_outside_the_folder(tmp_path: Path) -> None:
    """Whatever the Message-ID holds, the file stays in the folder under a plain name."""
    letter = replace(a_letter(), message_id="<../../etc/x@example.org>")
    with FolderSender(tmp_path / "outbox") as sender:
        sender.send(letter)

    assert list(_bodies(tmp_path / "outbox")) == ["-..-etc-x.eml"]


def test_a_folder_that_cannot_be_made_is_a_server_error(tmp_path: Path) -> None:
    """Like a server that is not there: no mail was tried."""
    (tmp_path / "file").touch()

    with pytest.raises(MailServerError, match="cannot make the mail folder"):
        FolderSender(tmp_path / "file" / "outbox").__enter__()


def test_a_file_that_cannot_be_written_may_be_tried_again(tmp_path: Path) -> None:
    """A full or vanished folder loses nothing: the mail is deferred."""
    folder = tmp_path / "outbox"
    with FolderSender(folder) as sender:
        folder.rmdir()
        with pytest.raises(MailDeferred, match=f"cannot write the mail to {BOSS}"):
            sender.send(a_letter())


def _bodies(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
