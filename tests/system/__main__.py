"""Takes whole machines through the life of a server: `make system-test`, as root, some minutes each."""

import socket
import sys
import traceback

from tests.system.course import Course
from tests.system.debian import CACHE, Kind, machine, why_not

KINDS = (
    Kind("bookworm", has_systemd=True),
    Kind("trixie", has_systemd=False),
    Kind("jammy", has_systemd=True, distribution="Ubuntu"),
    Kind("noble", has_systemd=True, distribution="Ubuntu"),
)
_PORTS = (25, 80)


def main() -> int:
    """Run each machine's course to its first failure; return the status to end with."""
    if reason := why_not() or _busy():
        sys.exit(f"No machine can be made here: {reason}")
    wanted = [kind for kind in KINDS if not sys.argv[1:] or kind.suite in sys.argv[1:]]
    results = [is_well for kind in wanted for is_well in _run(kind)]
    _say(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


def _run(kind: Kind) -> list[bool]:
    if kind.why_not:
        _say(f"{kind} is passed over: {kind.why_not}")
        return []
    _say(f"{kind}:")
    results: list[bool] = []
    with machine(kind) as running:
        for words, step in Course(running, CACHE / "machine", kind.has_systemd).steps():
            try:
                step()
            except Exception:  # whatever went wrong, the next step builds on it
                traceback.print_exc()
                _say(f"  FAILED  {words}")
                return [*results, False]
            _say(f"  ok      {words}")
            results.append(True)
    return results


def _busy() -> str:
    """A machine that fetches packages has this one's network, and its ports."""
    for port in _PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"port {port} is in use"
    return ""


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
