"""Rules for the city's monthly report."""

import gzip
import io
import json
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from report.building import Built, build_edition
from report.catalogue import Ingredients, find
from report.catalogue.requests import build, prepare
from report.catalogue.requests.counting import BadFile, count_file
from report.errors import BuildError, NotBegun
from report.periods import month_period
from report.publishing.statics import Statics
from report.services import Services, not_given
from report.settings import Settings
from report.values import Report, Table, Verdict
from tests.fakes import MemoryStorage

UTC_ZONE = ZoneInfo("UTC")
JANUARY = month_period(date(2019, 1, 1), UTC_ZONE)
HEAD = "service_request_id,date_requested,service_name,street\n"
SERVICES = ("Pothole", "pothole", "Trash, large", 'The "Park"', "Straße\nlight", "=cmd", "", "公園")


def a_file(rows: int, seed: int = 1, month: int = 1) -> str:
    """Return made-up requests, with quotes, commas and line breaks where people type them."""
    dice = random.Random(seed)
    frame = pd.DataFrame(
        {
            "service_request_id": range(rows),
            "date_requested": [f"2019-{month:02}-{1 + at % 28:02}T08:00:00" for at in range(rows)],
            "service_name": [dice.choice(SERVICES) for _ in range(rows)],
            "street": [dice.choice(('1 "Main" St', "a,b", "two\r\nlines", "")) for _ in range(rows)],
        }
    )
    return frame.to_csv(index=False)


def a_source(**files: str | bytes) -> MemoryStorage:
    """Return a source of files by name; `_csv` stands for .csv, and `_csv_gz` for .csv.gz."""
    source = MemoryStorage()
    for name, body in files.items():
        key = name.replace("_csv", ".csv").replace("csv_gz", "csv.gz").replace("__", "/").removeprefix("m")
        source.put(key, body.encode() if isinstance(body, str) else body)
    return source


def made(source: MemoryStorage) -> Report:
    nothing: Any = None
    return build(Ingredients(nothing, nothing, source), JANUARY)


def table(report: Report, slug: str) -> Table:
    return next(one for one in report.tables() if one.slug == slug)


def test_all_files_of_a_month_count_as_pandas_counts_them() -> None:
    """Plain and packed, in any folder and case; neither another month's nor one of another name."""
    parts = [a_file(400, seed) for seed in (1, 2, 3)]
    source = a_source(
        m2019_jan_1_csv=parts[0],
        m2019_jan_2_csv_gz=gzip.compress(parts[1].encode()),
        mby__year__2019_JAN_3_csv="\ufeff" + parts[2].replace("\r\n", "\n").replace("\n", "\r\n"),
        m2018_jan_1_csv=a_file(50),
        mnotes_csv="a,b\n",
    )
    frames = [pd.read_csv(io.StringIO(part), keep_default_na=False) for part in parts]
    wanted = pd.concat(frames)["service_name"].value_counts()

    report = made(source)

    counted = {one["service"]: one["requests"] for one in report.data["services"]}
    assert counted == {" ".join(str(name).split()) or "(none)": number for name, number in wanted.items()}
    assert report.data["requests"] == 1200
    assert report.data["days"] == 28
    assert list(counted.values()) == sorted(counted.values(), reverse=True)
    assert not report.notice


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "id,date_requested,what\n1,2019-01-01,x\n",
            "has no column service_name; its first line is 'id,date",
        ),
        ("", "has no column service_request_id; its first line is ''"),
        ("id;date_requested;service_name\n1;2019-01-01;x\n", "service_name'; save it with commas"),
        (HEAD + '1,2019-01-01,Pothole,"open\n2,2019-01-01,Pothole,\n', "is no CSV at line 3: unexpected end"),
        (gzip.compress((HEAD * 90).encode())[:40], "cannot be unpacked"),
        (HEAD + "1,2019-01-01,x," + "y" * 1_100_000, "has over 1,048,576 signs in line 2"),
        (HEAD + "".join(f"{at},2019-01-01,s{at},\n" for at in range(20_001)), "has over 20,000 services"),
    ],
    ids=["columns", "empty", "semicolons", "quote", "cut gzip", "endless line", "no services"],
)
def test_a_file_that_cannot_be_counted_is_named_and_the_others_count(body: str | bytes, said: str) -> None:
    """The report begins with it; where no file is left, there is no report."""
    report = made(a_source(m2019_jan_1_csv=a_file(10), m2019_jan_2_csv=body))

    assert report.totals == {"requests": 10}
    assert report.notice.startswith("1 of 2 files is not counted: 2019_jan_2.csv ")
    assert said in report.notice
    with pytest.raises(BuildError, match=r"no file of 2019-01 can be counted: 2019_jan_2\.csv "):
        made(a_source(m2019_jan_2_csv=body))


def test_what_is_odd_in_a_file_is_said_beside_it() -> None:
    """Rows cut or too long and Windows-1252 are named with lines; blank rows and dates are counted."""
    body = (
        HEAD
        + "1,2019-01-01,Café,\n2,2019-01-01,cut\n\n,,,\n3,soon,Café,a,b\n4,soon,Café,\n5,2018-12-31,Café,\n"
    )

    report = made(a_source(m2019_jan_csv=body.encode("cp1252")))

    [(key, remark, requests)] = table(report, "files").rows
    assert (key, requests) == ("2019_jan.csv", 3)
    assert remark == (
        "is not UTF-8, and was read as Windows-1252; "
        "2 rows left out, with fewer or more fields than the first line: line 3, 6; "
        "1 row without any value left out"
    )
    assert (report.data["outside"], report.data["undated"]) == (1, 1)
    assert report.data["services"] == [{"service": "Café", "requests": 3}]


