"""Rules for showing the ledger."""

import csv
import io
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

from mailer.ledger import Entry, Found, Occasion, State, UnreadableEntry
from mailer.ledger_rows import Row, as_csv, as_json, as_table, counts_of, rows_of
from report.runs import Run
from tests.mail_builders import FIVE

OCCASION = Occasion("trends", "2026-11-20")
PARIS = ZoneInfo("Europe/Paris")


def an_entry(state: str = "refused", text: str = "550 no such user", **changes: object) -> Entry:
    run = Run("worker-1", 7, "a")
    return Entry(State(state), FIVE, run, "<x@example.org>", revision=2, code=550, text=text, **changes)  # type: ignore[arg-type]


def rows(zone: ZoneInfo = PARIS, /, **entries: Entry | UnreadableEntry) -> list[Row]:
    found = {
        OCCASION.key_of(name): one if isinstance(one, UnreadableEntry) else Found(one, "etag")
        for name, one in entries.items()
    }
    return rows_of(found, {"00ff": "ann@example.com"}, zone, lambda entry: entry.state)


def test_a_row_says_what_became_of_a_mail() -> None:
    """Who, how far, when by both clocks, by which host, of which revision, and the server's last words."""
    [row] = rows(**{"00ff": an_entry()})

    assert (row.reader, row.state, row.host, row.revision) == ("ann@example.com", "refused", "worker-1", 2)
    assert (row.at, row.at_utc) == ("2026-11-21T06:00:00+01:00", "2026-11-21T05:00:00+00:00")
    assert row.says == "550 no such user"


def test_a_reader_nobody_knows_is_a_hash() -> None:
    """The ledger holds no address; whoever left is shown by what stands in the key."""
    assert [row.reader for row in rows(dead=an_entry())] == ["dead"]


def test_corrections_stand_after_the_first_mails() -> None:
    """Each is a row of its own."""
    found = rows(**{"00ff.c2": an_entry("accepted"), "00ff": an_entry("accepted"), "dead": an_entry()})

    assert [(row.reader, row.correction) for row in found] == [
        ("ann@example.com", 0),
        ("dead", 0),
        ("ann@example.com", 2),
    ]


def test_what_cannot_be_read_is_of_unknown_fate() -> None:
    """It is shown with the error, not left out."""
    assert [(row.state, row.says) for row in rows(dead=UnreadableEntry("cut"))] == [("unknown", "cut")]


def test_who_settled_a_mail_is_shown() -> None:
    """A person's word stands with the server's."""
    entry = an_entry("accepted", settled_by="ann on desk", settled_at=FIVE + timedelta(hours=1))

    [row] = rows(dead=entry)

    assert row.says == "550 no such user; settled by ann on desk"
    assert row.settled_at == "2026-11-21T07:00:00+01:00"


def test_hostile_words_are_one_printable_line() -> None:
    """A server, or who wrote the file, moves no cursor and starts no formula."""
    found = rows(dead=an_entry(text="=HYPERLINK(1)\n\x1b[2Jgone"))

    assert as_table(found)[1].isprintable()
    [line] = csv.DictReader(io.StringIO(as_csv(found)))
    assert line["says"].startswith("'=HYPERLINK")


def test_one_time_is_shown_once() -> None:
    """Where the zone's clock shows UTC, the table needs no second column for it."""
    heads = [as_table(rows(ZoneInfo(name), dead=an_entry()))[0].split() for name in ("UTC", "Europe/Paris")]

    assert ["at_utc" in head for head in heads] == [False, True]


def test_every_form_has_every_row() -> None:
    """A table to read, CSV for a spreadsheet, JSON for a program."""
    found = rows(**{"00ff": an_entry(), "dead": an_entry("accepted", "")})

    assert len(as_table(found)) == 3
    assert len(list(csv.DictReader(io.StringIO(as_csv(found))))) == 2
    assert [row["state"] for row in json.loads(as_json(found))] == ["refused", "accepted"]
    assert counts_of(found) == "1 accepted, 1 refused"
