"""Rules for answering questions with Athena: its protocol, and that the answers are DuckDB's."""

import json
import logging
import secrets
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import duckdb
import pytest
from werkzeug.serving import make_server

from report.adapters.athena_client import AthenaClient, athena_client
from report.adapters.athena_engine import AthenaEngine, Workplace, cost_usd
from report.adapters.duckdb_dialect import spoken
from report.adapters.duckdb_engine import DuckDBEngine
from report.athena_tables import athena_statements
from report.columns import TWEETS, duckdb_type
from report.engine import Questions, Row
from report.errors import EngineError, EngineUnavailable
from report.places import raw_hour, raw_slot
from report.storage import Storage
from report.window import Window, day_window
from tests.athena_fake import DuckDBAthena
from tests.builders import NOON, a_notice, a_v1_document, a_v2_tweet, lines
from tests.fakes import MemoryStorage
from tests.s3_server import variables_of

WINDOW = Window(datetime(2026, 11, 19, 22, 30, tzinfo=UTC), datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
GB = 10**9
EXECUTION = {"model_name": "athena::execution"}
FOLDING = "café\x1fCafé"
QUESTIONS: dict[str, dict[str, str | int]] = {
    "companions": {"folding": FOLDING, "popular": 10, "together": 1},
    "document_count": {},
    "hashtags": {"folding": FOLDING, "retweets": "with"},
    "hours": {"retweets": "without"},
    "languages": {"retweets": "with"},
    "samples": {"folding": FOLDING, "limit": 3},
    "spellings": {"retweets": "with"},
    "tag_hours": {"folding": FOLDING, "retweets": "with"},
    "tag_quarters": {"folding": FOLDING},
    "top_authors": {"retweets": "with", "limit": 2},
    "top_hashtags": {"retweets": "with", "limit": 10},
    "tweet_count": {"retweets": "without"},
}


def stored() -> MemoryStorage:
    """Return tweets in and around the window: both versions, a repeat, a notice, a cut line."""
    storage = MemoryStorage()
    for hours in range(-15, 13):
        seen = NOON + timedelta(hours=hours, minutes=7)
        document = a_v1_document(
            id=100 + hours,
            created_at=seen,
            hashtags=["Café", "it's"] if hours % 2 else ["café", "日本"],
            user={"id_str": str(hours % 3)},
            retweeted_status=a_v1_document(hashtags=["whole"]) if hours % 5 == 0 else None,
        )
        storage.put(f"{raw_hour(seen)}import.jsonl", lines(document, a_notice()) + b'{"cut')
    for minute in (3, 5):
        storage.put(
            raw_slot(NOON + timedelta(minutes=minute), "feed"), lines({"data": a_v2_tweet(hashtags=["café"])})
        )
    return storage


def files_of(storage: MemoryStorage, folder: Path) -> list[Path]:
    """Write the objects below a folder, as Athena finds them below a bucket."""
    for info in storage.list():
        path = folder / info.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(storage.get(info.key))
    return [folder / info.key for info in storage.list()]


def engine(
    client: AthenaClient,
    storage: Storage | None = None,
    *,
    limit_bytes: int = GB,
    wait: Callable[[float], None] = lambda seconds: None,
    workgroup: str = "analysts",
    output: str = "",
) -> AthenaEngine:
    """Return an engine that never really waits."""
    workplace = Workplace(workgroup, "twitter_trends", output)
    return AthenaEngine(client, storage or MemoryStorage(), workplace, limit_bytes=limit_bytes, wait=wait)


def ask(made: AthenaEngine, name: str = "tweet_count", **parameters: Any) -> list[Row]:
    """Ask about the window; without parameters, those of `QUESTIONS`."""
    with made.open(WINDOW) as questions:
        return questions.ask(name, parameters or QUESTIONS.get(name))


# ---- the answers ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> tuple[DuckDBAthena, MemoryStorage]:
    storage = stored()
    return DuckDBAthena(files_of(storage, tmp_path_factory.mktemp("bucket")), page_rows=3), storage


@pytest.fixture(scope="module")
def both(truth: tuple[DuckDBAthena, MemoryStorage]) -> Iterator[tuple[Questions, Questions]]:
    """Return the same window, open at DuckDB's own engine and at Athena's."""
    client, storage = truth
    with DuckDBEngine(storage).open(WINDOW) as ours, engine(client, storage).open(WINDOW) as theirs:
        yield ours, theirs


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_athena_is_asked_what_duckdb_is_asked(both: tuple[Questions, Questions], name: str) -> None:
    """The text with its tables before it gives the rows that DuckDB's own engine gives, in that order."""
    expected, found = (questions.ask(name, QUESTIONS[name]) for questions in both)

    assert expected
    assert found == expected


@pytest.mark.parametrize("page_rows", [1, 2, 1000])
def test_every_page_is_fetched(
    truth: tuple[DuckDBAthena, MemoryStorage], tmp_path: Path, page_rows: int
) -> None:
    """However the rows are spread over pages, each comes once, and the row of names never."""
    client = DuckDBAthena(files_of(truth[1], tmp_path), page_rows=page_rows)

    rows = ask(engine(client), "spellings")

    assert sorted(row["spelling"] for row in rows) == ["Café", "café", "it's", "whole", "日本"]


@pytest.mark.parametrize("folding", ["it's\x1fIt's", "it's\x1f" + "''" * 2000], ids=["short", "long"])
def test_parameters_say_what_they_said(truth: tuple[DuckDBAthena, MemoryStorage], folding: str) -> None:
    """Quotes stay quotes; what is too long for Athena to bind stands in the text, and means the same."""
    client, storage = truth

    rows = ask(engine(client, storage), "hashtags", folding=folding, retweets="with")

    assert folding.partition("\x1f")[2] in {row["tag"] for row in rows}
    assert all(len(value) <= 1024 for value in client.asked[-1]["ExecutionParameters"])


def test_the_closing_of_a_day_may_run_again(
    truth: tuple[DuckDBAthena, MemoryStorage], tmp_path: Path
) -> None:
    """Athena's own compaction gives the day's tweets, each once, however often it runs."""
    client = DuckDBAthena(files_of(truth[1], tmp_path))
    columns = ", ".join(f'"{name}" {duckdb_type(kind)}' for name, kind in TWEETS.items())
    client.connection.execute(f"CREATE TABLE twitter_trends.tweets ({columns}, dt VARCHAR)")
    day = date(2026, 11, 20)
    statement = athena_statements("twitter_trends", "s3://b/", "UTC", day)["compact_day.sql"]
    for _ in "12":
        client.connection.execute(spoken(statement))
    [made] = client.connection.execute(
        "SELECT list(id ORDER BY id) FROM twitter_trends.tweets WHERE dt = '2026-11-20'"
    ).fetchall()
    with DuckDBEngine(truth[1]).open(day_window(day, ZoneInfo("UTC"))) as questions:
        [counted] = questions.ask("tweet_count", {"retweets": "with"})

    assert len(made[0]) == len(set(made[0])) == counted["tweets"]


# ---- the protocol -----------------------------------------------------------------------------------


def test_a_query_says_where_it_runs() -> None:
    """Workgroup, database and the place of results are the settings'."""
    client = DuckDBAthena(scanned_bytes=1)
    with pytest.raises(duckdb.Error):  # there are no tables in this one
        ask(engine(client, output="s3://results/trends/"))

    [asked] = client.asked
    assert asked["WorkGroup"] == "analysts"
    assert asked["QueryExecutionContext"] == {"Database": "twitter_trends"}
    assert asked["ResultConfiguration"] == {"OutputLocation": "s3://results/trends/"}
    assert asked["ExecutionParameters"] == ["'without'"]


def test_the_answer_is_awaited_with_growing_pauses(truth: tuple[DuckDBAthena, MemoryStorage]) -> None:
    """Each look at a query that runs is followed by a pause of its own length, up to five seconds."""
    pauses: list[float] = []
    client = DuckDBAthena(states=["QUEUED", *["RUNNING"] * 19, "FAILED"], reason="no matter")

    with pytest.raises(EngineError):
        ask(engine(client, wait=pauses.append))

    assert len(pauses) == 20
    assert 0.1 <= pauses[0] <= 0.25
    assert 2.5 <= pauses[-1] <= 5.0


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(KeyboardInterrupt(), id="Ctrl-C"),
        pytest.param(SystemExit(143), id="told to end"),
    ],
)
def test_an_interrupted_wait_cancels_the_query(ending: BaseException) -> None:
    """Nobody pays for an answer nobody waits for."""

    def interrupted(seconds: float) -> None:
        raise ending

    client = DuckDBAthena(states=["RUNNING"])
    with pytest.raises(type(ending)):
        ask(engine(client, wait=interrupted))

    assert client.stopped == ["1"]


