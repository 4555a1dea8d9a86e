"""How a question is put to Athena: in its own words, with the window's tables defined before them.

Athena keeps only `raw_tweets`, the raw objects as they lie. What a question asks of, `documents` and
`tweets`, are made within each query by the same texts that DuckDB runs.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from report.columns import RAW_TWEETS
from report.engine import question
from report.errors import EngineError
from report.window import Window

LONGEST_PARAMETER = 1024  # signs; Athena's API takes no more
_BEGINNING = re.compile(r"(?P<head>(?:\s*--[^\n]*\n)*\s*)(?P<its_own>WITH\s+)?", re.IGNORECASE)
_MARK = re.compile(r"--[^\n]*|'[^']*'|\"[^\"]*\"|\?")


def composed(text: str, window: Window, database: str) -> str:
    """Return a question after the definitions of `raw_tweets`, `documents` and `tweets` of the window.

    Nothing of the text is changed or taken away. Where it begins with WITH, our tables come first in
    that list: Trino takes no second WITH before an ORDER BY, and may drop the order of a subquery.
    """
    beginning = _BEGINNING.match(text)
    assert beginning is not None
    head, rest = beginning["head"], text[beginning.end() :]
    after = ",\n" if beginning["its_own"] else "\n"
    return f"{head}WITH {tables(window, database)}{after}{rest}"


def tables(window: Window, database: str) -> str:
    """Return the tables of the window as the list that follows WITH.

    The first hides Athena's table of the same name, from which it takes just the window's partitions.
    """
    documents = question("documents")[0]
    defined = {
        "raw_tweets": _raw_tweets(window, database),
        "documents": f"SELECT * FROM (\n{documents}) WHERE {_seen(window)}",  # noqa: S608 our own words
        "tweets": question("tweets")[0],
    }
    return ",\n".join(f"{name} AS (\n{text.rstrip()}\n)" for name, text in defined.items())


def bound(text: str, values: Iterable[str | int | float]) -> tuple[str, list[str]]:
    """Return a text and the parameters to bind to its `?`, written as SQL.

    A value too long for Athena to bind takes the place of its `?`. Raise `EngineError` for a value that
    SQL cannot say.
    """
    waiting = map(literal, values)
    kept: list[str] = []

    def put(mark: re.Match[str]) -> str:
        if mark[0] != "?":
            return mark[0]
        value = next(waiting)
        if len(value) > LONGEST_PARAMETER:
            return value
        kept.append(value)
        return "?"

    return _MARK.sub(put, text), kept


def literal(value: str | int | float) -> str:
    """Return a value as Athena's SQL says it; raise `EngineError` for text that cannot be said."""
    if not isinstance(value, str):
        return repr(value)
    if "\0" in value:
        raise EngineError(f"a question's parameter cannot hold a NUL: {value!r}")
    return "'" + value.replace("'", "''") + "'"


def _raw_tweets(window: Window, database: str) -> str:
    columns = ", ".join(f'"{name}"' for name in ("$path", *RAW_TWEETS))  # "$path" is hidden from *
    return f'SELECT {columns}\nFROM "{database}"."raw_tweets"\nWHERE {_partitions(window)}'


def _partitions(window: Window) -> str:
    """Name the partitions: their columns alone, so that Athena looks into no other."""
    last_moment = window.end - timedelta(microseconds=1)
    first, last = f"'{window.start:%Y-%m-%d}'", f"'{last_moment:%Y-%m-%d}'"
    return (
        f"dt BETWEEN {first} AND {last}"
        f" AND (dt > {first} OR hour >= {window.start.hour})"
        f" AND (dt < {last} OR hour <= {last_moment.hour})"
    )


def _seen(window: Window) -> str:
    start, end = (f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'" for moment in (window.start, window.end))
    return f"seen_at >= {start} AND seen_at < {end}"
