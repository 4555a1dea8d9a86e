"""SQL and Python read every document alike."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.importing import import_files
from report.adapters.duckdb_dialect import connect, raw_tweets, spoken
from report.columns import NOTICES
from report.engine import question
from report.errors import BadTweet
from report.tweets.parse import parse
from report.tweets.shapes import Notice
from tests.builders import a_v1_document, a_v2_tweet, lines
from tests.fakes import MemoryStorage
from tests.unit.collector.test_importing_genuine_files import TOTALS

Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("raw")


def by_sql(folder: Path, *bodies: bytes, ending: str = "jsonl") -> list[Row]:
    """Return the rows of the documents as documents.sql gives them, of one body after the other."""
    files = [folder / f"{number}.{ending}" for number in range(len(bodies))]
    for file, body in zip(files, bodies, strict=True):
        file.write_bytes(body)
    with connect({"threads": 1}) as connection:
        connection.execute(f"CREATE VIEW raw_tweets AS {raw_tweets(files)}")
        text = f"SELECT * EXCLUDE (refused_in, refused_by_import) FROM ({spoken(question('documents')[0])})"
        rows = connection.execute(text).fetchall()
    return [tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in rows]


def by_python(body: bytes) -> list[Row]:
    """Return the same rows as the parser gives them."""
    return [_row(json.loads(line)) for line in body.splitlines()]


def _row(document: object) -> Row:
    try:
        found = parse(document)
    except BadTweet:
        return ("refused", *[None] * 10)
    if isinstance(found, Notice):
        return ("notice", found.kind, *[None] * 9)
    seen_at, created_at = (moment.replace(tzinfo=None) for moment in (found.seen_at, found.created_at))
    who = (found.lang, found.author_id, found.text)
    return (
        "tweet",
        None,
        found.id,
        seen_at,
        created_at,
        *who,
        found.hashtags,
        found.is_retweet,
        found.media_urls,
    )


@pytest.mark.real_data
@pytest.mark.parametrize("name", TOTALS)
def test_genuine_documents_read_alike(name: str, real_data: Path, folder: Path) -> None:
    """Every document an import makes of a genuine file gives the same row."""
    storage = MemoryStorage()
    import_files([real_data / name], storage)

    packed = [storage.get(info.key) for info in storage.list()]
    read = by_sql(folder, *packed, ending="jsonl.zst") if packed else []
    assert read == [row for one in packed for row in by_python(_unpacked(one))]


@pytest.mark.real_data
def test_every_conformance_case_holds_in_sql(real_data: Path, folder: Path) -> None:
    """Extraction in SQL gives what twitter-text's own suite expects, case by case."""
    suite = yaml.safe_load((real_data / "twitter-text-conformance/extract.yml").read_text(encoding="utf-8"))
    tests = suite["tests"]
    cases = tests["hashtags"] + tests["hashtags_from_astral"] + tests["hashtags_with_indices"]
    expected = [
        tuple(dict.fromkeys(tag["hashtag"] if isinstance(tag, dict) else tag for tag in case["expected"]))
        for case in cases
    ]

    rows = by_sql(folder, lines(*(a_v1_document(text=case["text"], entities=None) for case in cases)))

    assert len(cases) == 76
    assert [row[8] for row in rows] == expected


SIGNS = st.sampled_from(
    [
        *"aZé#＃&/.:;_1٣ \n¥📌한字ーกｶ",
        "️",
        "⃣",
        "\u200d",
        "&amp;",
        "&lt;",
        "https://t.co/aB",
        "x.com/",
        "#tag",
        "İ",
    ]
)
TEXTS = st.lists(SIGNS, max_size=12).map("".join) | st.text(
    st.characters(exclude_categories=("Cs", "Cn", "Co")), max_size=20
)
ODD = st.sampled_from([None, 5, True, [], {}, "x", [1], [None], {"text": None}])
IDS = (
    st.integers(0, 2**63 - 1).map(str)
    | st.integers(10**17, 2 * 10**18)
    | st.sampled_from(["", "x1", "007", 12.5])
)
SECONDS = st.integers(1_142_899_200, 3_471_292_800)  # 2006 to 2080
MOMENTS = SECONDS.map(lambda second: datetime.fromtimestamp(second, UTC))
TIMES = (
    MOMENTS.map(lambda moment: f"{moment:%a %b %d %H:%M:%S +0000 %Y}")
    | MOMENTS.map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.000Z")
    | st.sampled_from(
        ["", "Wed Feb 30 00:00:00 +0000 2016", "2021-13-01T00:00:00Z", "Wed Xyz 01 24:00:00 +0000 2016"]
    )
)


