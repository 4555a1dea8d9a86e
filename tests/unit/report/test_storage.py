"""Rules for the keys both S3 and a folder can hold."""

from datetime import timedelta

import pytest

from report.errors import BadKey, StorageError
from report.storage import LONGEST_SHARE, check_key, check_lifetime, check_prefix


@pytest.mark.parametrize(
    "key",
    [
        "a",
        "raw/dt=2026-11-20/hour=13/x.json",
        "folder/",
        ".hidden/..twice/...",
        "spaces in/ it ",
        "% # ? & + * : ü 日本 🎈",
        "e" * 1024,
        "ü" * 512,
    ],
)
def test_key_is_taken(key: str) -> None:
    """Any name S3 and a file system both know is a key."""
    check_key(key)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", "is empty"),
        ("/", "empty, '.' or '..' part"),
        ("/a", "empty, '.' or '..' part"),
        ("a//b", "empty, '.' or '..' part"),
        ("a//", "empty, '.' or '..' part"),
        ("../a", "empty, '.' or '..' part"),
        ("a/..", "empty, '.' or '..' part"),
        ("a/./b", "empty, '.' or '..' part"),
        ("a\\b", "has a backslash"),
        ("a\nb", "has a control character"),
        ("a\0", "has a control character"),
        ("\x7f", "has a control character"),
        ("\ud83d", "half a surrogate pair"),
        ("e" * 1025, "longer than 1024 bytes"),
        ("ü" * 513, "longer than 1024 bytes"),
    ],
)
def test_key_is_refused(key: str, problem: str) -> None:
    """A key that one of the stores would take for another is refused, with the reason."""
    with pytest.raises(BadKey, match=problem):
        check_key(key)


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/.", "a/..b", "dt=2026-1"])
def test_prefix_is_taken(prefix: str) -> None:
    """A prefix may be empty and may end in the middle of a name."""
    check_prefix(prefix)


@pytest.mark.parametrize("prefix", ["/", "../", "a//", "a/../b", "a\n/"])
def test_prefix_is_refused(prefix: str) -> None:
    """A prefix no key can start with is a mistake, not an empty list."""
    with pytest.raises(BadKey):
        check_prefix(prefix)


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), LONGEST_SHARE + timedelta(seconds=1)])
def test_lifetime_is_refused(lifetime: timedelta) -> None:
    """A link lives a second at least and seven days at most."""
    with pytest.raises(StorageError, match="one second to 7 days"):
        check_lifetime("a", lifetime)
