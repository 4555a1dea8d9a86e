"""Rules for where reports stand on the web."""

from report.web_paths import archive_of, home_of, period_path, report_at, subscribing_to


def test_the_servers_own_report_stands_at_the_root() -> None:
    """As it always did: links in mail that was sent stay right."""
    assert home_of("trends") == "/"
    assert archive_of("trends") == "/editions/"
    assert period_path("trends", "2026-11-20") == "/editions/2026-11-20/"
    assert subscribing_to("trends") == "/subscribe"
    assert [report_at(path) for path in ("/", "/reports/", "/editions/", "/tags/rates")] == ["trends"] * 4


def test_every_other_report_has_a_folder_of_its_name() -> None:
    """No two reports share an address, whatever their periods."""
    assert home_of("rates") == "/reports/rates/"
    assert archive_of("rates") == "/reports/rates/editions/"
    assert period_path("rates", "2026-10") == "/reports/rates/editions/2026-10/"
    assert subscribing_to("rates") == "/subscribe?report=rates"
    assert report_at(archive_of("rates")) == report_at(home_of("rates")) == "rates"
