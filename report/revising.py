"""Freezes a report as the next revision of its period's edition, unless that says the same already."""

from report import editions
from report.completeness import noticed
from report.corrections import corrected
from report.editions import Edition, File
from report.errors import AlreadyExists
from report.services import Services
from report.values import Report
from report.web_paths import period_path


def freeze_next(services: Services, report: Report, standing: Edition | None) -> tuple[Edition, bool]:
    """Freeze the report under the first revision that is free; return its edition, and whether it is new.

    Each revision says what it corrects of the finished one before it, so that what stands can be told
    from what is new: the same report makes no other revision.
    """
    revision = standing.revision if standing else 1
    while True:
        edition, files = _as_revision(services, report, revision)
        if standing and edition.content == standing.content:
            return standing, False
        if not standing or revision > standing.revision:
            try:
                editions.freeze(services.storage, edition, files)
            except AlreadyExists:
                pass
            else:
                return edition, True
        revision += 1


def rendered(
    services: Services, report: Report, revision: int, folder: str, base: str, path: str
) -> tuple[Edition, dict[str, File]]:
    """Return the report's edition in `folder`, and its files, which lie under `base` on the web.

    `path` is where its readers are led.
    """
    public_url = services.settings.public_url
    from report.rendering.files import render_files  # pandas and charts: only where something is drawn

    report = noticed(report, services.settings.mail_warn_below)
    files = render_files(report, base, public_url + path, public_url)
    edition = Edition(
        report=report.name,
        title=report.title,
        headline=report.headline,
        day=report.period.day,
        zone=report.period.zone.key,
        revision=revision,
        folder=folder,
        files=editions.describe(files),
        period=report.period.id,
        coverage=report.coverage,
        is_empty=report.is_empty,
        ranking=report.ranking,
        totals=report.totals,
    )
    return edition, files


def _as_revision(services: Services, report: Report, revision: int) -> tuple[Edition, dict[str, File]]:
    before = editions.newest_before(services.storage, report.name, report.period.id, revision)
    folder = editions.edition_folder(report.name, report.period.id, revision)
    where = period_path(report.name, report.period.id)
    base = f"{where}r{revision}/"
    return rendered(services, corrected(report, before, revision), revision, folder, base, where)
