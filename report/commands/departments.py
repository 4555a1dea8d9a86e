"""`python -m report departments`: who is told in which department, by the list contacts.csv."""

from collections.abc import Callable, Sequence

import click

from report.catalogue import recipes
from report.commands import Door
from report.composition import department_topics_of, services_from_environ
from report.contacts import CONTACTS, Contact, contacts_of, department_key
from report.departments import Department, Listed, Standing, compared, departments_of, is_heard
from report.errors import BuildError, SettingsError, TopicError, TopicMissing
from report.report_places import SOURCES, place_of, shown
from report.services import Services
from report.terminal import printable
from report.topics import Subscription, TopicFamily
from report.words import count_of

_SUBJECT = "A test of what departments are told"
_TEXT = "This is a test: it says only that you are told when a report has news for your department.\n"
_LONGEST_PROBLEM = 300

_Make = Callable[[Department], str]
_Subscribe = Callable[[Department, Listed], str]
"""What is done where a topic or a subscription lacks: each says what it did."""


@click.group(cls=Door)
def departments() -> None:
    """Tell departments what a report found: a topic for each, with the contacts of contacts.csv.

    The list lies in the source of the report that tells, such as requests. Its columns are Name, Email,
    Phone and Department; a phone's number begins with its country's code. The topics are where
    DEPARTMENT_TOPICS says: in SNS, or in a folder.

    \b
    Examples:
      python -m report departments setup --dry-run
      python -m report departments setup
      python -m report departments list
      python -m report departments test Streets
    """


@departments.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done; make nothing, ask nobody.")
def setup(dry_run: bool) -> None:
    """Make each department's topic, and subscribe its contacts; again changes nothing.

    An address gets a mail from SNS, once, and is told when its link was opened. SNS forgets who does not
    open it for two days; `setup` then asks anew. Nobody is removed: who is told though contacts.csv does
    not ask for it is named.

    Exits with 1 if a line of contacts.csv tells nobody, or SNS refuses somebody; the others are subscribed
    all the same.

    \b
    Examples:
      python -m report departments setup --dry-run
      python -m report departments setup
    """
    services, refused = services_from_environ(), list[str]()
    topics = _topics(services)
    wanted, problems = _read(services)
    if dry_run:
        _show(topics, wanted, lambda _: "would be made", lambda *_: "would be asked to subscribe")
    else:
        _show(topics, wanted, _making(topics), _subscribing(topics, refused))
    _end([*problems, *refused])


@departments.command("list")
def listed() -> None:
    """List who is told in which department, and who is not yet.

    Exits with 1 as `setup` does, and where nobody in a department is told.

    \b
    Example:
      python -m report departments list
    """
    services = services_from_environ()
    topics = _topics(services)
    wanted, problems = _read(services)
    unheard = _show(topics, wanted, lambda _: "not made yet", lambda *_: Standing.MISSING)
    _end([*problems, *(f"{name}: nobody is told yet, so what it is to know is lost" for name in unheard)])


@departments.command()
@click.argument("names", nargs=-1, required=True, metavar="DEPARTMENT...")
def test(names: tuple[str, ...]) -> None:
    """Tell these departments that this is a test: their contacts get it, phones too.

    \b
    Example:
      python -m report departments test Streets "Parks & Recreation"
    """
    services = services_from_environ()
    topics = _topics(services)
    known = {department_key(one.name): one for one in _read(services)[0]}
    for name in names:
        if department_key(name) not in known:
            there = ", ".join(one.name for one in known.values())
            raise BuildError(f"contacts.csv has no department {name!r}; it has: {there}")
    for one in (known[department_key(name)] for name in names):
        topics.topic(one.topic).publish(_SUBJECT, _TEXT)
        click.echo(f"{printable(one.name)}: the message went to {topics.place(one.topic)}")


def _topics(services: Services) -> TopicFamily:
    topics = department_topics_of(services.settings)
    if topics is None:
        raise SettingsError(
            "DEPARTMENT_TOPICS is not set: write file:./folder, or arn:aws:sns:REGION:ACCOUNT:NAME. Your "
            "departments' topics will begin with NAME; `aws sts get-caller-identity` says the ACCOUNT"
        )
    return topics


def _read(services: Services) -> tuple[list[Department], list[str]]:
    """The departments of all lists of contacts there are, and which lines of them tell nobody, and why."""
    places, contacts, problems = dict(services.settings.report_sources), list[Contact](), list[str]()
    lists = []
    for name in (recipe.name for recipe in recipes().values() if recipe.alerts):
        place = shown(place_of(services.settings.storage_url, places, SOURCES, name), CONTACTS)
        lists.append(place)
        for one in contacts_of(services.source(name)):
            if isinstance(one, Contact):
                contacts.append(one)
            else:
                problems.append(f"{place}, line {one.line}: {one.says}"[:_LONGEST_PROBLEM])
    if not contacts and not problems:
        raise BuildError(
            f"no department has contacts: put a CSV file with the columns Name, Email, Phone and Department "
            f"at {' or '.join(lists)}"
        )
    return departments_of(contacts), problems


def _show(topics: TopicFamily, wanted: Sequence[Department], make: _Make, subscribe: _Subscribe) -> list[str]:
    """Say how each contact stands, doing what lacks meanwhile; return the departments nobody was told in."""
    unheard = []
    for department in wanted:
        found = _subscribed(topics, department.topic)
        state = make(department) if found is None else "is there"
        _say(f"{department.name}: {topics.place(department.topic)}, {state}")
        listed = [*compared(department.contacts, found or ())]
        for one in listed:
            says = subscribe(department, one) if one.standing is Standing.MISSING else one.standing
            _say(f"  {one.protocol} {one.endpoint}: {says}")
        if not is_heard(listed):
            unheard.append(department.name)
    for name in sorted({*topics.names()} - {one.topic for one in wanted}):
        _say(f"{topics.place(name)}: contacts.csv names no such department")
        for one in compared((), _subscribed(topics, name) or ()):
            _say(f"  {one.protocol} {one.endpoint}: {one.standing}")
    return unheard


def _say(line: str) -> None:
    click.echo(printable(line))


def _end(problems: Sequence[str]) -> None:
    """Say what is wrong with the lists, or was refused."""
    for problem in problems:
        click.echo(printable(problem), err=True)
    if problems:
        raise click.ClickException(f"{count_of(len(problems), 'problem')}; who else is told stands above")


def _subscribed(topics: TopicFamily, name: str) -> Sequence[Subscription] | None:
    try:
        return topics.subscriptions(name)
    except TopicMissing:
        return None


def _making(topics: TopicFamily) -> _Make:
    def make(department: Department) -> str:
        topics.make(department.topic)
        return "was made"

    return make


def _subscribing(topics: TopicFamily, refused: list[str]) -> _Subscribe:
    """One whom SNS refuses keeps nobody else from being subscribed."""

    def subscribe(department: Department, one: Listed) -> str:
        try:
            made = topics.subscribe(department.topic, one.protocol, one.endpoint)
        except TopicError as error:
            if not error.permanent:
                raise
            refused.append(f"{department.name}: {error}")
            return "was refused"
        return f"was asked, and {Standing.WAITING}" if made.is_pending else "is told from now on"

    return subscribe
