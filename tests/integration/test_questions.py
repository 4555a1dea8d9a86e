"""Rules for the SQL questions: what they answer is what plain counting answers."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report.adapters.duckdb_engine import DuckDBEngine
from report.counts import CountingRules, count_day, folding_of
from report.engine import Questions, Row, question
from report.tweets.hashtags import fold
from report.values import Period
from report.window import day_window
from tests.builders import a_v1_document, lines
from tests.fakes import MemoryStorage

DAY = date(2026, 11, 20)
ALL = (
    "tweet_count",
    "document_count",
    "hours",
    "languages",
    "top_authors",
    "top_hashtags",
    "spellings",
    "hashtags",
    "tag_hours",
    "tag_quarters",
    "companions",
    "samples",
)
FORGED = ("\x1eJob\x1fIT", "job\0", "a\n\x1b[31mTOTALS", "\u202egbj", "two words")  # not counted: no hashtags
SPELLINGS = (
    *FORGED,
    "Job",
    "job",
    "JOB",
    "IT",
    "it",
    "café",
    "cafe",
    "日本",
    "ﷺ",
    "İstanbul",
    "it's",
    "\x1eJob\x1fIT",
    "job\0",
)

tweets = st.lists(
    st.tuples(
        st.integers(1, 40),  # id: some come twice
        st.integers(0, 1439),  # minute of the day
        st.integers(1, 6),  # author
        st.lists(st.sampled_from(SPELLINGS), max_size=4, unique=True),
        st.booleans(),  # a retweet?
    ),
    max_size=60,
    unique_by=lambda tweet: tweet[0],
)


def stored(found: list[tuple[int, int, int, list[str], bool]]) -> MemoryStorage:
    storage = MemoryStorage()
    for number, minute, author, tags, is_retweet in found:
        seen = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=minute)
        original = a_v1_document(id=number + 1000, hashtags=tags)
        document = a_v1_document(
            id=number,
            created_at=seen,
            hashtags=tags,
            user={"id_str": str(author)},
            retweeted_status=original if is_retweet else None,
        )
        storage.put(f"raw/dt={DAY}/hour={seen:%H}/{number}.jsonl", lines(document))
    return storage


@pytest.fixture(scope="module")
def asked() -> Iterator[Questions]:
    found = [(number, number, number % 3, ["Job"], False) for number in range(1, 30)]
    with DuckDBEngine(stored(found)).open(day_window(DAY, ZoneInfo("UTC"))) as questions:
        yield questions


@given(found=tweets, with_retweets=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_counts_are_those_of_plain_counting(
    found: list[tuple[int, int, int, list[str], bool]], with_retweets: bool
) -> None:
    """Folded tags count once a tweet and once an author, with or without retweets."""
    zone = ZoneInfo("UTC")
    period = Period(DAY, zone, day_window(DAY, zone))
    rules = CountingRules(with_retweets)
    with DuckDBEngine(stored(found)).open(period.window) as questions:
        counts = count_day(questions, period, rules)
        quarters = questions.ask("tag_quarters", {"folding": folding_of(questions, rules)})
    counted = [tweet for tweet in found if with_retweets or not tweet[4]]
    tags: Counter[str] = Counter()
    authors: dict[str, set[int]] = defaultdict(set)
    for _, _, author, spellings, _ in counted:
        for key in {fold(spelling) for spelling in spellings if spelling not in FORGED}:
            tags[key] += 1
            authors[key].add(author)

    assert {tag.key: tag.tweets for tag in counts.tags} == dict(tags)
    assert {tag.key: tag.authors for tag in counts.tags} == {key: len(who) for key, who in authors.items()}
    measure = "tweets" if with_retweets else "originals"
    assert _summed(quarters, {tag.tag: tag.key for tag in counts.tags}, measure) == tags
    assert counts.totals.tweets == len(found)
    assert counts.totals.retweets == sum(tweet[4] for tweet in found)
    assert counts.totals.observed_minutes == len({tweet[1] for tweet in found})
    assert [hour.tweets for hour in counts.hours] == [
        sum(tweet[1] // 60 == hour for tweet in counted) for hour in range(24)
    ]
    ranks = [(-tag.tweets, tag.tag) for tag in counts.tags]
    assert ranks == sorted(ranks)


def _summed(quarters: list[Row], keys: dict[str, str], measure: str) -> Counter[str]:
    summed: Counter[str] = Counter()
    for row in quarters:
        if row["tag"] in keys:
            summed[keys[row["tag"]]] += row[measure]
    return summed


@pytest.mark.parametrize("name", ALL)
def test_every_question_is_read_by_athenas_parser_too(name: str) -> None:
    """One text serves DuckDB and Athena."""
    text, parameters = question(name)

    assert len(sqlglot.parse(text, dialect="athena")) == 1
    assert text.replace("'?'", "").count("?") == len(parameters)


def test_no_question_is_left_out_of_these_tests() -> None:
    """A new SQL text comes with a test."""
    from importlib import resources

    texts = {path.name.removesuffix(".sql") for path in resources.files("report").joinpath("sql").iterdir()}
    assert texts - {"documents", "tweets", "history"} == set(ALL)


def test_top_hashtags_counts_each_spelling_by_itself(asked: Questions) -> None:
    """As it is written, most first, no more than asked for."""
    rows = asked.ask("top_hashtags", {"retweets": "with", "limit": 1})

    assert rows == [{"hashtag": "Job", "tweets": 29, "authors": 3}]


def test_companions_stand_in_one_tweet() -> None:
    """Spellings count together, a pair once a tweet and from both sides; what is alone has none."""
    tweets = [
        (1, 0, 1, ["Job", "it", "IT"], False),
        (2, 1, 1, ["job", "IT"], True),
        (3, 2, 1, ["food"], False),
    ]
    with DuckDBEngine(stored(tweets)).open(day_window(DAY, ZoneInfo("UTC"))) as questions:
        folding = folding_of(questions, CountingRules())
        rows = questions.ask("companions", {"folding": folding, "popular": 10, "together": 2})

    assert [(row["tag"], row["companion"], row["tweets"]) for row in rows] == [
        ("IT", "Job", 2),
        ("Job", "IT", 2),
    ]


def test_quarters_begin_on_the_quarter(asked: Questions) -> None:
    """Minutes 1 to 29 fall into two quarters of an hour, UTC."""
    rows = asked.ask("tag_quarters", {"folding": ""})

    assert [(f"{row['quarter']:%H:%M}", row["tweets"]) for row in rows] == [("00:00", 14), ("00:15", 15)]


def test_top_authors_have_their_share_of_all(asked: Questions) -> None:
    """The share is of all tweets, not of those shown."""
    rows = asked.ask("top_authors", {"retweets": "with", "limit": 2})

    assert [row["tweets"] for row in rows] == [10, 10]
    assert rows[0]["share"] == pytest.approx(10 / 29)


def test_samples_are_the_latest_tweets_with_the_hashtag(asked: Questions) -> None:
    """Any spelling finds it; times come back aware, in UTC."""
    rules = CountingRules()
    rows = asked.ask("samples", {"folding": folding_of(asked, rules, "#JOB"), "limit": 2})

    assert [row["id"] for row in rows] == ["29", "28"]
    assert rows[0]["seen_at"] == datetime(2026, 11, 20, 0, 29, tzinfo=UTC)
    assert rows[0]["text"] == "hello"
    assert asked.ask("samples", {"folding": folding_of(asked, rules, "it"), "limit": 2}) == []