def test_a_query_past_the_cap_is_cancelled() -> None:
    """What scans more than is allowed is stopped on the way, and the error names the setting."""
    client = DuckDBAthena(states=["RUNNING"], scanned_bytes=3 * GB)

    with pytest.raises(EngineError, match=r"3\.00 GB to answer 'tweet_count'.*ATHENA_LIMIT_GB=1 "):
        ask(engine(client))
    assert client.stopped == ["1"]


def test_a_window_past_the_cap_is_refused_unasked() -> None:
    """What storage holds tells beforehand what would be scanned; nothing is paid to be refused."""
    client = DuckDBAthena()

    with pytest.raises(EngineError, match=r"scan more than ATHENA_LIMIT_GB=1e-07 allows"):
        ask(engine(client, stored(), limit_bytes=100))
    assert client.asked == []


def test_a_query_that_never_ends_is_cancelled() -> None:
    """After half an hour of pauses the wait is given up; another try can help."""
    client = DuckDBAthena(states=["QUEUED"] * 10_000)

    with pytest.raises(EngineUnavailable, match="30 minutes"):
        ask(engine(client))
    assert client.stopped == ["1"]


def test_what_a_query_cost_is_logged(
    truth: tuple[DuckDBAthena, MemoryStorage], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Bytes scanned and their price are told after each answer."""
    client = DuckDBAthena(files_of(truth[1], tmp_path), scanned_bytes=4 * GB)
    with caplog.at_level(logging.INFO, "report"):
        ask(engine(client), "tweet_count")

    assert [record.getMessage() for record in caplog.records] == [
        "tweet_count: Athena scanned 4,000.0 MB, about USD 0.02000 at USD 5 a TB; prices differ by region"
    ]


@pytest.mark.parametrize(
    ("scanned_bytes", "usd"),
    [
        pytest.param(10**12, 5.0, id="a terabyte"),
        pytest.param(0, 0.00005, id="the least that is billed"),
    ],
)
def test_a_query_costs_by_the_bytes(scanned_bytes: int, usd: float) -> None:
    """Five dollars a terabyte, ten megabytes at least."""
    assert cost_usd(scanned_bytes) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        pytest.param(
            "SCHEMA_NOT_FOUND: line 3:6: Schema 'x' does not exist", "ATHENA_DATABASE", id="no database"
        ),
        pytest.param("TABLE_NOT_FOUND: line 3:6: Table 'x' does not exist", "make the tables", id="no table"),
        pytest.param("Access denied when writing output", "docs/operations.md", id="no right"),
        pytest.param("Bytes scanned limit was exceeded", "workgroup's own limit", id="workgroup's cap"),
        pytest.param("Query exhausted resources", "Query exhausted resources", id="something else"),
    ],
)
@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_failure_says_athenas_reason(state: str, reason: str, advice: str) -> None:
    """The reason is Athena's own, and what to do is said where we know it."""
    with pytest.raises(EngineError) as caught:
        ask(engine(DuckDBAthena(states=[state], reason=reason)))

    assert reason in str(caught.value)
    assert advice in str(caught.value)


def test_sql_too_long_for_athena_is_not_sent() -> None:
    """Athena would refuse it with less to say."""
    client = DuckDBAthena()

    with pytest.raises(EngineError, match="262,144 bytes"):
        ask(engine(client), "hashtags", folding="x" * 300_000, retweets="with")
    assert client.asked == []


def test_an_array_is_not_guessed_at(truth: tuple[DuckDBAthena, MemoryStorage]) -> None:
    """Athena writes arrays without quotes, so they can't be read back: the error says what to do."""
    client, storage = truth
    with pytest.raises(EngineError, match=r"'hashtags'.*cast it"):
        ask(engine(client, storage), "tweets")


# ---- over HTTP --------------------------------------------------------------------------------------


@pytest.fixture
def over_http(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, bucket: str) -> str:
    """Point boto3's Athena at the server; give the place for results."""
    for name, value in variables_of(s3_endpoint).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", s3_endpoint)
    return f"s3://{bucket}/results/"


@pytest.fixture
def workgroup(over_http: str) -> str:
    """Return a fresh workgroup's name."""
    name = f"analysts-{secrets.token_hex(4)}"
    cast(Any, athena_client()).create_work_group(Name=name)
    return name


def canned(endpoint: str, columns: dict[str, str], rows: Iterable[Iterable[str | None]]) -> None:
    """Tell the server what the next query gives."""
    told = {
        "rows": [
            {"Data": [{} if value is None else {"VarCharValue": value} for value in row]}
            for row in (list(columns), *rows)
        ],
        "column_info": [{"Name": name, "Type": kind} for name, kind in columns.items()],
    }
    post(f"{endpoint}/moto-api/static/athena/query-results", {"results": [told]})


def post(url: str, told: dict[str, Any]) -> None:
    """Tell the server something about its ways."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(told).encode(), headers)
    urllib.request.urlopen(request).close()


def test_the_api_is_spoken(s3_endpoint: str, over_http: str, workgroup: str) -> None:
    """Started, looked at, fetched: every type comes back as the value it was, an absent one as None."""
    canned(
        s3_endpoint,
        {"n": "bigint", "share": "double", "yes": "boolean", "at": "timestamp", "words": "varchar"},
        [
            ["7", "0.5", "true", "2026-11-20 12:00:00.250", ""],
            ["-1", "1.0E-4", "false", "2026-11-20 12:00:00", "a, b"],
            [None] * 5,
        ],
    )

    rows = ask(engine(athena_client(), output=over_http, workgroup=workgroup))

    assert rows == [
        {"n": 7, "share": 0.5, "yes": True, "at": NOON + timedelta(milliseconds=250), "words": ""},
        {"n": -1, "share": 0.0001, "yes": False, "at": NOON, "words": "a, b"},
        dict.fromkeys(("n", "share", "yes", "at", "words")),
    ]


def test_a_cancelled_query_is_cancelled_at_the_server(
    s3_endpoint: str, over_http: str, workgroup: str
) -> None:
    """Ctrl-C reaches Athena."""
    slow = {"progression": "manual", "times": 9}
    post(f"{s3_endpoint}/moto-api/state-manager/set-transition", EXECUTION | {"transition": slow})

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(engine(athena_client(), output=over_http, workgroup=workgroup, wait=interrupted))

    boto = cast(Any, athena_client())
    [execution] = boto.list_query_executions(WorkGroup=workgroup)["QueryExecutionIds"]
    found = boto.get_query_execution(QueryExecutionId=execution)
    post(f"{s3_endpoint}/moto-api/state-manager/unset-transition", EXECUTION)
    assert found["QueryExecution"]["Status"]["State"] == "CANCELLED"


def test_a_missing_workgroup_is_named_with_its_setting(over_http: str) -> None:
    """Whoever set it reads which setting it was."""
    with pytest.raises(EngineError, match="ATHENA_WORKGROUP"):
        ask(engine(athena_client(), output=over_http, workgroup="elsewhere"))


@contextmanager
def throttling(times: int) -> Iterator[tuple[str, list[int]]]:
    """Serve an Athena that is too busy so many times, then starts a query; give its URL and the calls."""
    calls: list[int] = []

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        calls.append(1)
        busy = len(calls) <= times
        body = {"__type": "TooManyRequestsException"} if busy else {"QueryExecutionId": "1"}
        headers = [("Content-Type", "application/x-amz-json-1.1")]
        start_response("400 Bad Request" if busy else "200 OK", headers)
        return [json.dumps(body).encode()]

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_throttling_is_borne_within_a_limit(over_http: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy Athena is asked again, so many times and no more; then another try may help."""
    pauses: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", pauses.append)
    with throttling(times=99) as (url, calls):
        monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", url)
        with pytest.raises(EngineUnavailable, match="too busy to answer 'tweet_count'"):
            ask(engine(athena_client(attempts=3)))

    assert len(calls) == 3
    assert len(pauses) == 2


def test_without_credentials_the_error_says_what_to_set(
    over_http: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thing a new user meets."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(EngineError, match="AWS_ACCESS_KEY_ID"):
        ask(engine(athena_client()))


def test_an_athena_out_of_reach_may_be_tried_again(over_http: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at this address."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", "http://127.0.0.1:1")

    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        ask(engine(athena_client(attempts=1)))
