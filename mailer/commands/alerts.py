"""`python -m mailer alerts`: who is told of failures, what is told, and what is kept quiet."""

from datetime import UTC, datetime, timedelta

import click

from mailer.commands.alerts_topic import listed, setup, sms, subscribe, unsubscribe
from report.alert_states import mute as mute_alarm
from report.alert_states import states
from report.alerting import tell_test
from report.alerts import Alarm, Episode
from report.composition import services_from_environ
from report.services import Services

_ALL = "all"
_ALARM = click.Choice([*(alarm.value for alarm in Alarm), _ALL], case_sensitive=False)


@click.group()
def alerts() -> None:
    """Say who is told of failures, and keep an alarm quiet for a while.

    Failures go by mail to MAIL_OWNER and by SNS to ALERT_TOPIC: when they are new, again after
    ALERT_REPEAT_HOURS while they last, and when they are over.

    \b
    Examples:
      python -m mailer alerts setup
      python -m mailer alerts subscribe email owner@example.org
      python -m mailer alerts test
      python -m mailer alerts raised
      python -m mailer alerts mute collector-stopped --hours 8
    """


@alerts.command()
def raised() -> None:
    """List what is wrong now, since when, and what is muted.

    \b
    Example:
      python -m mailer alerts raised
    """
    services, now = services_from_environ(), datetime.now(UTC)
    lines = []
    for alarm, state in states(services.storage).items():
        if state.muted_until and state.is_muted(now):
            lines.append(f"{alarm}: muted until {_clock(services, state.muted_until)}")
        lines += [
            f"{alarm}: {about}, {_course(services, episode)}" for about, episode in state.raised.items()
        ]
    click.echo("\n".join(lines) or "nothing is raised, and nothing is muted")


@alerts.command()
@click.argument("alarms", nargs=-1, required=True, type=_ALARM, metavar="ALARM...")
@click.option(
    "--hours", default=8.0, show_default=True, type=click.FloatRange(0.1, 24 * 365), help="For how long."
)
def mute(alarms: tuple[str, ...], hours: float) -> None:
    """Keep alarms quiet for some hours; `all` for every one. What lasts longer is told then.

    \b
    Examples:
      python -m mailer alerts mute collector-stopped
      python -m mailer alerts mute all --hours 72
    """
    services = services_from_environ()
    until = datetime.now(UTC) + timedelta(hours=hours)
    for alarm in _chosen(alarms):
        mute_alarm(services.storage, alarm, until)
        click.echo(f"{alarm}: muted until {_clock(services, until)}")


@alerts.command()
@click.argument("alarms", nargs=-1, required=True, type=_ALARM, metavar="ALARM...")
def unmute(alarms: tuple[str, ...]) -> None:
    """Let alarms speak again; `all` for every one.

    \b
    Example:
      python -m mailer alerts unmute all
    """
    services = services_from_environ()
    for alarm in _chosen(alarms):
        mute_alarm(services.storage, alarm, None)
        click.echo(f"{alarm}: not muted")


@alerts.command()
def test() -> None:
    """Tell MAIL_OWNER and ALERT_TOPIC that this is a test; exits with 1 if one could not be told.

    \b
    Example:
      python -m mailer alerts test
    """
    services = services_from_environ()
    for way in tell_test(services, datetime.now(UTC)):
        click.echo(way)


def _chosen(names: tuple[str, ...]) -> list[Alarm]:
    return [*Alarm] if _ALL in names else [Alarm(name) for name in names]


def _course(services: Services, episode: Episode) -> str:
    told = f"told {_clock(services, episode.told_at)}" if episode.told_at else "nobody was told yet"
    calm = f", not seen since {_clock(services, episode.calm_since)}" if episode.calm_since else ""
    return f"since {_clock(services, episode.since)}, {told}{calm}"


def _clock(services: Services, moment: datetime) -> str:
    zone = services.settings.timezone
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"


for command in (setup, subscribe, listed, unsubscribe, sms):
    alerts.add_command(command)
