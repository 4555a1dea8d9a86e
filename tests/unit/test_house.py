"""Rules for what stands around the code: documents, pins, commands and the first start."""

import os
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from shutil import copy2, which
from tempfile import TemporaryDirectory

import click
import pytest

from report.settings import SECRETS, Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md")]
PINS = ("requirements.txt", "requirements-dev.txt")
ALL_PINS = (*PINS, "requirements-bench.txt")
_ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>.*?) \| (?P<meaning>.*?) \|$", re.MULTILINE)
_COMMAND = re.compile(r"python -m (?P<room>collector|report|mailer|benchmarks)\b(?P<words>[^`|&#\n]*)")
_PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>\S+)", re.MULTILINE)
_NOBODY = 65534
_LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#]+)")


def text_of(name: str) -> str:
    """Return the text of one of the project's files."""
    return (ROOT / name).read_text(encoding="utf-8")


def variables() -> list[str]:
    """Return the names of all settings, in the order of the class."""
    return [item.name.upper() for item in fields(Settings)]


# ---- settings ---------------------------------------------------------------------------------------


def test_the_readme_lists_each_setting() -> None:
    """Every variable has one row of README's table, in the order of the class, with a sentence."""
    rows = list(_ROW.finditer(text_of("README.md")))

    assert [row["name"] for row in rows] == variables()
    assert [row["name"] for row in rows if not row["meaning"].endswith((".", ")."))] == []


def test_the_readme_says_the_true_defaults() -> None:
    """Setting a variable to the default README names changes nothing; a secret has none."""
    for row in _ROW.finditer(text_of("README.md")):
        shown = row["default"].strip("`")
        assert (shown == "none") == (row["name"].lower() in SECRETS), row["name"]
        said = Settings.from_environ({} if shown == "none" else {row["name"]: shown})
        assert said == Settings(), row["name"]


def test_the_example_of_dot_env_shows_each_default() -> None:
    """.env.example holds each variable once, commented out, with the default it has."""
    lines = re.findall(r"^# ([A-Z_]+)=(.*)$", text_of(".env.example"), re.MULTILINE)

    assert [name for name, _ in lines] == variables()
    assert Settings.from_environ(dict(lines)) == Settings()


# ---- documents --------------------------------------------------------------------------------------


@cache
def command_of(room: str) -> click.Command:
    """Return the command `python -m <room>` runs."""
    found = [
        value
        for value in vars(import_module(f"{room}.__main__")).values()
        if isinstance(value, click.Command)
    ]
    groups = (value for value in found if isinstance(value, click.Group))
    own = f"{room}.__main__"  # groups of other modules are its sub-commands
    return next((group for group in groups if getattr(group.callback, "__module__", "") == own), found[0])


def commands() -> Iterator[tuple[str, str, list[str]]]:
    """Yield (document, room, words) of each of our commands in the documents and the crontab."""
    for path in [*DOCUMENTS, ROOT / "crontab"]:
        for found in _COMMAND.finditer(path.read_text(encoding="utf-8").replace('"$PYTHON"', "python")):
            words = re.split(r"\s{2,}", found["words"].strip())[0]
            yield path.name, found["room"], words.split()


def unknown_in(room: str, words: list[str]) -> str:
    """Return the first word of a command line that `--help` does not know, or nothing."""
    command = command_of(room)
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        if found is None:
            return word
        command = found
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return next((word for word in words if word.startswith("--") and word not in options), "")


def test_the_commands_in_the_documents_exist() -> None:
    """Whoever types a line out of the documents is not told that there is no such command or option."""
    shown = list(commands())

    wrong = [(document, room, words) for document, room, words in shown if unknown_in(room, words)]
    assert wrong == []
    assert {room for _, room, _ in shown} >= {"collector", "report", "mailer"}


@pytest.mark.parametrize(
    "line", ["report bild", "mailer send --att 5", "report build --date x --silent", "mailer alerts mut held"]
)
def test_an_unknown_command_is_noticed(line: str) -> None:
    """The check of the documents can fail, on a command and on an option."""
    room, *words = line.split()

    assert unknown_in(room, words)


