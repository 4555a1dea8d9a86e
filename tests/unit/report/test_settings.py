"""Rules for what can be set."""

import os
from dataclasses import fields
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from report.composition import services_from_environ
from report.errors import SettingsError
from report.setting_rules import DepartmentTopics, SmtpUrl, StorageUrl
from report.settings import SECRETS, Settings

SECRET = "correct horse battery staple"
CITY = "arn:aws:sns:eu-west-1:123456789012:city"
REAL_MAIL = {"MAIL_FROM": "trends@example.org", "MAIL_TO": "boss@example.org"}


def problems(environ: dict[str, str]) -> list[str]:
    """Return the problems these variables have, one a line."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(environ)
    first, *rest = str(caught.value).splitlines()
    assert first == "wrong settings:"
    return [line.strip() for line in rest]


def test_nothing_set_is_a_laptop() -> None:
    """Every setting has a default, and the defaults need no account."""
    settings = Settings.from_environ({})

    assert settings == Settings()
    assert settings.storage_url.folder == Path("data")
    assert settings.smtp_url.folder == Path("outbox")
    assert settings.mail_subject == "Twitter Trends"


@pytest.mark.parametrize("value", ["", "   "], ids=["empty", "blank"])
def test_an_empty_variable_is_not_set(value: str) -> None:
    """A line left empty in .env means the default, for every variable."""
    environ = {item.name.upper(): value for item in fields(Settings)}

    assert Settings.from_environ(environ) == Settings()


def test_other_variables_do_not_matter() -> None:
    """The rest of the environment is nobody's business here."""
    assert Settings.from_environ({"PATH": "/bin", "port": "9"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        pytest.param("STORAGE_URL", "file:./tweets", StorageUrl(Path("tweets")), id="folder beside"),
        pytest.param("STORAGE_URL", "file:///srv/tweets", StorageUrl(Path("/srv/tweets")), id="folder, full"),
        pytest.param("STORAGE_URL", "file:/srv/my tweets", StorageUrl(Path("/srv/my tweets")), id="space"),
        pytest.param("STORAGE_URL", "s3://bucket", StorageUrl(bucket="bucket"), id="bucket"),
        pytest.param("STORAGE_URL", "s3://b-1/a/b/", StorageUrl(bucket="b-1", prefix="a/b/"), id="prefix"),
        pytest.param("STORAGE_ANONYMOUS", "YES", True, id="yes"),
        pytest.param("TIMEZONE", "Europe/Paris", ZoneInfo("Europe/Paris"), id="zone"),
        pytest.param("COUNT_RETWEETS", "false", False, id="false"),
        pytest.param(
            "REPORT_SOURCES",
            "rates=s3://b-1/in, requests=file:./csv,",
            (("rates", StorageUrl(bucket="b-1", prefix="in/")), ("requests", StorageUrl(Path("csv")))),
            id="places of two reports",
        ),
        pytest.param("FEED_URL", "https://example.org/tweet/", "https://example.org/tweet", id="last slash"),
        pytest.param("MAIL_AT", " 6:30 ", time(6, 30), id="clock"),
        pytest.param("MAIL_TO", "a@x.org, B <b@x.org>,", ("a@x.org", "B <b@x.org>"), id="two readers"),
        pytest.param("MAIL_TO", "a@x.org,a@x.org", ("a@x.org",), id="the same reader twice"),
        pytest.param("MAIL_SUBJECT", "Tendances à cinq heures", "Tendances à cinq heures", id="accents"),
        pytest.param("SMTP_URL", "file:./mail", SmtpUrl(folder=Path("mail")), id="mail into a folder"),
        pytest.param(
            "DEPARTMENT_TOPICS", "file:./told", DepartmentTopics(folder=Path("told")), id="topics in a folder"
        ),
        pytest.param("DEPARTMENT_TOPICS", CITY, DepartmentTopics(begins=CITY), id="topics of SNS"),
        pytest.param("PORT", "80", 80, id="port"),
        pytest.param("SECRET_KEY", SECRET, SECRET, id="key"),
    ],
)
def test_a_variable_is_understood(variable: str, text: str, value: object) -> None:
    """Each variable has a type of its own, and spaces around a value do not matter."""
    settings = Settings.from_environ({variable: text})

    assert getattr(settings, variable.lower()) == value


