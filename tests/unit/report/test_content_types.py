"""Rules for guessing a content type."""

import pytest

from report.content_types import content_type_of


@pytest.mark.parametrize(
    ("name", "beginning", "found"),
    [
        ("page.html", "ü".encode(), "text/html; charset=utf-8"),
        ("page.HTML", b"", "text/html; charset=utf-8"),
        ("old.csv", b"\xfc", "text/csv"),
        ("cut.txt", "ü".encode()[:1], "text/plain; charset=utf-8"),
        ("notes.md", b"#", "text/markdown; charset=utf-8"),
        ("data.json", b"{}", "application/json"),
        ("data.csv.gz", b"\x1f\x8b", "application/gzip"),
        ("data.tar.xz", b"", "application/x-xz"),
        ("tweets.jsonl", b"{}", "application/jsonl"),
        ("day.parquet", b"PAR1", "application/vnd.apache.parquet"),
        ("chart.png", b"\x89PNG", "image/png"),
        ("model.onnx", b"\x08", "application/octet-stream"),
        ("bare", b"text", "application/octet-stream"),
        ("what?.png", b"", "image/png"),
    ],
)
def test_content_type_is_guessed(name: str, beginning: bytes, found: str) -> None:
    """The name's ending decides; a text has a charset only if it is UTF-8; a packed file is no text."""
    assert content_type_of(name, beginning) == found
