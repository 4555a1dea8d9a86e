"""Rules for handing mail to an SMTP server, however it behaves."""

import contextlib
import socket
import ssl
import traceback
from datetime import UTC, datetime

import pytest
import trustme

from report.adapters.smtp_connection import Connection
from report.adapters.smtp_sender import SmtpSender, connector
from report.errors import MailDeferred, MailError, MailRefused, MailServerError, MailUnknown, ReaderRefused
from report.setting_rules import SmtpUrl
from tests.mail_builders import a_letter
from tests.smtp_servers import (
    AIOSMTPD_WARNINGS,
    DRIP,
    DROP,
    ENDLESS,
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


def _certificate(authority: trustme.CA, name: str, until: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    authority.issue_cert(name, not_before=begins, not_after=until).configure_cert(context)
    return context


def a_sender(
    port: int, security: str = "", user: str = "", password: str = "", trust: ssl.SSLContext | None = None
) -> SmtpSender:
    url = SmtpUrl(host="127.0.0.1", port=port, user=user, security=security)
    return SmtpSender(connector(url, password, trust, timeout_seconds=10))


def an_impatient_sender(port: int) -> SmtpSender:
    """A sender that waits a quarter of a second for each reply."""
    return SmtpSender(connector(SmtpUrl(host="127.0.0.1", port=port), "", timeout_seconds=0.25))


def a_sender_impatient_at(port: int, stage: str, times: int) -> SmtpSender:
    """A sender that so many times waits only a quarter of a second, for the reply to this one word.

    Polite replies have the usual time: on a busy machine they would need more.
    """
    connect = connector(SmtpUrl(host="127.0.0.1", port=port), "", timeout_seconds=10)
    waits = iter([0.25] * times)

    def connected() -> Connection:
        connection = connect()
        say, hand_over = connection.putcmd, connection.hand_over

        def putcmd(cmd: str, args: str = "") -> None:
            connection.timeout = next(waits, 10) if cmd.startswith(stage) else 10
            say(cmd, args)

        def handed_over(body: bytes, seconds: float) -> tuple[int, bytes]:
            return hand_over(body, next(waits, seconds) if stage == "message" else seconds)

        connection.putcmd, connection.hand_over = putcmd, handed_over  # type: ignore[method-assign]
        return connection

    return SmtpSender(connected)


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
    ("name", "until", "trusted"),
    [
        pytest.param("127.0.0.1", None, False, id="unknown authority"),
        pytest.param("x.example", None, True, id="another host"),
        pytest.param("127.0.0.1", datetime(2021, 1, 1, tzinfo=UTC), True, id="expired"),
    ],
)
def test_a_server_that_cannot_prove_itself_gets_nothing(
    authority: trustme.CA,
    trust: ssl.SSLContext,
    security: str,
    name: str,
    until: datetime | None,
    trusted: bool,
) -> None:
    """A certificate of a stranger, of another host, or of years ago, ends the talk before the password."""
    server = genuine_server(
        _certificate(authority, name, until), starttls=security == "starttls", with_password=True
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
FOR_GOOD = {"RCPT": ReaderRefused, "message": MailRefused}
"""What 5xx means by its stage; at the others it is us that the server refuses, whoever the reader is."""


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("reply", "error"), REPLIES.items())
def test_a_refusal_is_for_now_or_for_good(stage: str, reply: str, error: type[MailError]) -> None:
    """At every stage 4xx can be tried again; 5xx is final for the reader or message it was said of."""
    times = 2 if (stage, reply[:3]) == ("MAIL", "421") else 1  # a goodbye at MAIL is answered by coming anew
    script: Script = {stage: [reply] * times}
    with scripted_server(**script) as (port, delivered), a_sender(port) as sender:
        with pytest.raises(MailError, match=reply) as caught:
            sender.send(a_letter())
        sender.send(a_letter(to=NEXT))

    assert type(caught.value) is (FOR_GOOD.get(stage, MailServerError) if error is MailRefused else error)
    assert caught.value.code == int(reply[:3])
    assert delivered.readers == [NEXT]


@pytest.mark.parametrize("reply", ["530 log in first", "535 no", "503 AUTH first"])
def test_a_server_that_wants_a_password_at_rcpt_refuses_us(reply: str) -> None:
    """The next reader would fare no better."""
    refusal = pytest.raises(MailServerError, match=reply)
    with scripted_server(RCPT=[reply]) as (port, _), a_sender(port) as sender, refusal as caught:
        sender.send(a_letter())

    assert caught.value.code == int(reply[:3])


@pytest.mark.parametrize("reply", ["550 5.7.1 not from here", "554 Relay access denied"])
def test_a_policy_against_three_readers_is_one_against_us(reply: str) -> None:
    """The addresses may be good: none is refused for good, and after three the run is at its end."""
    kinds: list[type] = []
    with scripted_server(RCPT=[reply] * 5) as (port, delivered), a_sender(port) as sender:
        for _ in range(3):
            with pytest.raises(MailDeferred, match=reply) as caught:
                sender.send(a_letter())
            kinds.append(type(caught.value))

    assert kinds == [MailDeferred, MailDeferred, MailServerError]
    assert delivered.mails == []


def test_a_policy_against_some_readers_holds_up_nobody() -> None:
    """A group that takes no mail from outside keeps no one behind it waiting."""
    no = "550 5.7.1 not for you"
    with scripted_server(RCPT=[no, no, "250 OK", no, no]) as (port, delivered), a_sender(port) as sender:
        for number in range(6):
            with contextlib.suppress(MailDeferred):
                sender.send(a_letter(to=f"reader{number}@example.com"))

    assert delivered.readers == ["reader2@example.com", "reader5@example.com"]


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


@pytest.mark.parametrize("torture", [SILENCE, DRIP, ENDLESS])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "message"])
def test_a_server_that_wastes_time_gets_no_more_than_its_share(stage: str, torture: str) -> None:
    """Silent, a byte at a time, or without end: each reply has a limit in all, and what is lost is known."""
    error, words = (
        (MailUnknown, "may have arrived") if stage == "message" else (MailDeferred, "nothing was sent")
    )
    how = "has no end|Line too long" if torture == ENDLESS else "timed out"
    times = 2 if stage == "MAIL" else 1  # there it comes anew once
    is_timed = torture != ENDLESS  # of that its bytes are counted
    script: Script = {stage: [torture] * times}
    with (
        scripted_server(**script) as (port, delivered),
        a_sender_impatient_at(port, stage, times * is_timed) as sender,
    ):
        with pytest.raises(error, match=f"({how}).*{words}"):
            sender.send(a_letter())
        sender.send(a_letter(to=NEXT))

    assert delivered.readers == [NEXT]


