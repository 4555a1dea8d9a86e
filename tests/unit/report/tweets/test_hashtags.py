"""Rules for finding hashtags and for joining their spellings."""

from pathlib import Path
from time import process_time

import pytest
import yaml

from report.tweets.hashtags import extract, fold, is_sound


@pytest.mark.real_data
def test_every_conformance_case_holds(real_data: Path) -> None:
    """Extraction gives what twitter-text's own suite expects, case by case."""
    suite = yaml.safe_load((real_data / "twitter-text-conformance/extract.yml").read_text(encoding="utf-8"))
    plain = suite["tests"]["hashtags"] + suite["tests"]["hashtags_from_astral"]
    placed = suite["tests"]["hashtags_with_indices"]

    wrong = [case for case in plain if [tag for tag, _ in extract(case["text"])] != case["expected"]]
    wrong += [
        case
        for case in placed
        if [{"hashtag": tag, "indices": list(span)} for tag, span in extract(case["text"])]
        != case["expected"]
    ]
    assert len(plain + placed) == 76
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("#️⃣ and 1️⃣", [], id="a keycap is no tag"),
        pytest.param("#caf\u00e9 #cafe\u0301", ["caf\u00e9", "cafe\u0301"], id="marks belong to the tag"),
        pytest.param("https://t.co/abc #tag", ["tag"], id="after a link"),
        pytest.param("https://t.co/abc#tag", [], id="grown onto a link"),
        pytest.param("see https://t.co/abc（#tag）", ["tag"], id="after a link in brackets"),
        pytest.param("and/#or", ["or"], id="a slash alone is no link"),
        pytest.param("#a#b", [], id="two grown together"),
        pytest.param("R&#38;", [], id="an escape"),
        pytest.param("##twice", ["twice"], id="two signs"),
        pytest.param("#foo.com/#bar", ["foo", "bar"], id="a tag like a host"),
        pytest.param("#end❤️", ["end"], id="an emoji ends it"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_hashtags_are_found_by_the_rules(text: str, expected: list[str]) -> None:
    """A hashtag stands apart, has a letter, and is no part of a link or an emoji."""
    assert [tag for tag, _ in extract(text)] == expected


def test_long_hostile_text_takes_no_longer() -> None:
    """Time grows with the length of the text, not with its square."""
    for part in ("a" * 14, "a." * 7, "#" * 14, "http://" * 20, "#a" * 7):
        short, long = (min(_cpu_seconds(part * times) for _ in range(3)) for times in (500, 4_000))
        assert long < 24 * short, part[:7]  # eight times the text; by its square it would be 64


def _cpu_seconds(text: str) -> float:
    began = process_time()
    extract(text)
    return process_time() - began


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(["Job", "job", "JOB"], id="case"),
        pytest.param(["ｈａｓｈｔａｇ", "hashtag"], id="width"),
        pytest.param(["straße", "STRASSE"], id="sharp s"),
        pytest.param(["ΟΔΟΣ", "οδος", "οδοσ"], id="final sigma"),
        pytest.param(["caf\u00e9", "CAFE\u0301"], id="combining accent"),
        pytest.param(["ﬁn", "fin"], id="ligature"),
        pytest.param(["İstanbul", "istanbul", "ISTANBUL"], id="dotted capital i"),
        pytest.param(["가", "\u1100\u1161"], id="jamo"),
    ],
)
def test_spellings_of_one_tag_fold_together(spellings: list[str]) -> None:
    """Case, width and composition make no new tag."""
    assert len({fold(tag) for tag in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("café", "cafe", id="accent"),
        pytest.param("ıstanbul", "istanbul", id="dotless i"),
        pytest.param("がく", "かく", id="voiced kana"),
    ],
)
def test_different_letters_stay_apart(one: str, other: str) -> None:
    """An accent, or a letter of its own, makes another word."""
    assert fold(one) != fold(other)


def test_a_key_is_always_a_tag() -> None:
    """Where folding would give several words, the tag is its own key."""
    assert fold("ﷺ") == "ﷺ"


@pytest.mark.parametrize(
    ("tag", "sound"),
    [
        pytest.param("budget", True, id="plain"),
        pytest.param("می\u200cخواهم", True, id="a joiner belongs to the word"),
        pytest.param("a\n\x1b[31mTOTALS", False, id="control signs"),
        pytest.param("\u202etegdub", False, id="turns the line"),
        pytest.param("two words", False, id="a space"),
        pytest.param("x" * 281, False, id="longer than a tweet"),
    ],
)
def test_a_payload_cannot_forge_a_hashtag(tag: str, sound: bool) -> None:
    """Entities are sent by others and may hold anything; only what can be a hashtag counts."""
    assert is_sound(tag) is sound