@pytest.mark.parametrize(
    ("url", "server"),
    [
        pytest.param("smtp://localhost:25", SmtpUrl(host="localhost", port=25), id="plain"),
        pytest.param("smtp://mail", SmtpUrl(host="mail", port=25), id="port by default"),
        pytest.param(
            "smtp+starttls://me%40x@mail.example.org",
            SmtpUrl(host="mail.example.org", port=587, user="me@x", security="starttls"),
            id="starttls",
        ),
        pytest.param(
            "smtps://me@mail:2465", SmtpUrl(host="mail", port=2465, user="me", security="tls"), id="tls"
        ),
    ],
)
def test_a_mail_server_is_understood(url: str, server: SmtpUrl) -> None:
    """SMTP_URL says how mail leaves: server, port, user, and how the line is protected."""
    settings = Settings.from_environ({**REAL_MAIL, "SMTP_URL": url, "SMTP_PASSWORD": SECRET})

    assert settings.smtp_url == server
    assert settings.smtp_password == SECRET


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        pytest.param("STORAGE_URL", "data", id="no scheme"),
        pytest.param("STORAGE_URL", "file:", id="no folder"),
        pytest.param("STORAGE_URL", "s3:///prefix", id="no bucket"),
        pytest.param("STORAGE_URL", "s3://bucket?x=1", id="query"),
        pytest.param("STORAGE_ANONYMOUS", "maybe", id="neither true nor false"),
        pytest.param("TIMEZONE", "Mars/Olympus", id="unknown zone"),
        pytest.param("TIMEZONE", "../etc/passwd", id="zone that is a path"),
        pytest.param("TIMEZONE", "Europe", id="zone that is a folder"),
        pytest.param("REPORT_SOURCES", "s3://bucket", id="place without its report"),
        pytest.param("REPORT_RESULTS", "rates=bucket", id="place without a scheme"),
        pytest.param("REPORT_RESULTS", "rates=file:./a,rates=file:./b", id="two places of one report"),
        pytest.param("FEED_URL", "ftp://example.org", id="not http"),
        pytest.param("MAIL_AT", "25:00", id="no such hour"),
        pytest.param("MAIL_AT", "5", id="no minutes"),
        pytest.param("MAIL_AT", "05:00+01:00", id="zone in a clock"),
        pytest.param("MAIL_FROM", "nobody", id="no address"),
        pytest.param("MAIL_FROM", "a@x.org\nBcc: b@x.org", id="line break in an address"),
        pytest.param("MAIL_FROM", "a@x.org, b@x.org", id="two senders"),
        pytest.param("MAIL_TO", ",", id="no reader at all"),
        pytest.param("MAIL_SUBJECT", "Trends\nBcc: b@x.org", id="line break in the subject"),
        pytest.param("SMTP_URL", "localhost:25", id="server without scheme"),
        pytest.param("SMTP_URL", "smtp://", id="no server"),
        pytest.param("SMTP_URL", "smtp://mail:99999", id="no such port at the server"),
        pytest.param("DEPARTMENT_TOPICS", "city", id="topics without account"),
        pytest.param("PUBLIC_URL", "example.org", id="no http"),
        pytest.param("PORT", "0", id="port zero"),
        pytest.param("PORT", "70000", id="port too high"),
        pytest.param("PORT", "eighty", id="port in words"),
        pytest.param("MEMORY_LIMIT_MB", "160", id="too little memory to read with"),
    ],
)
def test_a_wrong_value_is_said(variable: str, text: str) -> None:
    """A wrong value is refused with its name, itself, and what is expected."""
    [problem] = problems({variable: text})

    assert problem.startswith(f"{variable} is {text!r}; expected ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a@x.org, b@@x.org, c@x.org", "b@@x.org", id="a slip"),
        pytest.param("a@x.org, nobody", "nobody", id="no address"),
        pytest.param("a@x.org; b@x.org", "a@x.org …", id="semicolons"),
        pytest.param("a@x.org b@x.org", "a@x.org …", id="spaces"),
    ],
)
def test_of_many_readers_the_wrong_one_is_said(text: str, shown: str) -> None:
    """What is wrong goes into logs, and the other readers are nothing to them."""
    assert problems({"MAIL_TO": text}) == [
        f"MAIL_TO has {shown!r}; expected addresses, separated by commas, or nobody"
    ]


