"""The daily report from counted days: what it costs may not grow with the days that are known."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.counted import DAY

_NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)


def build(folder: Path) -> list[str]:
    """Build `DAY`'s edition anew, as `report build --force` does; return the headline and the files."""
    from benchmarks.counted import settings_for
    from report.building import build_edition
    from report.composition import services_from

    built = build_edition(services_from(settings_for(folder)), "trends", DAY.isoformat(), _NOW, force=True)
    return [built.edition.headline, *built.edition.files]