def test_ties_and_case_are_settled() -> None:
    """As many requests: by name, whatever the case; each spelling stays."""
    names = ("b", "a", "B", "A")
    body = HEAD + "".join(f"{at},2019-01-01,{name},\n" for at, name in enumerate(names))

    report = made(a_source(m2019_jan_csv=body))

    assert [one["service"] for one in report.data["services"]] == ["A", "a", "B", "b"]


def test_a_change_is_against_the_month_before_and_real_or_not() -> None:
    """Per day that has requests; without a month before there is no change."""

    def month(count: int, number: int) -> str:
        rows = [f"{at},2019-{number:02}-{1 + at % 20:02},Trash,\n" for at in range(count)]
        return HEAD + "".join(rows) + f"x,2019-{number:02}-01,Rare,\n"

    before = {"m2018_dec_csv": month(100, 12).replace("2019", "2018")}
    report = made(a_source(m2019_jan_csv=month(300, 1), **before))

    rows: dict[Any, Any] = {row[0]: row[4] for row in table(report, "services").rows}
    assert (rows["Trash"].percent, rows["Trash"].verdict) == (200, Verdict.REAL)
    assert rows["Rare"].verdict is Verdict.NOISE
    assert "198\N{NO-BREAK SPACE}% more a day than in December 2018" in report.headline
    assert "day than" not in made(a_source(m2019_jan_csv=month(300, 1))).headline


@pytest.mark.parametrize(
    ("there", "error"),
    [("m2018_dec_csv", BuildError), ("m2019_feb_csv", NotBegun), ("mother_csv", NotBegun)],
    ids=["late", "before the first", "nothing"],
)
def test_a_month_without_files_says_how_they_are_named(there: str, error: type[BuildError]) -> None:
    """Files that are late are a failure, told to the owner; a month before the first is none."""
    nothing: Any = None

    with pytest.raises(
        BuildError, match=r"no file of 2019-01 lies in the source: .* begin with 2019_jan"
    ) as got:
        list(prepare(Ingredients(nothing, nothing, a_source(**{there: HEAD})), JANUARY))

    assert got.type is error


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file is read row by row, whether or not it is packed."""
    import tracemalloc

    path = tmp_path / "file"
    path.write_bytes(gzip.compress((HEAD + "1,2019-01-01,Trash,Main St\n" * 60_000).encode(), 1))

    tracemalloc.start()
    tally = count_file(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert tally.services == {"Trash": 60_000}
    assert peak < 600_000  # the file unpacked is 1.6 MB
    with pytest.raises(BadFile):
        count_file(Path("/dev/null"))


class Telephone:
    """Notes what departments are told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def topic(self, department: str) -> "Telephone":
        self.department = department
        return self

    def publish(self, subject: str, text: str) -> None:
        self.said.append((self.department, subject))


def built(source: MemoryStorage, storage: MemoryStorage, results: MemoryStorage, told: Telephone) -> Built:
    services = Services(
        settings=Settings(public_url="https://city.example"),
        storage=storage,
        engine=not_given,
        history=lambda: None,  # type: ignore[arg-type,return-value]  # no requests are in it
        sender=not_given,
        source=lambda _: source,
        results=lambda _: results,
        statics=lambda: Statics(b"", b"", b"var Bokeh;", "3"),
        departments=lambda: told.topic,
    )
    return build_edition(services, "requests", "2019-01", datetime(2019, 2, 1, 6, tzinfo=UTC))


def test_a_month_is_built_laid_and_told_once() -> None:
    """Three files where others look; a department is told of a count once, and of another one anew."""
    trash = HEAD + "".join(f"{at},2019-01-05,Trash violations,\n" for at in range(131))
    listed = "Service Name,Department,Threshold\ntrash VIOLATIONS,Streets,100\n"
    listed += 'Trash violations,Parks,"1,000"\n,x,3\n'
    source = a_source(m2019_jan_1_csv=trash, mthresholds_csv=listed)
    storage, results, told = MemoryStorage(), MemoryStorage(), Telephone()

    first = built(source, storage, results, told)
    again = built(source, storage, results, told)
    source.put("2019_jan_2.csv", (HEAD + "x,2019-01-06,Trash violations,\n").encode())
    later = built(source, storage, results, told)

    assert [one.fresh for one in (first, again, later)] == [True, False, True]
    assert [info.key for info in results.list()] == [
        "2019/jan/final_chart.html",
        "2019/jan/final_report.csv",
        "2019/jan/final_report.html",
    ]
    frame = pd.read_csv(io.BytesIO(results.get("2019/jan/final_report.csv")))
    assert dict(zip(frame["service_name"], frame["requests"], strict=True)) == {"Trash violations": 132}
    assert told.said == [
        ("Streets", "trash VIOLATIONS count is now 131"),
        ("Streets", "trash VIOLATIONS count is now 132"),
    ]
    page = storage.get(f"{later.edition.folder}page.html").decode()
    assert "thresholds.csv, line 4: a threshold needs both a service and a department" in page
    assert not later.handed.problems


@pytest.mark.parametrize("service", ["x" * 300, "two\nlines", "évier ☔"], ids=["long", "lines", "signs"])
def test_a_message_fits_whatever_a_service_is_called(service: str) -> None:
    """The count is never cut off, and the subject is one line."""
    alerts = find("requests").alerts
    assert alerts

    reached = {"service": service, "department": "D", "threshold": 1, "requests": 1_234_567}
    source = a_source(mthresholds_csv=f'service_name,department,threshold\n"{service}",D,1\n')
    from report.catalogue.requests.thresholds import thresholds_of

    [known], _ = thresholds_of(source)
    data = {"period": {"id": "2019-01"}, "reached": [{**reached, "service": known.service}]}
    [message] = alerts(json.loads(json.dumps(data)))

    assert message.subject.endswith("count is now 1,234,567")
