"""Rules for `python -m report artefacts`, in a folder and in S3."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.s3_storage import S3Storage
from report.storage import Storage
from tests.s3_server import variables_of

NAME = "models/sentiment"


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Each kind of storage, empty, and the one the commands use."""
    monkeypatch.chdir(tmp_path)
    if request.param == "folder":
        return DirectoryStorage(tmp_path / "data")
    bucket = request.getfixturevalue("bucket")
    for name, value in variables_of(request.getfixturevalue("s3_endpoint")).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STORAGE_URL", f"s3://{bucket}")
    return S3Storage(request.getfixturevalue("s3"), bucket)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["artefacts", *arguments])


def saved(body: bytes, *arguments: str) -> str:
    """Save a model; return its version."""
    Path("model.onnx").write_bytes(body)
    result = run("save", NAME, "model.onnx", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.partition("version ")[2].partition(",")[0]


def test_a_model_is_saved_listed_rolled_back_and_got(storage: Storage) -> None:
    """What the commands keep is what they give, version by version."""
    first, second = saved(b"one", "--fact", "Trained=2026-11-19"), saved(b"two")

    lines = run("list", NAME).stdout.splitlines()
    assert [line[:18] for line in lines] == [f"  {first}", f"* {second}"]
    assert json.loads(lines[0].partition("{")[1] + lines[0].partition("{")[2])["trained"] == "2026-11-19"
    assert run("rollback", NAME).stdout.endswith(f"the latest version is {first}\n")
    assert run("get", NAME, "now").exit_code == 0
    assert run("get", NAME, "then", "--version", second[:6]).exit_code == 0
    assert (Path("now").read_bytes(), Path("then").read_bytes()) == (b"one", b"two")
    assert run("rollback", NAME, second).exit_code == 0
    assert run("verify", NAME).stdout == "1 artefact: all is as it was saved\n"


def test_what_was_changed_is_never_handed_out(storage: Storage) -> None:
    """A changed file is found by verify, and get leaves neither it nor a half file."""
    version = saved(b"one")
    key = f"{NAME}-{version}.onnx"
    storage.put(key, b"evil")
    storage.put("models/notes.json", b"{}")
    storage.put("models/gone.json", storage.get(f"{NAME}.json").replace(NAME.encode(), b"models/gone"))

    refused = run("get", NAME, "back")
    assert refused.exit_code == 1
    assert f"{key} has the SHA-256" in refused.stderr
    assert {path.name for path in Path().iterdir()} - {"data"} == {"model.onnx"}
    verified = run("verify", "models/")
    assert verified.exit_code == 1
    assert f"{key} has the SHA-256" in verified.stderr
    assert f"models/gone-{version}.onnx is gone" in verified.stderr
    assert "2 artefacts cannot be verified, 0 can" in verified.stderr


def test_a_broken_manifest_is_found(storage: Storage) -> None:
    """verify notices a manifest that was overwritten, by the files beside it; others pass."""
    saved(b"one")
    storage.put(f"{NAME}.json", b"{")
    Path("other").write_bytes(b"x")
    run("save", "models/sentiment-en", "other")

    verified = run("verify", "models/")

    assert f"{NAME}.json is no manifest of ours" in verified.stderr
    assert "1 artefact cannot be verified, 1 can" in verified.stderr


@pytest.mark.parametrize("arguments", [("list",), ("rollback",), ("verify",), ("get", "file")])
def test_what_was_never_saved_is_said(storage: Storage, arguments: tuple[str, ...]) -> None:
    """A slip in the name is one line and status 1."""
    command, *more = arguments
    result = run(command, "models/absent", *more)

    assert result.exit_code == 1
    assert "models/absent.json" in result.stderr
    assert run("verify", "nothing/").exit_code == 1


def test_a_pickle_is_refused(storage: Storage) -> None:
    """The reason and the way out are said, and nothing is kept."""
    Path("model.pkl").write_bytes(b"")
    result = run("save", NAME, "model.pkl")

    assert result.exit_code == 1
    assert "Parquet, JSON, ONNX or safetensors" in result.stderr
    assert list(storage.list()) == []
