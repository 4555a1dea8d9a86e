"""Whether the mail server takes us: greeted, encrypted, logged in, and left without a mail."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address

from mailer.doctor.verdicts import Verdict, ok, warning, wrong
from report.errors import MailError
from report.mail import Sender
from report.setting_rules import SmtpUrl

_ABOUT = "mail server"


def check_server(url: SmtpUrl, sender: Callable[[], Sender]) -> Iterator[Verdict]:
    """Log in to the server of `url` and part; send nothing."""
    if url.folder is not None:
        yield ok(_ABOUT, f"mail is written into {url.folder}; none leaves this machine")
        return
    try:
        with sender():
            pass
    except MailError as error:
        yield wrong(_ABOUT, str(error))
    else:
        yield ok(_ABOUT, f"{url.host}:{url.port} {_welcome(url)}")
    yield from port_verdicts(url)


def port_verdicts(url: SmtpUrl) -> Iterator[Verdict]:
    """Yield what is to be said of the way to the server, nothing where it is a good one."""
    if _is_this_machine(url.host):
        return
    if url.port == 25:
        yield warning(
            "port 25",
            f"{url.host} is reached by port 25, which EC2 and most providers throttle or close",
            "use the server's port for submission, 587 (smtp+starttls://) or 465 (smtps://)",
        )
    if not url.security:
        yield warning(
            "encryption",
            f"mail to {url.host} travels unencrypted",
            "write smtp+starttls:// or smtps:// in SMTP_URL",
        )


def _welcome(url: SmtpUrl) -> str:
    encrypted = "answers, with TLS" if url.security else "answers"
    return f"{encrypted}, and takes the password of {url.user}" if url.user else encrypted


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
