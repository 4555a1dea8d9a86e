"""Rules for today's report so far."""

from datetime import date

from report.drafts import latest_draft, save_draft
from report.editions import Edition, File, describe, load
from tests.fakes import MemoryStorage

FILES = {"page.html": File(b"<p>hello", "text/html; charset=utf-8")}


def a_draft(folder: str) -> Edition:
    return Edition("trends", "T", "N.", date(2026, 11, 20), "UTC", 0, folder, describe(FILES))


def test_old_drafts_go_when_new_ones_come() -> None:
    """The open day leaves no heap behind; those still being read stay a while."""
    storage = MemoryStorage()
    for minute in range(6):
        folder = f"drafts/trends/20261120T120{minute}Z/"
        save_draft(storage, a_draft(folder), FILES)

    assert latest_draft(storage, "trends").folder == "drafts/trends/20261120T1205Z/"
    assert storage.list_folders("drafts/trends/") == [f"20261120T120{minute}Z" for minute in (3, 4, 5)]


def test_a_host_whose_clock_is_behind_takes_no_draft_away() -> None:
    """The newest draft stays the newest, and no draft is removed by its own making."""
    storage = MemoryStorage()
    for minute in (10, 11, 12, 5):
        folder = f"drafts/trends/20261120T12{minute:02}Z/"
        save_draft(storage, a_draft(folder), FILES)

    assert latest_draft(storage, "trends").folder == "drafts/trends/20261120T1212Z/"
    assert load(storage, "drafts/trends/20261120T1205Z/")
