"""Rules for a page that is one file."""

import re
from base64 import b64encode
from hashlib import sha256

from report.rendering.files import render_files
from report.rendering.offline import is_needed, offline_page
from report.values import ChartKind, ChartSpec, Column, Kind, Report, Series, Table
from tests.report_builders import a_report

SITE = "https://trends.example"
HOSTILE = "</script><script>alert(1)</script><!--"
SCRIPT = 'var Bokeh = "</script>", mark = "<!--";'


def a_charted_report(label: str = "English") -> Report:
    hours = ChartSpec(
        "hours",
        "Busy",
        ChartKind.COLUMNS,
        "hour, UTC",
        "tweets",
        ("00", "01"),
        (Series("today", (3.0, None)),),
    )
    tongues = ChartSpec(
        "tongues", "T", ChartKind.BARS, "language", "tweets", (label,), (Series("t", (3.0,)),)
    )
    return a_report(Table("tags", "Tags", (Column("Hashtag", Kind.TAG),), ((label,),)), hours, tongues)


def page_of(report: Report) -> str:
    files = render_files(report, "/editions/2026-11-20/r1/", f"{SITE}/editions/2026-11-20/", SITE)
    needed = {name: file.body for name, file in files.items() if is_needed(name)}
    return offline_page(needed, SCRIPT, SITE).decode()


def scripts_of(page: str) -> list[tuple[str, str]]:
    """Return (attributes, text) of each script as HTML reads it: up to the first `</script`."""
    return re.findall(r"<script([^>]*)>(.*?)</script", page, re.DOTALL | re.IGNORECASE)


def test_all_it_needs_is_within() -> None:
    """Pictures, the data of each chart in both palettes, and BokehJS."""
    page = page_of(a_charted_report())

    assert re.findall(r' src="([^:"]*)', page) == ["data"]
    assert re.findall(r'data-chart(?:-dark)?="([^"]*)"', page) == [
        "hours-chart.json",
        "hours-chart-dark.json",
        "tongues-chart.json",
        "tongues-chart-dark.json",
    ]
    for name in ("hours-chart.json", "tongues-chart-dark.json"):
        assert f'id="{name}"' in page
    assert "<link" not in page


def test_links_lead_to_the_site() -> None:
    """A file has no address of its own to be relative to."""
    page = page_of(a_charted_report())

    assert f'href="{SITE}/tags/english"' in page
    assert not re.search(r'(?:href|src)="/', page)


def test_only_its_own_scripts_may_run() -> None:
    """The policy names the hashes of the two scripts that run, and forbids to ask anybody for anything."""
    page = page_of(a_charted_report())
    running = [text for attributes, text in scripts_of(page) if not attributes]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)

    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in running]
    assert len(hashes) == 2
    assert re.findall(r"'sha256-([^']*)'", policy[1]) == hashes


def test_nothing_breaks_out_of_a_script() -> None:
    """Neither a hashtag in a chart's data nor a string of BokehJS ends the script it stands in."""
    page = page_of(a_charted_report(HOSTILE))
    found = scripts_of(page)

    assert [attributes for attributes, _ in found].count("") == 2
    assert len(found) == 2 + 4
    assert not any("<!--" in text for _, text in found)
    assert "<script>alert" not in page


def test_the_same_edition_gives_the_same_file() -> None:
    """Whenever it is made."""
    assert page_of(a_charted_report()) == page_of(a_charted_report())
