"""Rules for what a site should hold."""

from dataclasses import replace
from datetime import date, timedelta
from xml.etree.ElementTree import fromstring

import pytest

from report.errors import PublishError
from report.publishing.links import key_of
from report.publishing.pages import MANY
from report.publishing.plan import Surroundings, site_files
from report.publishing.shelf import Shelved, shelve
from report.publishing.site import FOR_EVER, HTML, INDEX, Manner, SiteFile
from report.publishing.statics import Statics
from tests.fakes import MemoryStorage
from tests.site_builders import (
    ADDRESS,
    DAY,
    LIVE,
    STATICS,
    MemorySite,
    a_place,
    an_edition,
    dead_links,
    links_in,
    publish,
)

AT_ROOT = Surroundings(Manner(), STATICS, ADDRESS, LIVE)


def a_shelf(*days_ago: int, report: str = "trends", bokeh: str = "3.9.2") -> list[Shelved]:
    """Return editions of days before `DAY`, as they come to a site."""
    storage = MemoryStorage()
    days = [DAY - timedelta(days=ago) for ago in days_ago]
    return [shelve(storage, an_edition(storage, day, report=report, bokeh=bokeh)) for day in days]


def by_key(files: list[SiteFile]) -> dict[str, SiteFile]:
    """Return the files by key, of which each must be there once."""
    found = {file.key: file for file in files}
    assert len(found) == len(files)
    return found


def test_the_index_lists_every_file() -> None:
    """Each file of an edition stands in the index with its link, when it was frozen, and its size."""
    files = by_key(site_files(a_shelf(0, 1), AT_ROOT))

    index = files[INDEX].body.decode()
    listed = {key_of(link, is_relative=False) for link in links_in(index)}
    frozen = {key for key, file in files.items() if "/r1/" in key and not key.endswith(INDEX)}
    assert frozen <= listed
    assert len(frozen) == 10
    assert ">911 B<" in index
    assert index.count("<time datetime=") == 10


def test_every_link_of_the_sites_own_pages_leads_to_a_file() -> None:
    """Nothing in lists, signposts or the error page leads nowhere, with few reports or many."""
    for shelf in (a_shelf(0), a_shelf(*range(MANY + 5))):
        files = by_key(site_files(shelf, AT_ROOT))
        for file in files.values():
            for link in links_in(file.body.decode()) if file.is_page else []:
                assert "://" in link or link.startswith("#") or key_of(link, False) in files, link


def test_many_reports_have_pages_of_years_and_months() -> None:
    """Beyond two months, the index shows the newest month, and leads to the years and they to the months."""
    files = by_key(site_files(a_shelf(*range(MANY + 1)), AT_ROOT))

    index, year = files[INDEX].body.decode(), files["archive/2026/index.html"].body.decode()
    assert index.count("<article>") == 20
    assert 'href="/archive/2026/"' in index
    assert year.index('href="/archive/2026/11/"') < year.index('href="/archive/2026/10/"')
    assert files["archive/2026/10/index.html"].body.decode().count("<article>") == 31


def test_few_reports_stand_on_one_page() -> None:
    """Up to two months, there are no other lists than the index and the archive."""
    files = by_key(site_files(a_shelf(0, 40), AT_ROOT))

    assert not [key for key in files if key.startswith("archive/")]
    assert files[INDEX].body.decode().index("November 2026") < files[INDEX].body.decode().index(
        "October 2026"
    )


def test_what_only_a_server_answers_has_a_signpost() -> None:
    """A link that leads to no file gets a page that says where the server is."""
    files = by_key(site_files(a_shelf(0), AT_ROOT))

    for key in ("today", "tags/budget", "subscribe", "tags/index.html"):
        assert files[key].content_type == HTML
        assert f'href="{LIVE}/{key.removesuffix(INDEX)}"' in files[key].body.decode()


@pytest.mark.parametrize("key", ["reports/topics/editions/index.html", "reports/topics/today"])
def test_the_pages_of_another_report_keep_to_it(key: str) -> None:
    """From its archive and its signposts the navigation leads to its own pages, as the server's does."""
    page = by_key(site_files(a_shelf(0, report="topics"), AT_ROOT))[key].body.decode()

    nav = page.partition("<nav")[2].partition("</nav>")[0]
    assert [link for link in links_in(nav) if link not in ("/tags/", "/reports/")] == [
        "/reports/topics/",
        "/reports/topics/today",
        "/reports/topics/editions/",
    ]
    assert 'href="/subscribe?report=topics"' in page


