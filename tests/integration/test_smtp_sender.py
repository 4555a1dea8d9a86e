"""Rules for handing mail to an SMTP server, however it behaves."""

import socket
import ssl
import time
import traceback

import pytest
import trustme

from report.adapters.smtp_sender import SmtpSender, connector
from report.errors import MailDeferred, MailError, MailRefused, MailServerError, MailUnknown
from report.setting_rules import SmtpUrl
from tests.mail_builders import a_letter
from tests.smtp_servers import (
    AIOSMTPD_WARNINGS,
    DROP,
    PASSWORD,
    SILENCE,
    USER,
    Script,
    genuine_server,
    scripted_server,
)

BOSS, NEXT = "boss@example.com", "next@example.com"
pytestmark = AIOSMTPD_WARNINGS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    return _certificate(authority, "127.0.0.1")


def _certificate(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def a_sender(
    port: int, security: str = "", user: str = "", password: str = "", trust: ssl.SSLContext | None = None
) -> SmtpSender:
    url = SmtpUrl(host="127.0.0.1", port=port, user=user, security=security)
    return SmtpSender(connector(url, password, trust, timeout_seconds=10))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_leaves_encrypted_and_logged_in(
    certificate: ssl.SSLContext, trust: ssl.SSLContext, security: str
) -> None:
    """smtp+starttls:// and smtps:// verify the server, log in, and hand the message over whole."""
    letter = a_letter()
    server = genuine_server(certificate, starttls=security == "starttls", with_password=True)
    with server as (port, delivered), a_sender(port, security, USER, PASSWORD, trust) as sender:
        sender.send(letter)

    assert delivered.mails == [(BOSS, letter.body)]
    assert (delivered.encrypted, delivered.users) == ({True}, {USER})


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("name", "trusted"),
    [
        pytest.param("127.0.0.1", False, id="unknown authority"),
        pytest.param("x.example", True, id="another host"),
    ],
)
def test_a_server_that_cannot_prove_itself_gets_nothing(
    authority: trustme.CA, trust: ssl.SSLContext, security: str, name: str, trusted: bool
) -> None:
    """A certificate of a stranger, or of another host, ends the talk before the password."""
    server = genuine_server(
        _certificate(authority, name), starttls=security == "starttls", with_password=True
    )
    refusal = pytest.raises(MailServerError, match="certificate that cannot be trusted")
    with server as (port, delivered), refusal:
        a_sender(port, security, USER, PASSWORD, trust if trusted else None).__enter__()

    assert (delivered.mails, delivered.users) == ([], set())


def test_a_wrong_password_is_said_and_never_shown(certificate: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    """The error names the server's answer; the password is nowhere in it, nor in its trace."""
    secret = "hunter" * 2
    refusal = pytest.raises(MailServerError, match="refused the user or password")
    with genuine_server(certificate, with_password=True) as (port, _), refusal as caught:
        a_sender(port, "tls", USER, secret, trust).__enter__()

    assert secret not in "".join(traceback.format_exception(caught.value))


def test_a_password_smtplib_cannot_send_is_not_shown(
    certificate: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    """A password outside ASCII is refused in words, not by an error that quotes its letters."""
    secret = "pässwort"
    refusal = pytest.raises(MailServerError, match="not ASCII")
    with genuine_server(certificate, with_password=True) as (port, _), refusal as caught:
        a_sender(port, "tls", USER, secret, trust).__enter__()

    assert secret[1] not in "".join(traceback.format_exception(caught.value))


def test_no_password_crosses_the_net_in_the_clear() -> None:
    """smtp:// with a user is for this machine only; elsewhere it is refused before connecting."""
    url = SmtpUrl(host="mail.example.com", port=25, user=USER)

    with pytest.raises(MailServerError, match="unencrypted; use smtp\\+starttls"):
        connector(url, PASSWORD)()


def test_starttls_is_not_done_without() -> None:
    """A server that offers no STARTTLS gets no mail that was to be encrypted."""
    with scripted_server() as (port, delivered), pytest.raises(MailServerError, match="STARTTLS"):
        a_sender(port, "starttls").__enter__()

    assert delivered.mails == []


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({"greeting": ["421 too busy"]}, id="421 as greeting"),
        pytest.param({"greeting": ["554 go away"]}, id="554 as greeting"),
        pytest.param({"greeting": [DROP]}, id="hangs up at once"),
        pytest.param({"EHLO": [DROP]}, id="hangs up at EHLO"),
        pytest.param({"EHLO": ["550 no"], "HELO": ["550 no"]}, id="550 to EHLO and HELO"),
    ],
)
def test_a_server_that_lets_nobody_in_is_a_server_error(script: Script) -> None:
    """Before a reader is named nothing is lost: the error is about the server and can be tried again."""
    with scripted_server(**script) as (port, _), pytest.raises(MailServerError) as caught:
        a_sender(port).__enter__()

    assert not caught.value.permanent


