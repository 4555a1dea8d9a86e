"""The commands of `python -m mailer alerts` that ask SNS: the topic, its subscribers, an SMS."""

import click

from report.composition import services_from_environ, topics_of
from report.errors import SettingsError, TopicError, TopicUnavailable
from report.settings import Settings
from report.topics import EMAIL, PROTOCOLS, SMS, Subscription, endpoint_of, phone_number

_TOPIC_NAME = "twitter-trends-alerts"
_LONGEST_SMS = 1600
_NO_AWS = "without AWS there is no topic: MAIL_OWNER is told by mail"


@click.command()
@click.option(
    "--name", default=_TOPIC_NAME, show_default=True, help="The topic's name: letters, digits, - and _."
)
def setup(name: str) -> None:
    """Make the topic that is told of failures, and print the line for .env; again changes nothing.

    It needs an account at AWS; without one, MAIL_OWNER is told by mail. Its region is boto3's:
    AWS_DEFAULT_REGION.

    \b
    Example:
      python -m mailer alerts setup
    """
    settings = services_from_environ().settings
    try:
        arn = topics_of(settings).make(name)
    except TopicUnavailable:
        raise
    except TopicError as error:
        raise TopicError(f"{error}; {_NO_AWS}") from error
    click.echo(
        f"# Put this line into .env, then: python -m mailer alerts subscribe email you@example.org\n"
        f"ALERT_TOPIC={arn}"
    )


@click.command()
@click.argument("protocol", type=click.Choice(PROTOCOLS, case_sensitive=False))
@click.argument("endpoint", metavar="ADDRESS|NUMBER")
def subscribe(protocol: str, endpoint: str) -> None:
    """Have an address or a phone told of failures; again changes nothing.

    An address gets a mail from SNS first, and is told once its link was opened. A phone's number begins
    with its country's code.

    \b
    Examples:
      python -m mailer alerts subscribe email owner@example.org
      python -m mailer alerts subscribe sms +33612345678
    """
    settings = _settings()
    wanted = endpoint_of(protocol, endpoint)
    click.echo(_line(topics_of(settings).subscribe(settings.alert_topic, protocol, wanted)))


@click.command("list")
def listed() -> None:
    """List who is told by ALERT_TOPIC, and who has yet to open the link in SNS's mail.

    \b
    Example:
      python -m mailer alerts list
    """
    settings = _settings()
    found = topics_of(settings).subscriptions(settings.alert_topic)
    click.echo("\n".join(map(_line, found)) or f"nobody subscribed to {settings.alert_topic}")


@click.command()
@click.argument("endpoint", metavar="ADDRESS|NUMBER")
def unsubscribe(endpoint: str) -> None:
    """Have an address or a phone told no more.

    \b
    Examples:
      python -m mailer alerts unsubscribe owner@example.org
      python -m mailer alerts unsubscribe +33612345678
    """
    settings = _settings()
    topics, wanted = topics_of(settings), endpoint_of(SMS if endpoint.startswith("+") else EMAIL, endpoint)
    known = {one.endpoint: one for one in topics.subscriptions(settings.alert_topic)}
    if wanted not in known:
        raise TopicError(f"{wanted} is not subscribed; `python -m mailer alerts list` shows who is")
    if known[wanted].is_pending:
        raise TopicError(f"{wanted} never confirmed, so is told nothing; SNS forgets it after two days")
    topics.unsubscribe(known[wanted])
    click.echo(f"{wanted} is told no more")


@click.command()
@click.argument("number")
@click.argument("message")
def sms(number: str, message: str) -> None:
    """Send one SMS to a phone, by no topic: to see whether it arrives.

    Each 140 bytes cost. A new account sends only to numbers verified in SNS's sandbox.

    \b
    Example:
      python -m mailer alerts sms +33612345678 "The trends are up"
    """
    if not 1 <= len(message.strip()) <= _LONGEST_SMS:
        raise click.BadParameter(f"an SMS has 1 to {_LONGEST_SMS:,} signs", param_hint="MESSAGE")
    wanted = phone_number(number)
    topics_of(services_from_environ().settings).text(wanted, message)
    click.echo(f"SNS took the SMS to {wanted}")


def _settings() -> Settings:
    settings = services_from_environ().settings
    if not settings.alert_topic:
        raise SettingsError(
            f"ALERT_TOPIC is not set: `python -m mailer alerts setup` makes a topic; {_NO_AWS}"
        )
    return settings


def _line(one: Subscription) -> str:
    state = "pending: the link in SNS's mail is not opened yet" if one.is_pending else "is told"
    return f"{one.protocol} {one.endpoint}: {state}"
