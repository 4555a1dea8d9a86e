"""Requests nobody sends in good faith: each nearly right, in another way, as gunicorn hands them on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from string import Formatter
from urllib.parse import quote, urlencode
from wsgiref.util import setup_testing_defaults
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from report.addresses import reader_key
from report.links import EDITIONS, LinkSigner
from report.readers import Every, Reader, Rhythm
from report.tokens import Tokens, Wish
from tests.some_editions import SECRET

EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "100"))
"""How many are tried; by hand, after a change of what reads them, some thousands."""

OFTEN = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault."""

EVIL_HOST = "evil.example"
SHARED, EDITION = "docs/a.txt", "/editions/2026-11-20/r1/"
NOW = datetime.now(UTC)
ANN = Reader("ann@example.com", ("trends",), Rhythm(Every.DAY, time(5)), ZoneInfo("UTC"), NOW)
"""Who gets mail, and whose links are tried; a request may change that, or end it."""

_TOMORROW = NOW + timedelta(days=1)
_TOKENS, _KEY = Tokens(SECRET), reader_key(ANN.address)
_OURS = (_TOKENS.manage(_KEY), _TOKENS.unsubscribe(_KEY, "trends"), _TOKENS.confirm(Wish(ANN, NOW)))
_LENT = (LinkSigner(SECRET).query(SHARED, _TOMORROW), LinkSigner(SECRET, EDITIONS).query(EDITION, _TOMORROW))


def _words(text: str) -> list[str]:
    return text.split()


_STRANGE = [
    *_words(r"/ // .. %2e%2e%2f %00 \ # ? * '\"><script> {{7*7}} é -1 0 1e9 NaN ٣ ² %F0%9F //evil.example/"),
    *("", "\x00", "\r\nX-Ours: 1", "\n", "\x7f", "\N{BOM}", "\ud800", "\N{RIGHT-TO-LEFT OVERRIDE}"),
    *("9" * 30, "a" * 300, "/" * 900),
]
WORDS = st.one_of(st.sampled_from(_STRANGE), st.text(max_size=8))


def _often(good: str) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(_words(good)), st.sampled_from(_words(good)), WORDS)