def test_a_server_that_is_not_there_is_a_server_error() -> None:
    """A closed port is named with its host, and with what to look at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port meanwhile
        with pytest.raises(MailServerError, match=r"127\.0\.0\.1:\d+ cannot be used.*SMTP_URL"):
            a_sender(taken.getsockname()[1]).__enter__()


STAGES = ("MAIL", "RCPT", "DATA", "message")
REPLIES = {"421 closing": MailDeferred, "450 later": MailDeferred, "550 never": MailRefused}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("reply", "error"), REPLIES.items())
def test_a_refusal_is_for_now_or_for_good(stage: str, reply: str, error: type[MailError]) -> None:
    """At every stage 4xx can be tried again and 5xx cannot; the error carries the server's words."""
    times = 2 if (stage, reply[:3]) == ("MAIL", "421") else 1  # a goodbye at MAIL is answered by coming anew
    script: Script = {stage: [reply] * times}
    with scripted_server(**script) as (port, delivered), a_sender(port) as sender:
        with pytest.raises(error, match=reply) as caught:
            sender.send(a_letter())
        sender.send(a_letter(to=NEXT))

    assert type(caught.value) is error
    assert caught.value.code == int(reply[:3])
    assert delivered.readers == [NEXT]


@pytest.mark.parametrize("stage", STAGES[1:3])
def test_a_connection_lost_before_the_message_lost_nothing(stage: str) -> None:
    """Until the server says 354 the message is ours: it may be tried again."""
    script: Script = {stage: [DROP]}
    with scripted_server(**script) as (port, delivered), a_sender(port) as sender:
        with pytest.raises(MailDeferred, match="nothing was sent"):
            sender.send(a_letter())
        sender.send(a_letter())

    assert (delivered.readers, delivered.connections) == ([BOSS], 2)


@pytest.mark.parametrize(
    "verdict", [pytest.param(DROP, id="hangs up"), pytest.param("999 what", id="babbles")]
)
def test_a_message_without_a_verdict_is_of_unknown_fate(verdict: str | None) -> None:
    """Once the server has the message, only its reply tells whether it took it."""
    with scripted_server(message=[verdict]) as (port, _), a_sender(port) as sender:
        with pytest.raises(MailUnknown, match=f"{BOSS}.*may have arrived"):
            sender.send(a_letter())
        sender.send(a_letter(to=NEXT))


def test_a_verdict_that_never_comes_is_not_waited_for_long() -> None:
    """A server that takes the message and falls silent costs a limited time, and leaves it unknown."""
    began = time.monotonic()
    with scripted_server(message=[SILENCE]) as (port, _):
        impatient = SmtpSender(connector(SmtpUrl(host="127.0.0.1", port=port), ""), message_seconds=0.05)
        with impatient as sender, pytest.raises(MailUnknown, match="timed out"):
            sender.send(a_letter())

    assert time.monotonic() - began < 5


def test_many_messages_share_a_connection() -> None:
    """A thousand readers do not mean a thousand handshakes."""
    with scripted_server() as (port, delivered), a_sender(port) as sender:
        for number in range(5):
            sender.send(a_letter(to=f"reader{number}@example.com"))

    assert (len(delivered.mails), delivered.connections) == (5, 1)


@pytest.mark.parametrize("goodbye", [pytest.param(DROP, id="drop"), pytest.param("421 enough", id="421")])
def test_a_connection_lost_between_messages_is_made_anew(goodbye: str | None) -> None:
    """Servers end connections after so many messages: the next one goes over a new connection."""
    with scripted_server(MAIL=["250 OK", goodbye]) as (port, delivered), a_sender(port) as sender:
        sender.send(a_letter())
        sender.send(a_letter(to=NEXT))

    assert (delivered.readers, delivered.connections) == ([BOSS, NEXT], 2)


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    """A dot alone ends a message in SMTP: the text's own dots are doubled on the way."""
    letter = a_letter(text=".\n.hidden\n..\n")
    with genuine_server() as (port, delivered), a_sender(port) as sender:
        sender.send(letter)

    assert delivered.mails == [(BOSS, letter.body)]


def test_a_hostile_reply_is_one_short_line() -> None:
    """A server's words reach the log without control characters and cut to length."""
    reply = "550 \x1b[2Jno\t" + "x" * 400
    refusal = pytest.raises(MailRefused)
    with scripted_server(RCPT=[reply]) as (port, _), a_sender(port) as sender, refusal as caught:
        sender.send(a_letter())

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
