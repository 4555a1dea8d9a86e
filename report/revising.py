"""Freezes a report as the next revision of its period's edition, unless that says the same already."""

from report import editions
from report.completeness import noticed
from report.corrections import corrected
from report.editions import Edition, File
from report.errors import AlreadyExists
from report.made_up import is_made_up
from report.sayings import corrected_by, data_of, says_the_same
from report.services import Services
from report.values import Report
from report.web_paths import period_path


def freeze_next(
    services: Services, report: Report, standing: Edition | None, *, force: bool = False
) -> tuple[Edition, bool]:
    """Freeze the report under the first revision that is free; return its edition, and whether it is new.

    Nothing is frozen where what stands has the same figures and words; with `force` only where it has the
    same bytes. A revision begins with what it corrects of the one before. Made anew with nothing else to
    say it begins as that one does, and what was made up is corrected by nothing: it was no news.
    """
    if standing is None:
        return _frozen(services, report, 1, None), True
    storage = services.storage
    before = corrected_by(storage, standing)
    edition, files = _as_revision(services, report, standing.revision, before)
    is_same = says_the_same(storage, standing, files)
    if edition.content == standing.content or (is_same and not force):
        return standing, False
    if not is_same:
        was_made_up = is_made_up(data_of(storage, standing))
        before = standing if was_made_up == is_made_up(report.data) else None
    return _frozen(services, report, standing.revision + 1, before), True


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


def _frozen(services: Services, report: Report, revision: int, before: Edition | None) -> Edition:
    """Freeze the report as `revision`, or as the next that no killed build has spent."""
    while True:
        edition, files = _as_revision(services, report, revision, before)
        try:
            editions.freeze(services.storage, edition, files)
        except AlreadyExists:
            revision += 1
        else:
            return edition


def _as_revision(
    services: Services, report: Report, revision: int, before: Edition | None
) -> tuple[Edition, dict[str, File]]:
    folder = editions.edition_folder(report.name, report.period.id, revision)
    where = period_path(report.name, report.period.id)
    base = f"{where}r{revision}/"
    return rendered(services, corrected(report, before, revision), revision, folder, base, where)
