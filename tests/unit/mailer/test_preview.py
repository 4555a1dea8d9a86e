"""Rules for the mail as files to look at."""

from pathlib import Path

import pytest

from mailer.preview import write_preview
from report.errors import MailError
from report.mail import message
from tests.mail_builders import HTML, TEXT, a_mail, a_picture


def test_a_browser_finds_the_pictures_beside_the_page(tmp_path: Path) -> None:
    """The mail's `cid:` pictures become files, and the page points to them; words stay as they are."""
    html = HTML.replace("#budget", "cid:hours.png")

    paths = write_preview(a_mail(html=html), tmp_path / "preview")

    assert [path.name for path in paths] == ["mail.html", "mail.txt", "mail.eml", "hours.png"]
    page, text, eml, picture = (path.read_bytes() for path in paths)
    assert page.decode() == html.replace('src="cid:', 'src="')
    assert (text.decode(), picture) == (TEXT, a_picture())
    assert eml == message(a_mail(html=html)).as_bytes()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error says which folder, and how to choose another."""
    (tmp_path / "file").touch()

    with pytest.raises(MailError, match=r"file/x.*--folder"):
        write_preview(a_mail(), tmp_path / "file" / "x")
