"""Says the properties of an Elastic Beanstalk environment, JSON on standard input, to other programs.

`settings.py dotenv` prints them for .env, `settings.py nginx` the redirect to https if PUBLIC_URL is there.
Runs on the Python of Amazon Linux 2023, which is 3.9, and imports nothing of ours.
"""

import json
import re
import sys
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HTTPS = re.compile(r"https://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?)(?:/.*)?")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_LITERAL_DOLLAR = "${:-$}"
"""What python-dotenv reads as one dollar, where it would else put another variable's value in."""


def dotenv(properties: Mapping[str, object]) -> str:
    """Return a line for each property, each value in one line and as it is, whatever it holds."""
    named = sorted((name, str(value)) for name, value in properties.items() if _NAME.fullmatch(name))
    return "".join(f'{name}="{_escaped(value)}"\n' for name, value in named)


def nginx(properties: Mapping[str, object]) -> str:
    """Return what leads a reader of the balancer's port 80 to https, or a line that says why nothing does."""
    found = _HTTPS.fullmatch(str(properties.get("PUBLIC_URL", "")))
    if not found:
        return "# PUBLIC_URL does not begin with https://, so nobody is led there.\n"
    return f"if ($http_x_forwarded_proto = http) {{ return 308 https://{found[1]}$request_uri; }}\n"


def _escaped(value: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in value.replace("${", _LITERAL_DOLLAR + "{"))


if __name__ == "__main__":
    sys.stdout.write({"dotenv": dotenv, "nginx": nginx}[sys.argv[1]](json.load(sys.stdin)))