def test_a_question_at_an_address_makes_no_other_page() -> None:
    """The form where a report is chosen is one signpost, whichever report leads to it."""
    files = by_key(site_files(a_shelf(0, report="topics"), AT_ROOT))

    assert "Subscribing is done on the live pages" in files["subscribe"].body.decode()
    assert "Today so far is told by the live pages" in files["reports/topics/today"].body.decode()
    assert not [key for key in files if "?" in key]


def test_a_hostile_hashtag_stays_within_its_signpost() -> None:
    """Markup in a hashtag's address is text on the page, and no key leads out of the site."""
    storage, site = MemoryStorage(), MemorySite()
    hostile = "%3Cscript%3Ealert(1)%3C%2Fscript%3E"

    publish(storage, a_place(site), an_edition(storage, tags=(hostile, "a%2F..%2F..%2Fb", "a%5Cb")))

    page = site.page("tags/<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not [key for key in site.files if ".." in key or "\\" in key]


def test_an_edition_is_kept_for_ever_and_its_table_saved_under_its_day() -> None:
    """A revision's own files never change; a table is saved under a name that tells report and day."""
    table = by_key(site_files(a_shelf(0), AT_ROOT))["editions/2026-11-20/r1/top.csv"]

    assert table.cache_control == FOR_EVER
    assert table.saved_as == "trends-2026-11-20-top.csv"


def test_charts_find_the_bokehjs_they_were_made_with() -> None:
    """Each version of BokehJS that charts ask for is there; another than ours may be a better one already."""
    files = by_key(site_files([*a_shelf(0), *a_shelf(1, bokeh="3.8.0")], AT_ROOT))

    ours, older = files["static/bokeh/3.9.2/bokeh.min.js"], files["static/bokeh/3.8.0/bokeh.min.js"]
    assert (ours.cache_control, ours.stays) == (FOR_EVER, False)
    assert (older.cache_control != FOR_EVER, older.stays) == (True, True)


def test_an_older_bokehjs_on_the_site_stays() -> None:
    """After an upgrade the version the site has is not replaced by the new one under the old name."""
    storage, site = MemoryStorage(), MemorySite()
    older = Statics(STATICS.charts, STATICS.icon, b"// bokeh 3.8", "3.8.0")
    publish(
        storage, a_place(site), an_edition(storage, DAY - timedelta(days=1), bokeh="3.8.0"), statics=older
    )

    publish(storage, a_place(site), an_edition(storage))

    assert site.files["static/bokeh/3.8.0/bokeh.min.js"].body == b"// bokeh 3.8"
    assert site.files["static/bokeh/3.9.2/bokeh.min.js"].body == STATICS.bokeh


def test_the_newest_is_a_whole_day() -> None:
    """A week that ends later, or a later day so far, is not what /latest/ shows."""
    storage = MemoryStorage()
    weeks = [shelve(storage, an_edition(storage, DAY + timedelta(days=2), period="2026-W47"))]
    weeks += [shelve(storage, an_edition(storage, DAY + timedelta(days=1), period="2026-11-21T0730Z"))]

    files = by_key(site_files([*weeks, *a_shelf(0)], AT_ROOT))

    assert files["latest/index.html"].stored == "editions/trends/2026-11-20/r1/page.html"
    assert "Week 47, 16 to 22 November 2026" in files[INDEX].body.decode()


def test_each_report_has_its_newest() -> None:
    """trends is the site's own newest; another report has a folder of its own below latest/."""
    files = by_key(site_files([*a_shelf(1), *a_shelf(0, report="rates")], AT_ROOT))

    assert files["latest/index.html"].stored == "editions/trends/2026-11-19/r1/page.html"
    assert files["latest/rates/index.html"].stored == "editions/rates/2026-11-20/r1/page.html"
    assert "Rates: Friday, 20 November 2026" in files[INDEX].body.decode()


@pytest.mark.parametrize("is_relative", [False, True], ids=["at a root", "in a folder"])
def test_every_report_is_walked_without_a_dead_link(is_relative: bool) -> None:
    """Newest, archive, numbers and editions of another report lie where its pages look for them."""
    storage, site = MemoryStorage(), MemorySite()
    manner = Manner(is_relative=is_relative, root="" if is_relative else "/", packs=False)
    months = [
        an_edition(storage, date(2026, month, day), report="rates", period=f"2026-{month:02}")
        for month, day in ((9, 30), (10, 31))
    ]

    publish(storage, a_place(site, manner), an_edition(storage), *months)

    assert dead_links(site) == []
    for key in ("reports/rates/index.html", "reports/rates/editions/2026-10/index.html"):
        assert "reports/rates/editions/2026-10/r1/" in site.page(key) or is_relative
    archive = site.page("reports/rates/editions/index.html")
    assert archive.index("October 2026") < archive.index("September 2026")
    assert "20 November" not in archive
    assert "Friday, 20 November 2026" in site.page("reports/index.html")


def test_the_newest_month_is_a_reports_newest() -> None:
    """A report of months has no days; its newest stands at latest/ as well as in its own folder."""
    storage = MemoryStorage()
    shelf = [
        shelve(storage, an_edition(storage, day, report="rates", period=f"{day:%Y-%m}"))
        for day in (date(2026, 10, 31), date(2025, 12, 31))
    ]
    files = by_key(site_files([*shelf, *a_shelf(0)], AT_ROOT))

    for key in ("latest/rates/index.html", "reports/rates/index.html"):
        assert files[key].stored == "editions/rates/2026-10/r1/page.html"
    assert files["reports/rates/latest.json"].stored == "editions/rates/2026-10/r1/data.json"
    assert f"{ADDRESS}reports/rates/editions/2025-12/" in files["sitemap.xml"].body.decode()


def test_two_editions_in_one_place_are_refused() -> None:
    """Where two reports' pages lie under one address, nothing is published over the other."""
    one = a_shelf(0)[0]
    other = Shelved(**{**vars(one), "report": "rates"})

    with pytest.raises(
        PublishError, match="rates and trends of 2026-11-20 both lie under /editions/2026-11-20/r1/"
    ):
        site_files([one, other], AT_ROOT)


def test_the_feed_and_the_sitemap_name_whole_addresses() -> None:
    """Machines are told of each report by its address on the site; a report keeps its id when revised."""
    files = by_key(site_files(a_shelf(0, 1), AT_ROOT))

    atom = fromstring(files["feed.atom"].body)
    name = "{http://www.w3.org/2005/Atom}"
    entries = atom.findall(f"{name}entry")
    assert [one.findtext(f"{name}id") for one in entries] == [
        "tag:site.example.org,2026:trends/2026-11-20",
        "tag:site.example.org,2026:trends/2026-11-19",
    ]
    assert [one.attrib["href"] for entry in entries for one in entry.findall(f"{name}link")] == [
        f"{ADDRESS}editions/2026-11-20/",
        f"{ADDRESS}editions/2026-11-19/",
    ]
    assert files["sitemap.xml"].body.decode().count(f"<loc>{ADDRESS}") == 3


def test_the_feed_is_xml_whatever_a_headline_says() -> None:
    """Signs that XML cannot hold are left out of it; a service or a topic may well be called by them."""
    shelf = [replace(one, headline="a\x00\x1b\ufffe & <b>\uffff") for one in a_shelf(0)]

    entry = fromstring(by_key(site_files(shelf, AT_ROOT))["feed.atom"].body)[-1]

    assert entry.findtext("{http://www.w3.org/2005/Atom}summary") == "a & <b>"


def test_without_an_address_there_is_no_feed() -> None:
    """A feed and a sitemap need whole addresses; where none is known they are left out, and not led to."""
    files = by_key(site_files(a_shelf(0), Surroundings(Manner(), STATICS, "", LIVE)))

    assert {"feed.atom", "sitemap.xml", "robots.txt"}.isdisjoint(files)


def test_a_site_in_a_folder_leads_from_file_to_file() -> None:
    """Below a prefix, or opened from disk, each link is relative and names a file that is there."""
    storage, site = MemoryStorage(), MemorySite()
    edition = an_edition(storage, tags=("budget", "%E5%A4%A9%E6%B0%97"))

    publish(storage, a_place(site, Manner(is_relative=True, root="", packs=False), ""), edition)

    assert dead_links(site) == []
    assert not [
        link
        for key in site.files
        if key.endswith(".html")
        for link in links_in(site.page(key))
        if link[0] == "/"
    ]
    assert "tags/天気/index.html" in site.files


def test_the_error_page_below_a_prefix_knows_the_prefix() -> None:
    """S3 shows it in the place of any page, so its links begin at the host's root."""
    storage, site = MemoryStorage(), MemorySite()

    publish(
        storage, a_place(site, Manner(is_relative=True, root="/reports/", packs=False)), an_edition(storage)
    )

    assert 'href="/reports/latest/index.html"' in site.page("404.html")
