"""Rules for reading what wrk says."""

import pytest

from benchmarks.load import outcome_of

SAID = """Running 4s test @ http://127.0.0.1:33139/
  2 threads and 2000 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   427.93ms  382.48ms   1.71s    71.34%
    Req/Sec     2.85k     3.77k   24.46k    92.45%
  Latency Distribution
     50%  355.44us
     75%  550.86ms
     90%  931.47ms
     99%    1.70s
  17812 requests in 4.00s, 51.80MB read
  Socket errors: connect 0, read 3, write 0, timeout 2
  Non-2xx or 3xx responses: 7
Requests/sec:   4308.36
"""  # fmt: skip


def test_all_that_failed_is_counted() -> None:
    """Answers that are errors, and lines that broke; times are milliseconds, whatever their unit was."""
    found = outcome_of(SAID)

    assert (found.answers, found.a_second) == (17_812, 4_453.0)
    assert (found.errors, found.broken_lines) == (7, 5)
    assert (found.median_ms, found.p99_ms, found.longest_ms) == (0.35544, 1_700.0, 1_710.0)


def test_nothing_failed_where_nothing_is_said_of_it() -> None:
    """wrk has no line for errors where there were none."""
    found = outcome_of(SAID.partition("  Socket errors")[0])

    assert (found.errors, found.broken_lines) == (0, 0)


def test_other_words_are_no_outcome() -> None:
    """What wrk says where it cannot connect is named."""
    with pytest.raises(ValueError, match="unable to connect"):
        outcome_of("unable to connect to 127.0.0.1:1 Connection refused")