def test_all_problems_are_said_together() -> None:
    """Whoever mends the settings sees everything at once, not one problem a run."""
    wrong = {"PORT": "x", "TIMEZONE": "x", "MAIL_AT": "x", "SECRET_KEY": "x", "STORAGE_URL": "x"}

    assert {problem.partition(" ")[0] for problem in problems(wrong)} == set(wrong)


def test_mail_that_really_leaves_needs_addresses() -> None:
    """The laptop's addresses are no use to a real server: it needs a sender and readers."""
    assert [problem.partition(" ")[0] for problem in problems({"SMTP_URL": "smtp://mail"})] == [
        "MAIL_FROM",
        "MAIL_TO",
    ]


def test_a_user_needs_a_password() -> None:
    """A user in SMTP_URL without a password would be refused by the server each morning."""
    [problem] = problems({**REAL_MAIL, "SMTP_URL": "smtps://me@mail"})

    assert problem.startswith("SMTP_PASSWORD or SMTP_PASSWORD_FILE is not set")


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_may_come_from_a_file(secret: str, tmp_path: Path) -> None:
    """X_FILE names a file with the secret; the line break at its end is not part of it."""
    body = {"dkim_key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}", "ping_url": f"https://ping/{SECRET}"}
    said = body.get(secret, SECRET)
    (tmp_path / "secret").write_text(f"{said}\n", encoding="utf-8")

    beside = {"DKIM_SELECTOR": "trends"} if secret == "dkim_key" else {}
    settings = Settings.from_environ({f"{secret.upper()}_FILE": str(tmp_path / "secret"), **beside})

    assert getattr(settings, secret) == said


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A secret's file that is not there is a problem like any other, not an empty secret."""
    [problem] = problems({"SECRET_KEY_FILE": str(tmp_path / "none")})

    assert problem.startswith(f"SECRET_KEY_FILE is '{tmp_path}/none'; expected a file that can be read")


def test_only_secrets_come_from_files(tmp_path: Path) -> None:
    """PORT_FILE means nothing: a setting that is no secret has one place."""
    assert Settings.from_environ({"PORT_FILE": str(tmp_path)}) == Settings()


def test_secrets_are_never_shown() -> None:
    """A secret stands neither in the settings' own words nor in what is said about a wrong one."""
    settings = Settings(dkim_key=SECRET, ping_url=SECRET, secret_key=SECRET, smtp_password=SECRET)
    assert SECRET not in f"{settings!r} {settings}"

    said = problems({"SECRET_KEY": "hunter2hunter2", "SMTP_URL": "smtp://me:hunter2hunter2@mail:25"})
    assert len(said) == 2
    assert "hunter2" not in "\n".join(said)


@pytest.mark.parametrize(
    "url",
    [
        "smtp+starttls://me@example.org:hunter2@mail:587",
        "smtp://:hunter2@mail",
        "smtp://me:hun/ter2@mail",
        "smtp://me:hun@ter2@mail",
        "smtp://me:hun ter2@mail",
        "s3://me:hunter2@bucket?x",
    ],
)
@pytest.mark.parametrize("variable", ["SMTP_URL", "STORAGE_URL"])
def test_a_password_in_a_url_is_never_shown(variable: str, url: str) -> None:
    """Whoever put the password into the URL is told so without it being told to the log."""
    said = "\n".join(problems({variable: url}))

    assert "hun" not in said
    assert "ter2" not in said


def test_dot_env_is_read_and_the_real_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file .env fills in what the environment does not say, and changes nothing that it says."""
    (tmp_path / ".env").write_text("PORT=8001\nMAIL_AT=06:00 # early\nSMTP_PASSWORD=\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"PORT": "8002"})

    settings = services_from_environ().settings

    assert settings.port == 8002
    assert settings.mail_at == time(6)
