"""Rules for a server's life under bootstrap.sh, on a machine of namespaces without systemd."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from report.adapters.directory_storage import DirectoryStorage
from tests.machines import PATH, ROOT, Done, Machine, lay_code, running
from tests.some_editions import publish

APP = "/opt/twitter-trends"
SETTINGS = "/etc/twitter-trends/settings.env"
STATE = "/var/lib/twitter-trends"
SECRET = "0123456789abcdef-do-not-show"
TOOLS = ("crontab", "cron", "unshare", "nsenter", "ip", "flock", "setsid", "runuser", "useradd")
WORLD = """
ip link set lo up
mount --bind "$1/etc" /etc
for folder in /opt /run /var/lib /var/cache /var/log /var/spool/cron; do
    mount -t tmpfs -o mode=0755 tmpfs "$folder"
done
mkdir -m 1730 /var/spool/cron/crontabs
mkdir /opt/packages
mount --bind "$2" /opt/packages
mount -o remount,bind,ro /opt/packages
echo up
exec sleep infinity
"""
"""This machine with folders of its own wherever a deployment writes."""
PACKAGES = """
mkdir -p /opt/twitter-trends/venvs
cd "$1"
source <(sed '$d' bootstrap.sh)
APP=/opt/twitter-trends
source deploy/machine/releases.sh
venv=$(packages_for "$(find_python)")
"$(find_python)" -m venv --without-pip "$venv"
"$venv/bin/python" -VV >"$venv/python-version"
cp requirements.txt "$venv/installed-requirements.txt"
echo /opt/packages >"$(echo "$venv"/lib/python3*/site-packages)/ours.pth"
"""
"""The Python packages of the tests, as if they had been installed for the release."""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the code to deploy; its next change is the next release."""
    missing = [tool for tool in TOOLS if not shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin")]
    if missing:
        pytest.skip(f"this machine has no {', '.join(missing)}")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root can make a machine of namespaces")
    folder = tmp_path_factory.mktemp("machine") / "code"
    lay_code(folder)
    return folder


@pytest.fixture(scope="module")
def machine(code: Path) -> Iterator[Machine]:
    """Return a machine on which the code is deployed, over a report that was there before."""
    shutil.copytree("/etc", code.parent / "etc", symlinks=True, ignore_dangling_symlinks=True)
    packages = next((ROOT / ".venv/lib").glob("python3*/site-packages"))
    world = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    arguments = ["env", "-i", f"PATH={PATH}", "bash", "-euc", WORLD, "bash", str(code.parent), str(packages)]
    with running([*world, *arguments]) as leader:
        machine = Machine(leader, str(code))
        machine.do("bash", "-euc", PACKAGES, "bash", str(code))
        publish(DirectoryStorage(code.parent / "data", None, "http://localhost"))
        machine.do("mkdir", STATE)
        machine.do("cp", "-R", str(code.parent / "data"), STATE)
        _write_settings(code.parent / "settings")
        refused = machine.bootstrap("deploy")
        assert refused.status == 2
        assert SETTINGS in refused.said
        deployed = _deploy_from_elsewhere(machine, code)
        assert deployed.status == 0, deployed.said
        yield machine


def _deploy_from_elsewhere(machine: Machine, code: Path) -> Done:
    """As out of a zip, where nothing may be run, by somebody with a Python and folders of their own."""
    (code / "bootstrap.sh").chmod(0o644)
    own = ["env", f"--chdir={code.parent}", "PATH=/nowhere:/usr/bin:/bin", "PYTHONPATH=/nowhere"]
    done = machine.run(*own, "bash", "code/bootstrap.sh", "deploy", "--settings", "settings")
    (code / "bootstrap.sh").chmod(0o755)
    return done


def _write_settings(path: Path) -> None:
    path.write_text(
        f"STORAGE_URL=file:{STATE}/data\nPUBLIC_URL=http://localhost\nSMTP_URL=file:{STATE}/outbox\n"
        f"MAIL_TO=boss@example.com\nSECRET_KEY={SECRET}\nPORT=80\n",
        encoding="utf-8",
    )


def released(machine: Machine) -> str:
    """Return the release that serves."""
    return machine.do("readlink", f"{APP}/current").strip()


def commands_of(machine: Machine, user: str) -> str:
    """Return the command lines of a user's processes, as everybody can list them."""
    look = 'find /proc -maxdepth 1 -name "[0-9]*" -user "$1" -exec cat {}/cmdline ";"'
    return machine.run("sh", "-c", look, "sh", user).said.replace("\0", " ")


def test_the_pages_are_served_by_a_user_without_rights(machine: Machine) -> None:
    """Port 80 answers, gunicorn is not root's, and none of it may change code or settings."""
    assert machine.ask("/") == 200
    assert machine.ask("/healthz") == 200

    assert "gunicorn" in commands_of(machine, "twitter-trends")
    assert "gunicorn" not in commands_of(machine, "root")
    owners = machine.do("stat", "-c", "%U %a", STATE, f"{APP}/current/app", SETTINGS)
    assert owners.splitlines() == ["twitter-trends 750", "root 755", "root 640"]


def test_no_process_shows_a_secret(machine: Machine) -> None:
    """The list of processes, which everybody reads, holds none: the settings are read from their file."""
    everybody = commands_of(machine, "root") + commands_of(machine, "twitter-trends")

    assert "keep_web.py" in everybody
    assert SECRET not in everybody


def test_cron_does_the_jobs_of_the_release_that_serves(machine: Machine) -> None:
    """The user's crontab goes by the link that upgrades move; in a container what jobs say is a file."""
    jobs = machine.do("crontab", "-u", "twitter-trends", "-l")

    assert f"APP={APP}/current\n" in jobs
    assert "-m mailer send >>/var/log/twitter-trends/jobs.log 2>&1\n" in jobs
    assert "collector fetch" not in jobs
    assert "cron" in machine.do("sh", "-c", "cat /proc/[0-9]*/comm").split()


def test_a_deployment_may_be_repeated(machine: Machine) -> None:
    """The same code is the same release, and who reads the pages meanwhile notices nothing."""
    before = released(machine)

    with machine.polled() as outcomes:
        again = machine.bootstrap("deploy")

    assert again.status == 0, again.said
    assert released(machine) == before
    assert outcomes.counts.keys() == {"200"}


def test_an_upgrade_is_noticed_by_no_reader(machine: Machine, code: Path) -> None:
    """The new release serves, the old one is kept to go back to, and every request was answered."""
    before = released(machine)
    change(code / "app/__init__.py", "# another\n")

    with machine.polled() as outcomes:
        upgraded = machine.bootstrap("upgrade")

    assert upgraded.status == 0, upgraded.said
    assert released(machine) != before
    assert machine.do("readlink", f"{APP}/previous").strip() == before
    assert released(machine) in commands_of(machine, "twitter-trends")
    assert outcomes.counts.keys() == {"200"}


@pytest.mark.parametrize(
    ("file", "flaw"),
    [
        pytest.param("app/health.py", "raise RuntimeError('does not start')\n", id="does not start"),
        pytest.param("app/health.py", "health_page = lambda library: None\n", id="cannot be built"),
        pytest.param("report/settings.py", "raise SystemExit(0)\n", id="ends at once"),
    ],
)
def test_a_failed_upgrade_changes_nothing(machine: Machine, code: Path, file: str, flaw: str) -> None:
    """What served goes on, for cron's jobs too; the words of the one that failed are shown."""
    before, sound = released(machine), (code / file).read_text(encoding="utf-8")
    change(code / file, flaw)

    with machine.polled() as outcomes:
        failed = machine.bootstrap("upgrade")
    (code / file).write_text(sound, encoding="utf-8")

    assert failed.status != 0
    assert released(machine) == before
    assert outcomes.counts.keys() == {"200"}


def test_a_release_that_cannot_be_started_changes_nothing(machine: Machine) -> None:
    """Without its Python there is no process to ask; what serves goes on, and hears of the next release."""
    machine.do("mkdir", f"{APP}/releases/broken")
    machine.do("ln", "-s", f"{APP}/releases/broken", f"{APP}/next")
    machine.do("pkill", "-HUP", "-f", "keep_web.py")

    said = machine.do("sh", "-c", 'until grep "broken$" /run/twitter-trends/web; do sleep 0.1; done')
    machine.do("rm", "-r", f"{APP}/next", f"{APP}/releases/broken")

    assert said.split()[1:] == ["refused", "broken"]
    assert machine.ask() == 200
    assert machine.bootstrap("deploy").status == 0


@pytest.mark.parametrize("also", [[], ["--settings", "{}"]], ids=["its own settings", "others named"])
def test_no_made_up_tweets_go_where_genuine_ones_are(machine: Machine, code: Path, also: list[str]) -> None:
    """A demonstration has a folder of its own; it takes no other settings, nor those of this machine."""
    refused = machine.bootstrap("deploy", "--demo", *(it.format(code.parent / "settings") for it in also))

    assert refused.status == 2
    assert "emonstration" in refused.said


def test_wrong_settings_are_refused(machine: Machine, tmp_path: Path) -> None:
    """Each wrong line is named, the settings that served stay, and so do the pages."""
    before = machine.do("cat", SETTINGS)
    (tmp_path / "settings").write_text("STORAGE_URL=file:./here\nPORT=abc\nMAIL_TO=a@example.com\n")

    refused = machine.bootstrap("deploy", "--settings", str(tmp_path / "settings"))

    assert refused.status == 2
    assert "PUBLIC_URL is not set" in refused.said
    assert machine.do("cat", SETTINGS) == before
    assert machine.ask() == 200


def test_status_says_what_is_wrong(machine: Machine) -> None:
    """A server that answers ends with 0, one whose pages are down with 1; each line says how something is."""
    well = machine.bootstrap("status")

    assert well.status == 0, well.said


def test_pages_that_die_come_back(machine: Machine) -> None:
    """When gunicorn is killed, all of it is started again, without anybody's doing."""
    killed = machine.do("pkill", "--oldest", "--echo", "-KILL", "-f", "[-]m gunicorn")

    assert killed
    assert machine.answers()


def test_an_uninstallation_keeps_settings_and_data(machine: Machine) -> None:
    """Services, jobs, user and code go, twice over too; what stays is said, and is deployed again."""
    gone = machine.bootstrap("uninstall")
    left = machine.do("find", "/opt", "/etc", "/var", "/run", "-name", "twitter-trends*", "-prune")
    again = machine.bootstrap("uninstall")
    processes = commands_of(machine, "root")

    assert (gone.status, again.status) == (0, 0), gone.said
    assert sorted(left.split()) == ["/etc/twitter-trends", STATE]
    assert f"Kept: {STATE} " in gone.said
    assert machine.run("id", "twitter-trends").status != 0
    assert not [name for name in ("cron -f", "gunicorn", "keep.sh") if name in processes]
    machine.do("bash", "-euc", PACKAGES, "bash", machine.code)
    assert machine.bootstrap("deploy").status == 0
    assert machine.ask() == 200


def change(path: Path, text: str) -> None:
    """Add to a file of the code."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
