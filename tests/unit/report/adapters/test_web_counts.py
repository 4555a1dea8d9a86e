"""Rules for reading what a web server counts of itself."""

import pytest

from report.adapters.web_counts import counts_in
from report.errors import SignError
from report.signs import WebCounts

_COUNTED = """\
# TYPE trends_requests_total counter
trends_requests_total{route="/",status="200"} 7.0
trends_requests_total{route="/tags/",status="503"} 2.0
trends_requests_total{route="/",status="404"} 1.0
trends_requests_total{route="/freshness",status="503"} 4.0
trends_requests_total{route="waiting",status="503"} 90.0
"""


def test_a_page_that_waits_for_a_report_is_no_failure_of_the_web() -> None:
    """An alarm on errors does not ring because a report is being built, or is stale: that has its own."""
    assert counts_in(_COUNTED, 8000) == WebCounts(answers=104, errors=2)


@pytest.mark.parametrize("text", ["trends_requests_total{} 1.0\n", "what is this?\n"])
def test_what_is_no_count_of_ours_is_named_by_its_port(text: str) -> None:
    """Whoever reads the log learns where to look."""
    with pytest.raises(SignError, match="at PORT 8000 counts cannot be read"):
        counts_in(text, 8000)
