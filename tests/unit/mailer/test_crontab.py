"""Rules for the crontab that is shipped."""

import re
import subprocess
from pathlib import Path

import pytest

CRONTAB = Path(__file__).parents[3] / "crontab"
LINES = [line for line in CRONTAB.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
SETTINGS = [line for line in LINES if re.match(r"[A-Z_]+=", line)]
JOBS = [line for line in LINES if line not in SETTINGS]
_MARK = "#topics "
TOPICS = [
    line.removeprefix(_MARK) for line in CRONTAB.read_text(encoding="utf-8").splitlines() if _MARK in line[:8]
]

NAMES = ["SHELL", "PATH", "MAILTO", "LOG_LINES", "APP", "PYTHON"]
WORDS = ["report compact --alert", "mailer send", "mailer confirm"]


def test_the_mailer_looks_every_quarter_of_an_hour() -> None:
    """In a user's crontab: five fields, then the command; no percent sign, which cron cuts at."""
    compact, mail, confirm = JOBS
    (topics,) = TOPICS

    assert compact.startswith("7 * * * * cd ")
    assert mail.startswith("*/15 * * * * cd ")
    assert confirm.startswith("*/15 * * * * cd ")
    assert topics.startswith("*/15 * * * * cd ")
    assert "%" not in compact + mail + confirm + topics


def test_the_settings_are_what_every_cron_reads() -> None:
    """No CRON_TZ, which Debian ignores, and no variable inside another, which neither cron expands."""
    assert [line.partition("=")[0] for line in SETTINGS] == NAMES
    assert not [line for line in SETTINGS if "$" in line]


@pytest.mark.parametrize(
    ("job", "words"),
    [*zip([*JOBS, *TOPICS], [*WORDS, "collector topics"], strict=True)],
)
def test_a_job_runs_in_the_project_and_its_words_go_to_the_log(tmp_path: Path, job: str, words: str) -> None:
    """The command as cron gives it to the shell: folders with spaces do no harm, errors are logged too."""
    app, bin = tmp_path / "the app", tmp_path / "bin"
    app.mkdir()
    _script(bin / "logger", f'cat > "{tmp_path}/log"; echo "$@" >> "{tmp_path}/log"')
    _script(bin / "python", 'pwd; echo "$@" >&2')

    subprocess.run(
        ["/bin/sh", "-c", job.split(maxsplit=5)[5]],
        env={"PATH": f"{bin}:/usr/bin:/bin", "APP": str(app), "PYTHON": str(bin / "python")},
        check=True,
    )

    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert log.splitlines() == [str(app), f"-m {words}", "-t twitter-trends"]


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
