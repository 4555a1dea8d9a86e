"""Rules for the line that each answer has in the log."""

from hypothesis import example, given
from hypothesis import strategies as st

from app.access_log import Answered, answer_line, pieces
from report.log_lines import line_of

TEXTS = st.one_of(st.sampled_from(("", " ", "-", "/tags/a b", 'a"b', "é", "a\nat=b")), st.text(max_size=5))


@example(name="a", ip="b", method="GET /", path="/", route="")
@given(name=TEXTS, ip=TEXTS, method=TEXTS, path=TEXTS, route=TEXTS)
def test_the_quick_way_writes_what_the_careful_one_does(
    name: str, ip: str, method: str, path: str, route: str
) -> None:
    """Whatever was asked, by whomever: each value is quoted where any other line would quote it."""
    pairs = (
        ("at", "now"),
        ("level", "info"),
        ("from", "access"),
        ("id", name),
        ("ip", ip),
        ("method", method),
    )
    rest = (("path", path), ("route", route), ("status", 200), ("bytes", 9), ("ms", 2))

    line = answer_line("now", Answered(name, ip, method, path, route, 200, 9, 0.0016))

    assert line == line_of([*pairs, *rest])


@given(st.lists(st.builds("a".__mul__, st.integers(1, 3_000)), max_size=9))
def test_lines_are_written_as_many_as_a_pipe_takes_whole(lines: list[str]) -> None:
    """Two workers write to one pipe: up to 4,096 bytes come together."""
    found = list(pieces(lines))

    assert "\n".join(found).split("\n") == (lines or [""])
    assert not [piece for piece in found if len(piece) >= 4_096]
