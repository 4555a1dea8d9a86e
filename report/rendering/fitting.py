"""The mail of a report, made to fit: rows are left out first, then sections, never half a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from report.mail import LARGEST_MESSAGE_BYTES, size_of
from report.rendering.body import render_body
from report.rendering.foot import LARGEST_FOOT_BYTES
from report.rendering.mail_html import render_mail
from report.rendering.text import render_text
from report.values import Block, Report, Section, Table

_LARGEST_BYTES = LARGEST_MESSAGE_BYTES - LARGEST_FOOT_BYTES
_LARGEST_TEXT_BYTES = 30_000
"""How much of it the text part may take: most readers see the HTML, which is longer by its marks."""

_ROWS = (200, 100, 50, 25, 10)
_LAST_ROWS = (5, 2)
_ALL = 1_000_000


@dataclass(frozen=True)
class Cut:
    """How much of a report is shown: the first `rows` of each table, and no section of a higher `spare`."""

    rows: int
    spare: int


def fitted_mail(
    report: Report, base: str, link: str, public_url: str, pictures: Mapping[str, bytes]
) -> tuple[str, str]:
    """Return the mail's HTML and its text, whose message fits with its pictures and its reader's links.

    The text part shows at least what the HTML shows. Where nothing more can be left out, the message may
    still be too large; then the preflight says so.
    """
    cuts = list(_cuts(report))
    text_cut = next((cut for cut in cuts if _text_fits(_shown(report, cut), link)), cuts[-1])
    for cut in cuts[cuts.index(text_cut) :]:
        shown = _shown(report, cut)
        body = render_body(shown, base, link)
        html = render_mail(shown, body, public_url, link, _left_out(report, cut))
        text = render_text(_telling(_shown(report, text_cut), shown), link, _left_out(report, text_cut))
        if size_of(text, html, pictures) <= _LARGEST_BYTES:
            break
    return html, text


def _cuts(report: Report) -> Iterator[Cut]:
    """Yield ever deeper cuts: no more than ten rows a table, then fewer sections, then hardly any rows."""
    longest = max((len(table.shown_rows) for table in report.tables()), default=0)
    spares = sorted({section.spare for section in report.sections} | {0}, reverse=True)
    rows = [_ALL, *(count for count in _ROWS if count < longest)]
    yield from (Cut(count, spares[0]) for count in rows)
    yield from (Cut(rows[-1], spare) for spare in spares[1:])
    yield from (Cut(count, 0) for count in _LAST_ROWS if count < longest)


def _text_fits(report: Report, link: str) -> bool:
    return size_of(render_text(report, link), "", {}) <= _LARGEST_TEXT_BYTES


def _shown(report: Report, cut: Cut) -> Report:
    kept = (section for section in report.sections if section.spare <= cut.spare)
    return replace(report, sections=tuple(_shortened(section, cut.rows) for section in kept))


def _shortened(section: Section, rows: int) -> Section:
    return replace(section, blocks=tuple(_short(block, rows) for block in section.blocks))


def _short(block: Block, rows: int) -> Block:
    if not isinstance(block, Table) or len(block.shown_rows) <= rows:
        return block
    return replace(block, shown=rows, more=len(block.shown_rows) - rows)


def _left_out(report: Report, cut: Cut) -> tuple[str, ...]:
    return tuple(section.title for section in report.sections if section.spare > cut.spare)


def _telling(report: Report, shown: Report) -> Report:
    """Return the text part's report, which says by what its tables are longer than those of the HTML."""
    more = {table.slug: table.more for table in shown.tables()}
    sections = (
        replace(section, blocks=tuple(_noted(block, more) for block in section.blocks))
        for section in report.sections
    )
    return replace(report, sections=tuple(sections))


def _noted(block: Block, more: Mapping[str, int]) -> Block:
    if not isinstance(block, Table) or more.get(block.slug, block.more) == block.more:
        return block
    said = f"In HTML this mail leaves {more[block.slug]:,} of them to the page."
    return replace(block, note=f"{block.note} {said}".lstrip())
