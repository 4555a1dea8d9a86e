"""Rules for the mail as files to look at."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.preview import VIEWS, darkened, preview_files, write_files
from report.errors import MailError
from report.mail import message
from tests.mail_builders import HTML, TEXT, a_mail, a_picture


def files_of(letter: EmailMessage | None = None, *problems: str) -> dict[str, str]:
    """Return the preview's files as text."""
    files = preview_files(letter or message(a_mail()), problems)
    return {name: body.decode("utf-8", "replace") for name, body in files.items()}


def test_a_browser_finds_the_pictures_beside_the_page() -> None:
    """The mail's `cid:` pictures become files, and the page points to them; words stay as they are."""
    html = HTML.replace("#budget", "cid:hours.png")
    letter = message(a_mail(html=html))

    files = preview_files(letter, [])

    assert files["mail.html"].decode() == html.replace('src="cid:', 'src="') + "\n"
    assert (files["mail.txt"].decode(), files["hours.png"]) == (TEXT, a_picture())
    assert files["mail.eml"] == letter.as_bytes()


def test_the_index_shows_every_view_and_the_verdict() -> None:
    """Each view stands in a frame that runs nothing; what keeps the mail from being sent is said."""
    sound, broken = files_of()["index.html"], files_of(None, "The <img> has no alt.")["index.html"]

    assert re.findall(
        r'<iframe title="[^"]*" src="([^"]*)" width="(\d+)" sandbox="allow-same-origin">', sound
    ) == [(view.file, str(view.width)) for view in VIEWS]
    assert {view.file for view in VIEWS} <= set(files_of())
    assert "This mail would be sent" in sound
    assert "This mail would not be sent" in broken
    assert "The &lt;img&gt; has no alt." in broken


def test_what_a_mail_says_is_not_run_by_the_index() -> None:
    """A subject is text."""
    index = files_of(message(a_mail(subject="<script>alert(1)</script>")))["index.html"]

    assert "<script>" not in index


def test_without_pictures_a_mail_asks_for_none() -> None:
    """What a program shows that blocks them: the words that stand for each."""
    blocked = files_of()["mail-blocked.html"]

    assert "src=" not in blocked
    assert 'alt="hours"' in blocked


def test_the_dark_mail_has_other_colours_and_the_same_words() -> None:
    """Only what is style is turned: white to #333333, black to white; words that look like colours stay."""
    html = '<td bgcolor="#FFFFFF" style="color:#000;background:#ffffff"><a href="#abc">#ffffff</a></td>'

    assert darkened(html) == (
        '<td bgcolor="#333333" style="color:#ffffff;background:#333333"><a href="#abc">#ffffff</a></td>'
    )


def test_attached_files_lie_beside_the_mail() -> None:
    """By their names without any folder: a name cannot lead out of the preview."""
    letter = message(a_mail())
    letter.add_attachment(b"a\n", "text", "csv", filename="../tags.csv")
    files = files_of(letter)

    assert files["tags.csv"] == "a\n"
    assert not any("/" in name for name in files)
    assert '<a href="tags.csv">' in files["index.html"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error says which folder, and how to choose another."""
    (tmp_path / "file").touch()

    with pytest.raises(MailError, match=r"file/x.*--folder"):
        write_files({"index.html": b""}, tmp_path / "file" / "x")