@pytest.mark.parametrize("torture", [SILENCE, DRIP, ENDLESS])
@pytest.mark.parametrize("stage", ["greeting", "EHLO"])
def test_a_server_that_never_comes_to_the_point_is_a_server_error(stage: str, torture: str) -> None:
    """Before a reader is named nothing is lost, and no more time than the limit."""
    script: Script = {stage: [torture], "HELO": [DROP]}
    with scripted_server(**script) as (port, _), pytest.raises(MailServerError, match="nothing was sent"):
        an_impatient_sender(port).__enter__()


def test_a_server_that_stops_answering_is_given_up() -> None:
    """After three connections in a row were lost nobody else is tried: a thousand would take hours."""
    server = scripted_server(RCPT=[SILENCE] * 3)
    with server as (port, delivered), a_sender_impatient_at(port, "RCPT", 3) as sender:
        for _ in range(3):
            with pytest.raises(MailDeferred, match="timed out"):
                sender.send(a_letter())
        with pytest.raises(MailServerError, match="3 times in a row: nothing was sent"):
            sender.send(a_letter())

    assert (delivered.mails, delivered.connections) == ([], 3)


def test_lost_connections_are_forgiven_by_a_mail_that_passes() -> None:
    """A server that hangs up now and then is used on."""
    lossy: Script = {"RCPT": [DROP, DROP, "250 OK"] * 3}
    with scripted_server(**lossy) as (port, delivered), a_sender(port) as sender:
        for number in range(9):
            try:
                sender.send(a_letter(to=f"reader{number}@example.com"))
            except MailDeferred:
                continue

    assert delivered.readers == [f"reader{number}@example.com" for number in (2, 5, 8)]


def test_a_connection_is_made_anew_after_so_many_messages() -> None:
    """Servers that bear only so many a connection are asked for no more; each is left with a QUIT."""
    with scripted_server() as (port, delivered):
        url = SmtpUrl(host="127.0.0.1", port=port)
        with SmtpSender(connector(url, ""), per_connection=2) as sender:
            for number in range(5):
                sender.send(a_letter(to=f"reader{number}@example.com"))

    assert (len(delivered.mails), delivered.connections) == (5, 3)


def test_a_letter_that_may_not_leave_is_withdrawn() -> None:
    """Who lost the race for a reader has said who it was for, and takes it back before the message."""
    with scripted_server() as (port, delivered), a_sender(port) as sender:
        assert sender.send(a_letter(), lambda: False) is False
        assert sender.send(a_letter(to=NEXT), lambda: True) is True

    assert (delivered.readers, delivered.connections) == ([NEXT], 1)
    assert delivered.words[1:] == ["MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


def test_a_question_that_fails_withdraws_the_letter() -> None:
    """Where the ledger cannot be asked nothing leaves, and the connection serves the next."""

    def fail() -> bool:
        raise LookupError("the ledger is away")

    with scripted_server() as (port, delivered), a_sender(port) as sender:
        with pytest.raises(LookupError):
            sender.send(a_letter(), fail)
        sender.send(a_letter(to=NEXT))

    assert (delivered.readers, delivered.connections) == ([NEXT], 1)
    assert delivered.words[1:4] == ["MAIL", "RCPT", "RSET"]


def test_what_leaves_is_what_was_signed() -> None:
    """The signer is given the bytes that leave, and what it returns is what the server gets."""
    letter = a_letter()
    with genuine_server() as (port, delivered):
        connect = connector(SmtpUrl(host="127.0.0.1", port=port), "")
        with SmtpSender(connect, sign=lambda body: b"X-Signed: yes\r\n" + body) as sender:
            sender.send(letter)

    assert delivered.mails == [(BOSS, b"X-Signed: yes\r\n" + letter.body)]


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
