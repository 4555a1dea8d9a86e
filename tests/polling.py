"""A reader who asks for a page again and again until standard input ends, then says what came of it."""

import json
import select
import sys
from collections import Counter
from http.client import HTTPConnection, HTTPException

_PAUSE_SECONDS = 0.01
_PATIENCE_SECONDS = 20


def _outcome() -> str:
    connection = HTTPConnection("127.0.0.1", 80, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except (OSError, HTTPException) as error:
        return repr(error)
    finally:
        connection.close()


def main() -> None:
    """Ask until told to stop."""
    counts: Counter[str] = Counter()
    while not select.select([sys.stdin], [], [], _PAUSE_SECONDS)[0]:
        counts[_outcome()] += 1
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main()
