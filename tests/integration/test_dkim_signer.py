"""Rules for signing mail: a receiver that asks DNS finds it whole, and finds every change."""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from report.adapters.dkim_signer import DkimSigner
from report.adapters.dns_records import DnsRecords, resolver_at
from report.composition import services_from
from report.errors import SettingsError
from report.mail import as_letter, message
from report.setting_rules import SmtpUrl
from report.settings import Settings
from tests.dns_server import running_dns, txt
from tests.mail_builders import a_mail
from tests.smtp_servers import AIOSMTPD_WARNINGS, genuine_server

pytestmark = AIOSMTPD_WARNINGS
NAME = "trends._domainkey.example.org"


@cache
def a_key() -> rsa.RSAPrivateKey:
    """Return an RSA key as one is made today."""
    return rsa.generate_private_key(65537, 2048)


def pem(key: rsa.RSAPrivateKey, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    """Return the private key as DKIM_KEY holds it."""
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def record(key: rsa.RSAPrivateKey) -> str:
    """Return what DNS has of the key."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def a_letter() -> EmailMessage:
    """Return a report's mail with the headers of a list."""
    letter = message(a_mail())
    letter["List-Id"] = "<trends.example.org>"
    letter["List-Unsubscribe"] = "<https://trends.example.org/u/token>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return letter


def is_genuine(body: bytes, known: str) -> bool:
    """Whether a receiver who asks DNS, which has this record, believes the signature."""
    with running_dns({(NAME, "TXT"): [txt(known)]}) as port:
        records = DnsRecords(lambda: resolver_at("127.0.0.1", str(port)))

        def ask(name: bytes, timeout: int = 5) -> bytes:
            return records.texts(name.decode().rstrip("."))[0].encode()

        return bool(dkim.verify(body, dnsfunc=ask))


def signed(form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    """Return the report's mail under its signature."""
    return DkimSigner(pem(a_key(), form), "trends", "example.org")(a_letter().as_bytes())


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL], ids=["#8", "#1"])
def test_a_signed_mail_is_believed(form: PrivateFormat) -> None:
    """Pictures, HTML and all, with the key DNS has, in either form openssl writes; no line ends barely."""
    body = signed(form)

    assert is_genuine(body, record(a_key()))
    assert body.count(b"\r\n") == body.count(b"\n") == body.count(b"\r")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda body: body.replace(b"boss@example.com", b"bass@example.com", 1), id="To"),
        pytest.param(lambda body: body.replace(b"/u/token", b"/u/taken", 1), id="List-Unsubscribe"),
        pytest.param(lambda body: body.replace(b"=One-Click", b"=Two-Click", 1), id="List-Unsubscribe-Post"),
        pytest.param(lambda body: body.replace(b"Twitter Trends", b"Twitter Trend", 1), id="Subject"),
        pytest.param(lambda body: body.replace(b"#budget rose from", b"#budget fell from", 1), id="body"),
        pytest.param(lambda body: b"From: Somebody <x@example.com>\r\n" + body, id="a second From"),
    ],
)
def test_a_change_on_the_way_is_noticed(change: Callable[[bytes], bytes]) -> None:
    """What a reader sees and clicks is covered: RFC 8058 demands it of both unsubscribe headers."""
    body = signed()
    changed = change(body)

    assert changed != body
    assert not is_genuine(changed, record(a_key()))


def test_no_second_sender_can_be_put_in() -> None:
    """From is covered once more than it stands there, and each header of a one-click link once (RFC 8058)."""
    header = message_from_bytes(signed())["DKIM-Signature"]
    [covered] = [tag.partition("=")[2] for tag in header.split(";") if tag.strip().startswith("h=")]
    names = Counter("".join(covered.split()).split(":"))

    assert (names["from"], names["list-unsubscribe"], names["list-unsubscribe-post"]) == (2, 1, 1)


def test_a_mail_leaves_signed_where_a_key_is_set() -> None:
    """Key and selector in the settings are all it takes: what the server gets is believed."""
    with genuine_server() as (port, delivered):
        settings = Settings(
            smtp_url=SmtpUrl(host="127.0.0.1", port=port),
            mail_from="Trends <trends@example.org>",
            dkim_selector="trends",
            dkim_key=pem(a_key()),
        )
        with services_from(settings).sender() as sender:
            sender.send(as_letter(a_letter()))

    [(_, body)] = delivered.mails
    assert is_genuine(body, record(a_key()))


def test_a_mail_without_a_list_is_signed_too() -> None:
    """An alarm has no list headers, and one that is added later by a mailing list does no harm."""
    letter = message(a_mail()).as_bytes()

    body = DkimSigner(pem(a_key()), "trends", "example.org")(letter)

    assert is_genuine(b"List-Id: <owners.example.org>\r\n" + body, record(a_key()))


def test_another_key_in_dns_is_named() -> None:
    """What DNS has is held against DKIM_KEY: fits, another's, withdrawn, rubbish."""
    signer = DkimSigner(pem(a_key()).replace("\n", "\r\n"), "trends", "example.org")
    other = record(rsa.generate_private_key(65537, 1024))

    assert signer.problem_of(record(a_key())) == ""
    assert signer.problem_of(other) == "the key there is not the one of DKIM_KEY"
    assert signer.problem_of("v=DKIM1; p=") == "the key there was withdrawn"
    assert [signer.problem_of(f"v=DKIM1; p={text}") for text in ("!", "AAAA", "MIIB", "x" * 5_000)] == [
        "the key there cannot be read"
    ] * 4


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", id="no key"),
        pytest.param("-----BEGIN PRIVATE KEY-----", id="cut"),
        pytest.param(
            ed25519.Ed25519PrivateKey.generate()
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode(),
            id="Ed25519",
        ),
    ],
)
def test_a_key_that_cannot_sign_is_a_wrong_setting(key: str) -> None:
    """It is found out before a mail is written, and the key is never shown."""
    with pytest.raises(SettingsError, match="expected an RSA key in PEM") as told:
        DkimSigner(key, "trends", "example.org")

    assert key.splitlines()[-1] not in str(told.value)