_HOLES = {
    "period": _often("2026-11-20 2026-W47 2026-11 2026-11-20T0730Z 0000-00-00 9999-12-31 0001-01-01"),
    "revision": _often("r1 r2 r0 r999999 r1000000"),
    "minute": _often("20261120T1305Z 99999999T9999Z"),
    "name": _often("page.html data.json mail.html top-hashtags.csv hours.png manifest.json") | st.just(""),
    "report": _often("rates requests topics trends"),
    "tag": _often("news News %23news caf%C3%A9 news.json .json nothing"),
    "token": _often(" ".join([*_OURS, *(it[:-1] for it in _OURS), *(f"{it}=" for it in _OURS), "a.b ."])),
    "key": _often(f"{SHARED} docs/none editions/trends/latest.json ../secret"),
    "lent": _often(" ".join(_LENT)),
    "expires": _often(f"1 {int(_TOMORROW.timestamp())}"),
    "word": WORDS,
}
_PATHS = _words("""
/ /today /latest.json /reports/ /tags/ /find /subscribe /healthz /freshness /metrics /robots.txt /favicon.ico
/editions/ /editions/{period} /editions/{period}/ /editions/{period}/{name} /editions/{period}/{revision}/
/editions/{period}/{revision}/{name} /drafts/{minute}/{name} /reports/{report}/ /reports/{report}/{word}
/reports/{report}/editions/{period}/{name} /tags/{tag} /tags/{tag}.json /files/{key} /static/{word}
/subscribe/{token} /manage/{token} /manage/{token} /unsubscribe/{token} /static/bokeh/{word}/bokeh.min.js
/files/docs/a.txt /files/docs/a.txt /editions/2026-11-20/r1/ /editions/2026-11-20/r1/{name}
/{word} /{word}/{word} //{word}/today
""")
_QUERIES = _words("""
tag={tag} tag={word}&tag={word} expires={expires}&signature={token} {lent} {lent} {lent} {lent}&{lent}
signature={token} report={report} {word}={word} {word} &&==&
""")
_HEADERS = """
Accept: application/json
Accept: text/plain;q=0.1
Accept: ;q=x, */*;q=nan, a/b;q=1e999
Accept-Encoding: gzip
Accept-Encoding: br;q=0, gzip;q=2, *;q=inf
Authorization: Basic
Authorization: Basic !!!
Authorization: Basic w6k6w6k=
Authorization: Basic OmEgcGFzc3dvcmQ=
Authorization: basic gA==
Authorization: Digest username=
Content-Type: multipart/form-data
Content-Type: multipart/form-data; boundary=a
Content-Type: application/x-www-form-urlencoded; charset=utf-7
Cookie: shared=1.2
Cookie: shared=9e9.x; shared="\\377"
Forwarded: for=1.2.3.4;host=evil.example;proto=https
Host: evil.example
Host: evil.example:99999
Host: a b
Host: [::1
Host: a@b/c
If-Match: "x"
If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT
If-Modified-Since: Thu, 99 Foo 99999 25:61:61 +9999
If-None-Match: *
If-None-Match: W/"a", "b" "c
If-Range: "x"
If-Range: Mon, 01 Jan 0001 00:00:00 +2359
If-Unmodified-Since: Mon, 01 Jan 0001 00:00:00 +2359
Range: bytes=0-
Range: bytes=9-1
Range: bytes=-5
Range: bytes=0-0,2-3
Range: bytes=9999999999999999999999-
Referer: http://evil.example/
X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678
X-Forwarded-For: 192.0.2.7
X-Forwarded-For: ::1%a, unknown, [::1]:80, ,
X-Forwarded-Host: evil.example
X-Forwarded-Prefix: //evil.example
X-Forwarded-Proto: https
X-Forwarded-Proto: gopher, evil.example://
X-Request-Id: 0123456789abcdef
""".strip().split("\n")
_FIELDS = _words("address zone often weekday at report choose leave List-Unsubscribe")
_FILLED = _often(
    f"{ANN.address} trends UTC Europe/Paris day week hour mon 05:00 25:61 One-Click yes ../etc/passwd Europe "
    '=?utf-8?q?a=40b?=<a@b.example> a@b\r\nBcc:c@d.example "@"@b.example Factory'
)
_FORMS = st.dictionaries(st.sampled_from(_FIELDS), _FILLED).map(lambda it: urlencode(it, errors="replace"))
_BODIES = st.one_of(_FORMS, _FORMS, _FORMS, WORDS, st.just("a&" * 2_000))
_METHODS = st.sampled_from(_words("GET GET GET GET GET HEAD POST POST POST PUT DELETE OPTIONS PATCH"))
_LEFT_ALONE = "%&=;+/?:@!$'()*,~^|{}<>[]`\"\\"


@dataclass(frozen=True)
class HostileRequest:
    """A request as a server hands it on: each sign of its texts stands for a byte."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def environ(self) -> dict[str, object]:
        """Return it as WSGI has it."""
        said = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        environ: dict[str, object] = {
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": self.method,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "CONTENT_LENGTH": str(len(self.body)),
            "CONTENT_TYPE": said.pop("HTTP_CONTENT_TYPE", "application/x-www-form-urlencoded"),
            "wsgi.input": BytesIO(self.body),
            **said,
        }
        setup_testing_defaults(environ)
        return environ


@st.composite
def hostile_requests(draw: st.DrawFn) -> HostileRequest:
    """Draw a request that gets past gunicorn's parser."""
    path = draw(_filled_in(_PATHS)).encode("utf-8", "surrogatepass").decode("latin-1")
    query = draw(st.just("") | _filled_in(_QUERIES)).encode("utf-8", "surrogatepass")
    lines = draw(st.lists(st.sampled_from(_HEADERS), max_size=4))
    headers = {name: value for name, _, value in (line.partition(": ") for line in lines)}
    if name := draw(st.sampled_from([*headers, ""])):
        headers[name] += _sendable(draw(WORDS))
    method = draw(_METHODS)
    body = draw(_BODIES).encode("utf-8", "replace") if method == "POST" else b""
    return HostileRequest(method, path, quote(query, safe=_LEFT_ALONE), headers, body)


def _filled_in(shapes: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(shapes).flatmap(
        lambda shape: st.tuples(*(_part(*part[:2]) for part in Formatter().parse(shape))).map("".join)
    )


def _part(literal: str, hole: str | None) -> st.SearchStrategy[str]:
    return _HOLES[hole].map(lambda word: literal + word) if hole else st.just(literal)


def _sendable(value: str) -> str:
    """Leave what gunicorn lets stand in a header."""
    text = value.encode("utf-8", "replace").decode("latin-1")
    return "".join(sign for sign in text if sign == "\t" or " " <= sign != "\x7f").rstrip(" \t")
