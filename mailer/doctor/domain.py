"""Whether the sender's domain says in DNS that we may mail for it: SPF, DKIM, DMARC, MX."""

from collections.abc import Callable, Iterator, Sequence

from mailer.doctor.verdicts import Verdict, ok, skipped, warning, wrong
from report.domain_records import DomainRecords
from report.errors import DnsError

ProblemOf = Callable[[str], str]
"""What is wrong with a DKIM record, seen from our own key; nothing where it fits."""


def check_domain(
    domain: str, selector: str, problem_of: ProblemOf | None, records: DomainRecords
) -> Iterator[Verdict]:
    """Ask DNS about the domain, and judge nothing without an answer.

    `problem_of` holds a record against our key; it is None where we do not sign.
    """
    if "." not in domain:
        yield skipped("domain", f"{domain} is no domain of the net: SPF, DKIM and DMARC say nothing of it")
        return
    try:
        yield spf(domain, records.texts(domain))
        yield _dkim(domain, selector, problem_of, records)
        yield dmarc(domain, _dmarc_texts(domain, records), is_signed=problem_of is not None)
        yield answers(domain, records.mail_hosts(domain))
    except DnsError as error:
        yield skipped("domain", f"{error}; what it says of {domain} was not looked at")


def spf(domain: str, texts: Sequence[str]) -> Verdict:
    """Return what the domain's TXT records say of who may mail for it (RFC 7208)."""
    found = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return warning(
            "SPF",
            f"{domain} does not say who may mail for it",
            'publish a TXT record such as "v=spf1 include:amazonses.com ~all", with your server in it',
        )
    if len(found) > 1:
        return wrong("SPF", f"{domain} has {len(found)} SPF records, so receivers take none", "keep one")
    if any(word in ("all", "+all") for word in found[0].lower().split()):
        return warning("SPF", f"{domain} lets everybody mail for it", 'end the record with "~all"')
    return ok("SPF", f"{domain} has one record; see that your mail server is in it: {found[0]}")


def dkim(name: str, texts: Sequence[str], problem_of: ProblemOf) -> Verdict:
    """Return whether what DNS has at `name` is the other half of our key (RFC 6376)."""
    if not texts:
        return wrong("DKIM", f"DNS has no key at {name}", "publish it, or correct DKIM_SELECTOR")
    if len(texts) > 1:
        return wrong("DKIM", f"{name} has {len(texts)} TXT records, so receivers may take either", "keep one")
    if problem := problem_of(texts[0]):
        return wrong(
            "DKIM",
            f"{name}: {problem}, so every signature fails",
            "publish the public key of DKIM_KEY there, or sign with the key that is there",
        )
    return ok("DKIM", f"mail is signed, and {name} has the key it is signed with")


def dmarc(domain: str, texts: Sequence[str], *, is_signed: bool) -> Verdict:
    """Return what receivers are told to do with mail that is not ours (RFC 7489)."""
    found = [text for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1")]
    if not found:
        return warning(
            "DMARC",
            f"{domain} does not say what to do with forged mail; large receivers ask senders for it",
            f'publish at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:you@{domain}"',
        )
    if len(found) > 1:
        return wrong("DMARC", f"{domain} has {len(found)} DMARC records, so receivers take none", "keep one")
    if not is_signed and _policy(found[0]) in ("quarantine", "reject"):
        return warning(
            "DMARC",
            f"{domain} has mail refused that neither SPF nor DKIM vouches for, and we do not sign",
            "set DKIM_SELECTOR and DKIM_KEY, or see that your server signs",
        )
    return ok("DMARC", f"{domain}: {found[0]}")


def answers(domain: str, hosts: Sequence[str]) -> Verdict:
    """Return whether somebody takes what is answered, and what comes back."""
    if any(host not in ("", ".") for host in hosts):
        return ok("MX", f"answers to {domain} go to {hosts[0]}")
    return warning(
        "MX",
        f"nobody takes mail for {domain}: answers and notices of failure are lost, and some receivers refuse",
        "publish an MX record, or write a MAIL_FROM whose mail is read",
    )


def _dkim(domain: str, selector: str, problem_of: ProblemOf | None, records: DomainRecords) -> Verdict:
    if problem_of is None:
        return skipped(
            "DKIM", "we do not sign (DKIM_SELECTOR, DKIM_KEY); SES and some servers do it themselves"
        )
    name = f"{selector}._domainkey.{domain}"
    return dkim(name, records.texts(name), problem_of)


def _dmarc_texts(domain: str, records: DomainRecords) -> Sequence[str]:
    """The domain's record, or the one of a domain above it, which holds for those below."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        if texts := records.texts("_dmarc." + ".".join(labels[start:])):
            return texts
    return []


def _policy(record: str) -> str:
    tags = dict(part.strip().partition("=")[::2] for part in record.lower().split(";"))
    return tags.get("p", "").strip()