def test_the_documents_name_what_make_and_bootstrap_know() -> None:
    """`make x` and `./bootstrap.sh x` in the documents are targets and commands that exist."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", text_of("Makefile"), re.MULTILINE))
    starts = {*re.findall(r"^        ([a-z-]+)\) \w+", text_of("bootstrap.sh"), re.MULTILINE)}
    for path in DOCUMENTS:
        words = path.read_text(encoding="utf-8")
        assert set(re.findall(r"`make ([a-z-]+)`", words)) <= targets, path
        assert set(re.findall(r"\./bootstrap\.sh ([a-z-]+)", words)) <= starts, path


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    """A link in a document names a file of the project; `make pictures` takes care of the pictures."""
    links = [found["path"] for found in _LINK.finditer(path.read_text(encoding="utf-8"))]
    links = [link for link in links if not link.startswith("docs/pictures/")]

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_each_decision_is_in_the_index() -> None:
    """The index of decisions names every page beside it, under the title the page has."""
    folder = ROOT / "docs" / "decisions"
    index = dict(
        re.findall(r"^- \[(.+)\]\((.+)\)$", (folder / "README.md").read_text(encoding="utf-8"), re.M)
    )
    pages = {path for path in folder.glob("*.md") if path.name != "README.md"}

    assert {
        path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# "): path.name for path in pages
    } == index


# ---- requirements -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL_PINS)
def test_each_requirement_has_one_version_and_hashes(name: str) -> None:
    """What is installed is what was tested: each line pins one version by hash and names no registry."""
    joined = text_of(name).replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert [line.split()[0] for line in lines if not _PIN.match(line) or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", ALL_PINS)
def test_each_direct_need_is_pinned(name: str) -> None:
    """Every package of the short list is in the long one."""
    direct = re.findall(r"^([a-z][a-z0-9-]*)", text_of(name.replace(".txt", ".in")), re.MULTILINE)

    assert set(direct) - {found["name"] for found in _PIN.finditer(text_of(name))} == set()


@pytest.mark.parametrize("name", ALL_PINS[1:])
def test_tests_and_benchmarks_run_on_the_versions_that_run(name: str) -> None:
    """Their requirements hold every requirement of the project, in the same version."""
    run, other = (
        {(found["name"], found["version"]) for found in _PIN.finditer(text_of(each))}
        for each in (PINS[0], name)
    )

    assert run - other == set()


# ---- security ---------------------------------------------------------------------------------------


def test_every_exception_of_security_has_its_reason() -> None:
    """Whoever reads `noqa: S603` or `nosec B404` reads why beside it."""
    marked = re.compile(r"# (?:ruff: )?(?:noqa: S[0-9]+|nosec B[0-9]+ #)(?P<why>.*)")
    excepted = [match for path in _code() for match in marked.finditer(path.read_text(encoding="utf-8"))]

    assert excepted
    assert [match[0] for match in excepted if not re.search(r"[a-z]{2,}", match["why"])] == []


def test_what_bandit_leaves_to_ruff_is_looked_for_there() -> None:
    """Each kind bandit skips is one of ruff's by the same number; assertions alone are left out in both."""
    tools = tomllib.loads(text_of("pyproject.toml"))["tool"]
    skipped = {name.replace("B", "S") for name in tools["bandit"]["skips"]}
    found = {
        it for path in _code() for it in re.findall(r"noqa: (S[0-9]+)", path.read_text(encoding="utf-8"))
    }

    assert "S" in tools["ruff"]["lint"]["select"]
    assert skipped & set(tools["ruff"]["lint"]["ignore"]) == {"S101"}
    assert skipped - {"S101"} <= found


def _code() -> list[Path]:
    rooms = ("app", "benchmarks", "collector", "deploy", "mailer", "report")
    return [ROOT / "gunicorn.conf.py", *(path for room in rooms for path in (ROOT / room).rglob("*.py"))]


# ---- the first start --------------------------------------------------------------------------------


