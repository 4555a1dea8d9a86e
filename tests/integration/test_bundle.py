"""Rules for the bundle for Elastic Beanstalk, unpacked and run as the platform does it."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_IMODE

import pytest
import yaml
from dotenv import dotenv_values

from deploy.packaging.bundle import LARGEST_BYTES, write_bundle
from deploy.packaging.zips import PackageError
from report.adapters.directory_storage import DirectoryStorage
from tests.gunicorn_server import Answer, Client, free_port
from tests.nginx_server import NGINX, ROOT, here, nginx_in, rule_changes, temporary, until, user
from tests.some_editions import publish, some_files

PAGE = some_files()["page.html"].body
KEY = "WyJhbm5AZXhhbXBsZS5jb20iXQ.c2lnbmF0dXJl"
HOSTILE = {
    "SPACES": "  two words  ",
    "QUOTES": 'it\'s "said" so',
    "DOLLARS": "$HOME ${HOME} $(id) `id` ${:-x} $${PATH} %h",
    "LINES": "one\ntwo\r\nexport PATH=/nowhere\n",
    "BACKSLASHES": "\\n \\\\ C:\\",
    "COMMENT": "a # b",
    "NOTHING": "",
    "LETTERS": "été 🌡",
}
STAND_IN = """#!/bin/sh
echo "${0##*/} $*" >>"$DONE"
case ${0##*/} in
    rpm) exit 1 ;;
    get-config) cat "$PROPERTIES" ;;
    crontab) cat >"$DONE.crontab" ;;
    logger) cat >"$DONE.logger" ;;
esac
"""
PROGRAMS = ("rpm", "dnf", "systemctl", "chown", "get-config", "crontab", "logger")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("build") / "bundle.zip"
    write_bundle(ROOT, path)
    return path


# ---- what is in it ----------------------------------------------------------------------------------


def test_the_same_project_makes_the_same_bundle(bundle: Path, tmp_path: Path) -> None:
    """Built anew, it is the same to the byte, so that nothing new is seen to be nothing new."""
    size = write_bundle(ROOT, tmp_path / "again.zip")

    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()
    assert size == bundle.stat().st_size <= LARGEST_BYTES


def test_only_what_runs_is_in_it(bundle: Path) -> None:
    """No tests, documents, benchmarks or leftovers; the platform's own folders are at the top."""
    names = zipfile.ZipFile(bundle).namelist()

    assert {name.partition("/")[0] for name in names} == {
        ".ebextensions",
        ".platform",
        "LICENSE",
        "Procfile",
        "app",
        "collector",
        "crontab",
        "gunicorn.conf.py",
        "mailer",
        "report",
        "requirements.txt",
    }
    assert [name for name in names if "__pycache__" in name or name.endswith((".pyc", "/"))] == []


