"""Whether what is set goes together, and whether somebody hears of failures."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from mailer.doctor.verdicts import Verdict, ok, serious, warning
from report.settings import Settings
from report.topics import Subscription


def check_settings(settings: Settings, readers: int, unreadable: Sequence[str] = ()) -> Iterator[Verdict]:
    """Yield what is to be said of the settings for `readers` readers; no secret is ever in it."""
    leaves = settings.smtp_url.folder is None
    yield readers_verdict(readers, mail_leaves=leaves)
    yield from records(unreadable)
    yield owner(settings, mail_leaves=leaves)
    yield watch(settings, mail_leaves=leaves)
    yield unsubscribing(settings, mail_leaves=leaves)
    yield gates(settings)


def readers_verdict(readers: int, *, mail_leaves: bool) -> Verdict:
    """Return whether anybody reads."""
    if not readers:
        advice = "`python -m mailer readers add`, or MAIL_TO"
        return serious(mail_leaves, "readers", "nobody gets a mail", advice)
    return ok("readers", f"{readers:,} get mail")


def records(unreadable: Sequence[str]) -> Iterator[Verdict]:
    """Yield which records of readers cannot be read, by the hash of the address."""
    for key in unreadable:
        advice = "restore it, or add the reader anew by `python -m mailer readers add`"
        yield warning("readers", f"subscribers/{key}.json cannot be read: its reader gets no mail", advice)


def owner(settings: Settings, *, mail_leaves: bool) -> Verdict:
    """Return whether anybody is told of failures."""
    told = [name for name in ("MAIL_OWNER", "ALERT_TOPIC") if getattr(settings, name.lower())]
    if not told:
        advice = "set MAIL_OWNER; on AWS ALERT_TOPIC too: `python -m mailer alerts setup` makes it"
        return serious(mail_leaves, "owner", "nobody is told of failures", advice)
    if "ALERT_TOPIC" not in told and mail_leaves:
        advice = "on AWS, `python -m mailer alerts setup` makes a topic that tells by another way"
        return warning("owner", "failures are told by mail alone, which may be what fails", advice)
    return ok("owner", f"failures are told to {' and '.join(told)}")


def topic(subscriptions: Sequence[Subscription]) -> Verdict:
    """Return whether anybody hears what ALERT_TOPIC is told."""
    pending = [one.endpoint for one in subscriptions if one.is_pending]
    if len(pending) == len(subscriptions):
        advice = "`python -m mailer alerts subscribe email ADDRESS`, then open the link in SNS's mail"
        return warning("topic", "nobody hears what ALERT_TOPIC is told", advice)
    if pending:
        advice = "open the link in SNS's mail"
        return warning("topic", f"not confirmed yet: {', '.join(pending)}", advice)
    return ok("topic", f"{len(subscriptions):,} subscribed to ALERT_TOPIC")


def watch(settings: Settings, *, mail_leaves: bool) -> Verdict:
    """Return whether something else notices when nothing runs at all."""
    given = [name for name in ("METRICS_NAMESPACE", "PING_URL") if getattr(settings, name.lower())]
    if given or not mail_leaves:
        return ok(
            "dead man", f"signs of life go to {' and '.join(given)}" if given else "nobody waits for mail"
        )
    advice = "set PING_URL or METRICS_NAMESPACE; docs/operations.md says how"
    return warning("dead man", "nothing else notices when this host is gone", advice)


def unsubscribing(settings: Settings, *, mail_leaves: bool) -> Verdict:
    """Return whether a reader can leave by one click (RFC 8058: by https)."""
    parts = urlsplit(settings.public_url)
    if not settings.secret_key:
        return warning("unsubscribing", "mail has no link to leave by", "set SECRET_KEY, alike on all hosts")
    if parts.scheme == "https":
        return ok("unsubscribing", f"by one click, at {parts.hostname}")
    if parts.hostname in ("localhost", "127.0.0.1") and mail_leaves:
        return serious(
            True, "unsubscribing", "links in the mail lead to the reader's own machine", "set PUBLIC_URL"
        )
    advice = "reach the pages by https:// and write so in PUBLIC_URL"
    return warning("unsubscribing", "one click needs https, which PUBLIC_URL is not", advice)


def gates(settings: Settings) -> Verdict:
    """Return what happens to late, thin and corrected reports."""
    if settings.mail_hold_below > settings.mail_warn_below:
        return warning(
            "gates",
            f"a mail is held below {settings.mail_hold_below} % and warns only below "
            f"{settings.mail_warn_below} %, so it never warns",
            "set MAIL_HOLD_BELOW below MAIL_WARN_BELOW",
        )
    corrected = "corrected ones go out" if settings.mail_corrections else "corrected ones stay on the web"
    return ok(
        "gates",
        f"late after {settings.mail_late_hours} hours, held below {settings.mail_hold_below} % of the "
        f"minutes, warns below {settings.mail_warn_below} %; {corrected}",
    )