def bootstrap(*arguments: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of bootstrap.sh that lies in `folder`, from another folder."""
    folder.mkdir(exist_ok=True)
    for name in ("bootstrap.sh", *PINS):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return subprocess.run(
        ["/bin/bash", str(folder / "bootstrap.sh"), *arguments],
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def bare_path() -> Iterator[str]:
    """Return a PATH of a machine with the system's small tools: no Python, no apt-get, no sudo."""
    with TemporaryDirectory() as folder:  # not pytest's own, which other users may not enter
        Path(folder).chmod(0o755)
        for name in ("bash", "cat", "cmp", "dirname", "mkdir", "sed", "tail", "wc"):
            Path(folder, name).symlink_to(which(name) or "/nowhere")
        yield folder


def test_bootstrap_says_how_it_is_used(tmp_path: Path) -> None:
    """--help names both commands; an unknown one is named, with the way to the known ones, and status 2."""
    told = bootstrap("--help", folder=tmp_path / "a folder")
    refused = bootstrap("rnu", folder=tmp_path / "a folder")

    assert (told.returncode, refused.returncode) == (0, 2)
    assert refused.stderr == "I do not know: rnu\nType ./bootstrap.sh --help to see what I know.\n"
    assert "\n  run " in told.stdout
    assert "\n  test " in told.stdout


def test_bootstrap_names_what_it_cannot_install(tmp_path: Path, bare_path: str) -> None:
    """A machine without Python and without apt-get is told what it lacks, and nothing is half done."""
    done = bootstrap("install", folder=tmp_path / "a folder", PATH=bare_path)

    assert done.returncode == 1
    assert "This machine lacks: python3" in done.stderr
    assert not (tmp_path / "a folder" / ".venv").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_bootstrap_without_root_says_what_to_type(bare_path: str, tmp_path: Path) -> None:
    """Without root and sudo, the command to type is said, with the names of the packages."""
    apt_get = Path(bare_path, "apt-get")
    apt_get.write_text("#!/bin/sh\nexit 99\n", encoding="utf-8")
    apt_get.chmod(0o755)
    bootstrap("--help", folder=tmp_path / "ours")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        copy2(tmp_path / "ours" / "bootstrap.sh", folder)
        done = subprocess.run(
            ["/bin/bash", f"{folder}/bootstrap.sh", "install"],
            env={"PATH": bare_path, "HOME": folder},
            user=_NOBODY,
            group=_NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "apt-get update && apt-get install --no-install-recommends python3" in done.stderr


def test_bootstrap_makes_a_secret_once(tmp_path: Path) -> None:
    """From the first start on links are signed, by a file nobody else reads, that git ignores and stays."""
    functions = text_of("bootstrap.sh").removesuffix('main "$@"\n')
    code = f'{functions}\nROOT=$PWD HAS_SECRET=$1; lend_secret; printf "%s" "${{SECRET_KEY_FILE:-none}}"'

    def lend(has_secret: str) -> str:
        command = ["/bin/bash", "-c", code, "bash", has_secret]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert (lend("yes"), list(tmp_path.iterdir())) == ("none", [])
    file = Path(lend(""))
    secret = file.read_text()
    assert lend("") == str(file) == f"{tmp_path}/.secret_key"
    assert file.read_text() == secret
    assert file.stat().st_mode & 0o777 == 0o600
    assert Settings.from_environ({"SECRET_KEY_FILE": str(file)}).secret_key == secret
    assert len(secret) == 64
    assert "/.secret_key*" in text_of(".gitignore").split()


def test_bootstrap_shows_samples_of_the_other_reports_beside_sample_tweets_alone(tmp_path: Path) -> None:
    """Who has tweets or places of their own is shown none; a report that cannot be built ends nothing."""
    functions = text_of("bootstrap.sh").removesuffix('main "$@"\n')
    code = f"{functions}\nbegin; SAMPLES=$1; HAS_PLACES=$2; show_other_reports 14; say went on"
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@" >>ran; [ "$5" != rates ]\n', encoding="utf-8")
    python.chmod(0o755)

    def show(samples: str, places: str = "") -> str:
        command = ["/bin/bash", "-c", code, "bash", samples, places]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert (show(""), show("yes", "yes"), (tmp_path / "ran").exists()) == ("went on\n", "went on\n", False)
    assert show("yes").endswith("went on\n")
    made, *built = (tmp_path / "ran").read_text(encoding="utf-8").splitlines()
    assert made == "-m collector demo --days 14 --report=rates --report=requests --report=topics"
    assert [line.split()[4] for line in built] == ["rates", "requests", "topics", "topics"]


def test_bootstrap_refuses_a_busy_port_first(tmp_path: Path, busy_port: int) -> None:
    """A port that is taken is said in plain words before anything is installed."""
    done = bootstrap("run", folder=tmp_path / "a folder", PORT=str(busy_port))

    assert done.returncode == 1
    assert f"Port {busy_port} is in use" in done.stderr
    assert f"PORT={busy_port + 1} ./bootstrap.sh run" in done.stderr
    assert not (tmp_path / "a folder" / ".venv").exists()


def test_bootstrap_finds_the_port_in_dot_env(tmp_path: Path, busy_port: int) -> None:
    """The port may stand in .env as well; a comment after it is no part of it."""
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a folder" / ".env").write_text(f'export PORT="{busy_port}" # ours\n', encoding="utf-8")

    done = bootstrap("run", folder=tmp_path / "a folder")

    assert f"Port {busy_port} is in use" in done.stderr


@pytest.fixture
def busy_port() -> Iterator[int]:
    """Return a port somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_bare_make_lists_every_target() -> None:
    """Each target of the Makefile has its line in the list that bare `make` shows."""
    makefile = text_of("Makefile")
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert declared
    assert declared[1].split() == re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