def test_what_does_not_belong_is_named(tmp_path: Path) -> None:
    """A file of a kind that neither runs nor is shown stops the build, which says its name."""
    for name in ("LICENSE", "Procfile", "crontab", "gunicorn.conf.py", "requirements.txt", "app/dump.sqlite"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    with pytest.raises(PackageError, match=r"app/dump\.sqlite neither runs nor is shown"):
        write_bundle(tmp_path, tmp_path / "bundle.zip")
    assert not (tmp_path / "bundle.zip").exists()


def test_every_hook_runs_after_a_change_of_settings_too(bundle: Path) -> None:
    """The platform looks into another folder then; both hold the same programs, and may be run."""
    archive = zipfile.ZipFile(bundle)
    hooks, twins = (
        {
            info.filename.removeprefix(folder): (archive.read(info), info.external_attr >> 16)
            for info in archive.infolist()
            if info.filename.startswith(folder)
        }
        for folder in (".platform/hooks/", ".platform/confighooks/")
    )

    assert hooks == twins
    assert {name.partition("/")[0] for name in hooks} == {"prebuild", "predeploy", "postdeploy"}
    assert {mode for _, mode in hooks.values()} == {0o100755}


def test_the_procfile_says_one_thing_the_platform_can_take_over(bundle: Path) -> None:
    """One process, `web`; its command goes into a unit of systemd, where these signs mean more."""
    said = zipfile.ZipFile(bundle).read("Procfile").decode()

    assert re.fullmatch(r"web: [^\"$%\\\n]+\n", said)


# ---- run as the platform does -----------------------------------------------------------------------


@dataclass(frozen=True)
class Instance:
    """A machine of the platform: its folders below `folder`, and stand-ins for what only root may do."""

    folder: Path
    properties: Mapping[str, str]
    port: int

    @property
    def app(self) -> Path:
        """Where the platform keeps the project, in `staging` and then `current`."""
        return self.folder / "app"

    @property
    def done(self) -> str:
        """What the stand-ins were told, a line each."""
        return (self.folder / "done").read_text()

    def run_hooks(self, where: str, kind: str, step: str) -> None:
        """Run the hooks of a step, by name, in the folder `where`."""
        (self.folder / "properties").write_text(json.dumps(self.properties))
        root = self.app / where
        for hook in sorted(path.relative_to(root) for path in (root / ".platform" / kind / step).iterdir()):
            subprocess.run([str(hook)], cwd=root, env=self.environ, check=True)

    def deploy(self, bundle: Path) -> None:
        """Unpack the bundle and bring it to its place, as the platform does before it starts anything."""
        unpack(bundle, self.app / "staging")
        self.run_hooks("staging", "hooks", "prebuild")
        self.run_hooks("staging", "hooks", "predeploy")
        (self.app / "staging").rename(self.app / "current")

    @property
    def environ(self) -> dict[str, str]:
        """What a hook is given: stand-ins before the machine's own programs."""
        path = f"{self.folder / 'stand-ins'}:{os.environ['PATH']}"
        return {"PATH": path, "DONE": f"{self.folder}/done", "PROPERTIES": f"{self.folder}/properties"}


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """Return a bare machine whose properties are as hostile as can be; storage has one edition."""
    data = tmp_path / 'it\'s a ${HOME} "folder"'
    publish(DirectoryStorage(data, None, "http://localhost"))
    for program in PROGRAMS:
        stand_in = tmp_path / "stand-ins" / program
        stand_in.parent.mkdir(exist_ok=True)
        stand_in.write_text(STAND_IN)
        stand_in.chmod(0o755)
    (tmp_path / "app" / "venv").mkdir(parents=True)
    (tmp_path / "app" / "venv" / "staging-abc").symlink_to(ROOT / ".venv")
    config = yaml.safe_load((ROOT / "deploy/beanstalk/.ebextensions/twitter-trends.config").read_text())
    defaults = config["option_settings"]["aws:elasticbeanstalk:application:environment"]
    assert defaults["PORT"] == "8000"
    said = {"STORAGE_URL": f"file:{data}", "SECRET_KEY": "s" * 32, "PUBLIC_URL": "https://trends.example.org"}
    return Instance(tmp_path, {**defaults, **said, **HOSTILE, "PORT": str(free_port())}, free_port())


def unpack(bundle: Path, folder: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
        for info in archive.infolist():
            (folder / info.filename).chmod(info.external_attr >> 16 & 0o777)


def test_cron_reads_the_same_settings_as_the_pages(bundle: Path, instance: Instance) -> None:
    """Whatever a property holds, .env says it again, and nobody but the pages' user may read it."""
    instance.deploy(bundle)
    file = instance.app / "current" / ".env"

    assert dotenv_values(file) == instance.properties
    assert S_IMODE(file.stat().st_mode) == 0o400
    assert "chown webapp .env.part" in instance.done
    assert not list((instance.app / "current").glob("*.part"))


def test_changed_settings_reach_cron_without_a_deployment(bundle: Path, instance: Instance) -> None:
    """The platform then runs the other hooks, in the folder that is live; what was taken away is gone."""
    instance.deploy(bundle)
    changed = replace(
        instance, properties={"STORAGE_URL": "s3://other", "PUBLIC_URL": "http://x.example.org"}
    )
    changed.run_hooks("current", "confighooks", "predeploy")

    assert dotenv_values(instance.app / "current" / ".env") == changed.properties
    assert "return" not in (instance.app / "nginx" / "https.conf").read_text()


def test_cron_collects_topics_once_there_is_a_feed_of_them(bundle: Path, instance: Instance) -> None:
    """The line that is shipped with a mark is a job where TOPICS_URL says something."""
    asked = replace(instance, properties={**instance.properties, "TOPICS_URL": "https://feed.example/a?id=1"})
    jobs = []
    for one in (instance, asked):
        one.deploy(bundle) if one is instance else one.run_hooks("current", "confighooks", "predeploy")
        one.run_hooks("current", "hooks", "postdeploy")
        lines = (instance.folder / "done.crontab").read_text().splitlines()
        jobs.append([line for line in lines if line.startswith("*/15") and "collector topics" in line])

    assert [len(found) for found in jobs] == [0, 1]


def test_cron_is_installed_and_its_lines_run(bundle: Path, instance: Instance) -> None:
    """Each line of our crontab runs in the live folder by the platform's Python, as cron would run it."""
    instance.deploy(bundle)
    instance.run_hooks("current", "hooks", "postdeploy")
    lines = (instance.folder / "done.crontab").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines if re.match("[A-Z]+=", line))
    command = next(line.split(None, 5)[5] for line in lines if line.endswith("logger -t twitter-trends"))

    environ = {**variables, "PATH": instance.environ["PATH"], "DONE": instance.environ["DONE"]}
    subprocess.run(["/bin/sh", "-c", command], env=environ, cwd="/", check=True)

    assert "dnf install -y -q cronie\nsystemctl enable --now crond\n" in instance.done
    assert "crontab -u webapp -\n" in instance.done
    assert [line for line in lines if "twitter-trends" in line and "* * *" in line]
    assert "rror" not in (instance.folder / "done.logger").read_text()


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://",
        "https://a b",
        "https://a;b",
        "https://a$b",
        "https://a\nhttps://b",
        "",
        "https://-",
    ],
)
def test_an_odd_address_leads_nobody_to_https(url: str) -> None:
    """Only an address of plain signs becomes a rule of nginx."""
    program = ROOT / "deploy" / "beanstalk" / ".platform" / "settings.py"
    said = json.dumps({"PUBLIC_URL": url})

    ran = subprocess.run(
        ["python3", program, "nginx"], input=said, capture_output=True, text=True, check=True
    )

    assert ran.stdout.startswith("# ")
    assert ran.stdout.count("\n") == 1