def sometimes(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects where each field may be missing, or of a wrong type."""
    return st.fixed_dictionaries({}, optional={name: field | ODD for name, field in fields.items()})


TAGS = st.lists(sometimes(text=TEXTS, tag=TEXTS) | ODD, max_size=4)
PICTURES = st.lists(sometimes(media_url_https=TEXTS) | ODD, max_size=3)
ATTACHED = st.lists(sometimes(url=TEXTS) | ODD, max_size=3)
ENTITIES = sometimes(hashtags=TAGS, media=PICTURES)
NOTES = sometimes(text=TEXTS, entities=ENTITIES)
REFERENCED = st.sampled_from(["5", "6"])
ORIGINALS = st.lists(sometimes(id=REFERENCED, text=TEXTS, entities=ENTITIES, note_tweet=NOTES), max_size=2)
REFERENCES = st.lists(
    sometimes(
        type=st.sampled_from(["retweeted", "quoted"]),
        id=REFERENCED,
        text=TEXTS,
        entities=ENTITIES,
        note_tweet=NOTES,
    ),
    max_size=2,
)
V2 = {
    "id": IDS, "created_at": TIMES, "lang": TEXTS, "text": TEXTS, "author_id": IDS, "entities": ENTITIES,
    "note_tweet": NOTES, "referenced_tweets": REFERENCES,
}  # fmt: skip
LONGER = sometimes(full_text=TEXTS, entities=ENTITIES, extended_entities=sometimes(media=PICTURES))
FLAT = {
    **V2,
    "id_str": IDS,
    "full_text": TEXTS,
    "user": sometimes(id=IDS, id_str=IDS),
    "author": sometimes(id=IDS),
    "attachments": sometimes(media=ATTACHED),
    "extended_entities": sometimes(media=PICTURES),
    "extended_tweet": LONGER,
    "retweeted_status": sometimes(text=TEXTS, full_text=TEXTS, entities=ENTITIES, extended_tweet=LONGER),
}
INCLUDES = sometimes(tweets=ORIGINALS, media=ATTACHED)
V1_DOCUMENTS = st.builds(
    lambda changes: a_v1_document(**changes),
    sometimes(text=TEXTS, retweeted_status=LONGER, entities=ENTITIES),
)
V2_DOCUMENTS = st.builds(
    lambda changes, includes: {"data": a_v2_tweet(**changes), "includes": includes},
    sometimes(text=TEXTS, referenced_tweets=REFERENCES),
    INCLUDES,
)
DOCUMENTS = (
    sometimes(**FLAT)
    | sometimes(data=sometimes(**V2), includes=INCLUDES, errors=st.lists(ODD))
    | V1_DOCUMENTS
    | V2_DOCUMENTS
    | st.builds(lambda kind, value: {kind: value}, st.sampled_from(NOTICES), ODD)
    | st.sampled_from([{}, {"refused": {"text": "x"}}, {"id": "1"}])
)


@settings(max_examples=25)
@given(documents=st.lists(DOCUMENTS, min_size=20, max_size=40))
@example(documents=[a_v1_document(hashtags=["cut"], retweeted_status={"text": "#whole"})])
@example(documents=[a_v1_document(hashtags=["own"], retweeted_status={"text": ""})])
def test_any_documents_read_alike(folder: Path, documents: list[dict[str, Any]]) -> None:
    """Whatever is missing, of a wrong type or hostile, both give the same row."""
    body = lines(*documents)

    assert by_sql(folder, body) == by_python(body)


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=20, max_size=60))
def test_any_text_has_the_same_hashtags(folder: Path, texts: list[str]) -> None:
    """Without entities, both find the same hashtags in a text."""
    body = lines(*(a_v1_document(text=text, entities=None) for text in texts))

    assert by_sql(folder, body) == by_python(body)


def _unpacked(packed: bytes) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)) as reader:
        return reader.read()