@dataclass(frozen=True)
class Front:
    """What answers on the machine's port 80, and the process of it."""

    server: Client
    process: "subprocess.Popen[bytes]"
    logs: Path

    def ask(self, path: str, **headers: str) -> Answer:
        """Send one request as a load balancer passes it on."""
        return self.server.ask(path, X_Forwarded_For="203.0.113.9", **headers)


@pytest.fixture
def front(bundle: Path, instance: Instance) -> Iterator[Front]:
    """Run the Procfile's command, and nginx by the bundle's files, before and behind one another."""
    if NGINX is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    instance.deploy(bundle)
    folder = staged_nginx(instance)
    with web(instance) as log, nginx_in(folder, instance.port) as process:
        until(log.read_text, lambda said: "Booting worker" in said)
        server = Client(instance.port)
        yield Front(server, process, folder)


@contextmanager
def web(instance: Instance) -> Iterator[Path]:
    """Start the Procfile's command as the platform's unit does; give the path of its log."""
    current = instance.app / "current"
    command = (current / "Procfile").read_text().partition("web: ")[2].strip()
    programs = next((instance.app / "venv").iterdir()) / "bin"
    environ = {**instance.properties, "PATH": f"{programs}:/usr/bin:/bin"}
    log = instance.folder / "web.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=current,
            env=environ,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            yield log
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def staged_nginx(instance: Instance) -> Path:
    """Bring the bundle's nginx files to their place, with this test's ports and folders; return the place."""
    folder = instance.folder / "etc-nginx"
    shutil.copytree(instance.app / "current" / ".platform" / "nginx", folder)
    (folder / "healthd").mkdir()
    gunicorn_port = int(instance.properties["PORT"])
    changes = {
        "nginx.conf": {
            "user nginx;": user(),
            "pid /run/": f"pid {folder}/",
            "/var/log/nginx/error.log": f"{folder}/error.log",
            "sendfile on;": f"sendfile on; {temporary(folder)}",
        },
        "conf.d/twitter-trends.conf": rule_changes(folder, instance.port, gunicorn_port)
        | {"set_real_ip_from 10.0.0.0/8;": "set_real_ip_from 127.0.0.1;"},
        "twitter-trends/beanstalk.conf": {"/var/log/nginx": str(folder), "/var/app": str(instance.app)},
    }
    for name, said in changes.items():
        (folder / name).write_text(here((folder / name).read_text(), said))
    return folder


def test_readers_get_the_page_packed_kept_and_safe(front: Front) -> None:
    """The second reader's page comes from nginx, packed, with each header of safety once."""
    first, second = (front.ask("/", Accept_Encoding="gzip", X_Forwarded_Proto="https") for _ in range(2))

    assert gzip.decompress(second.body) == gzip.decompress(first.body) == PAGE
    assert [answer.headers["X-Cache-Status"] for answer in (first, second)] == ["MISS", "HIT"]
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"):
        assert second.headers[name] == first.headers[name]
        assert "," not in second.headers[name] or name == "Content-Security-Policy"


def test_readers_without_tls_are_led_to_it(front: Front) -> None:
    """What the load balancer got on port 80 is answered with PUBLIC_URL's address, never with the asker's."""
    answer = front.ask("/tags/a?b=c", X_Forwarded_Proto="http", Host="evil.example")

    assert answer.status == 308
    assert answer.headers["Location"] == "https://trends.example.org/tags/a?b=c"
    assert front.ask("/healthz").status == 200


def test_logs_name_the_reader_and_no_key(front: Front, instance: Instance) -> None:
    """Both of nginx's logs and gunicorn's say who asked, behind the balancer, and hide readers' links."""
    front.ask(f"/manage/{KEY}", X_Forwarded_Proto="https")
    front.process.send_signal(signal.SIGUSR1)
    (health,) = until(lambda: list((front.logs / "healthd").glob("application.log.2*")), bool)
    access, web_log = front.logs / "access.log", instance.folder / "web.log"
    asked = [
        until(log.read_text, lambda said: "/manage/(hidden)" in said) for log in (health, access, web_log)
    ]

    said = "".join((*asked, (front.logs / "error.log").read_text()))
    assert KEY not in said
    assert re.search(r'^[0-9.]+"/manage/\(hidden\)"\d{3}"[0-9.]+"[0-9.]+"203\.0\.113\.9$', asked[0], re.M)
    assert [
        log for log in asked if not re.search(r"203\.0\.113\.9.*/manage/\(hidden\)|hidden.*203\.0\.113", log)
    ] == []
