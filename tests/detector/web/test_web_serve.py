"""`unspin serve` as a command: when it refuses to start, and how it ends."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import detector
from detector.cli import Exit, main
from detector.web.guard import LOG
from detector.web.settings import Settings, SettingsError

Server = Any
Serving = Callable[..., Server]
"""Starts a server; see conftest."""

PACKAGES = Path(detector.__file__).parents[1]


@pytest.fixture(autouse=True)
def _own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the logging to this test's stderr; later tests have another stderr."""
    for name in ("handlers", "level", "propagate"):
        monkeypatch.setattr(LOG, name, getattr(LOG, name))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Returns the sentence of a command that does not start and ends with exit code 2."""
    assert main(["serve", "--port", "0", *arguments]) == Exit.FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("unspin: ")
    assert err.count("\n") == 1
    return err


def test_other_machines_are_let_in_with_a_token_only(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Any address except loopback, and any public name, needs a token. Short tokens are refused."""
    assert "token" in refused(capsys, "--host", "0.0.0.0")  # noqa: S104 - it is refused
    assert "token" in refused(capsys, "--host", "::")
    assert "token" in refused(capsys, "--name", "news.example.org")
    short = tmp_path / "token"
    short.write_text("short\n")
    assert "16 or more" in refused(capsys, "--token-file", str(short))
    short.write_text("\n")
    assert "empty" in refused(capsys, "--token-file", str(short))
    short.write_text("a token with blanks in it")
    assert "letters and digits" in refused(capsys, "--token-file", str(short))
    assert "cannot be read" in refused(capsys, "--token-file", str(tmp_path / "missing"))


def test_a_token_makes_it_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token comes from a file or the environment, and is removed from the environment."""
    from detector.cli.serve import _token

    monkeypatch.setenv("UNSPIN_TOKEN", "0123456789abcdef")
    token = _token(None)
    assert Settings(host="0.0.0.0", token=token).token == "0123456789abcdef"  # noqa: S104, S105
    assert "UNSPIN_TOKEN" not in os.environ
    with pytest.raises(SettingsError):
        Settings(host="192.0.2.1")


def test_an_address_that_cannot_be_had_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A port in use and a name that is not an address are reported."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == Exit.FAILED
    assert "--port" in capsys.readouterr().err
    assert "--host" in refused(capsys, "--host", "127.0.0.256.invalid", "--token-file", str(_token_file(tmp_path)))


def _token_file(folder: Path) -> Path:
    path = folder / "token"
    path.write_text("0123456789abcdef\n")
    return path


def test_a_store_that_is_none_is_told_before_anything_starts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A missing store and another file are reported."""
    assert "missing.sqlite" in refused(capsys, "--store", str(tmp_path / "missing.sqlite"))
    other = tmp_path / "other.sqlite"
    other.write_text("no database " * 100)
    assert "other.sqlite" in refused(capsys, "--store", str(other))


def test_thresholds_that_are_none_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A worker detects the error, and the command reports it."""
    assert "missing.json" in refused(capsys, "--grammar", "none", "--thresholds", str(tmp_path / "missing.json"))


def test_a_missing_extra_is_one_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says what to install."""

    def found(name: str) -> object:
        return None if name == "fastapi" else find_spec(name)

    monkeypatch.setattr("detector.extras.find_spec", found)
    said = refused(capsys)
    assert said.startswith("unspin: unspin serve needs fastapi, which")
    assert "-m pip install" in said


@pytest.mark.parametrize("damage", ["missing", "damaged", "no manifest"])
def test_a_missing_or_damaged_model_ends_it_with_one_sentence(tmp_path: Path, damage: str) -> None:
    """A worker detects it. The command reports it with exit code 2 and no traceback."""
    copy = tmp_path / "detector"
    shutil.copytree(PACKAGES / "detector", copy, ignore=shutil.ignore_patterns("__pycache__", "page"))
    if damage == "missing":
        (copy / "artefact" / "model.skops").unlink()
    elif damage == "damaged":
        (copy / "artefact" / "weights.json").write_text("{}")
    else:
        (copy / "artefact" / "manifest.json").unlink()
    ended = subprocess.run(
        [sys.executable, "-m", "detector", "serve", "--port", "0", "--grammar", "none"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{PACKAGES}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == Exit.FAILED
    assert ended.stderr.startswith("unspin: the model")
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_sigterm_ends_the_command_with_its_workers() -> None:
    """The exit code is 0, and no process remains."""
    command = [sys.executable, "-m", "detector", "serve", "--port", "0", "--workers", "1", "--grammar", "none"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=PACKAGES) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        found = re.match(r"unspin: listening on http://127\.0\.0\.1:(\d+)/ \(stop with Ctrl-C\)\n", line)
        assert found, line
        children = _children(server.pid)
        server.send_signal(signal.SIGTERM)
        said = server.stderr.read()
        assert server.wait(30) == 0
    assert said == ""
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def _children(parent: int) -> list[int]:
    """Returns all descendants of a process; none if the system does not list them."""
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    if not listed.exists():
        return []
    first = [int(number) for number in listed.read_text().split()]
    return first + [grandchild for child in first for grandchild in _children(child)]


def test_stopping_finishes_what_runs_and_takes_no_more(serving: Serving) -> None:
    """The running request is answered; new ones are refused."""
    server = serving()
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(server.post("/v1/check", {"text": "sleep 1"}).status))
    asking.start()
    while server.metric("unspin_workers_busy") == 0:
        time.sleep(0.01)
    server.begin_to_stop()
    asking.join(30)
    assert answers == [200]
    server.close()
    with pytest.raises(ConnectionError):
        server.ask("GET", "/healthz")


def test_stopping_ends_a_batch_after_the_lines_under_way(serving: Serving) -> None:
    """The last answer names the first line that was not checked."""
    server = serving()
    lines = b"".join(b'{"text": "sleep 0.3"}\n' for _ in range(60))
    with closing(server.connect()) as connection:
        connection.request("POST", "/v1/check/batch", lines, {"Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        first = json.loads(answer.readline())
        server.begin_to_stop()
        rows = [first, *(json.loads(line) for line in answer.read().splitlines())]
    assert [row["line"] for row in rows[:-1]] == list(range(1, len(rows)))
    assert len(rows) < 30
    assert rows[-1]["schema"] == "unspin.error/1"
    assert f"Lines from {len(rows)} on were not checked" in rows[-1]["error"]


def test_the_version_is_told_to_who_may_ask(plain: Server) -> None:
    """The version is in the OpenAPI document, not in a header."""
    assert plain.ask("GET", "/openapi.json").json["info"]["version"] == version("unspin")


@pytest.mark.parametrize("name", ["unspin.service", "Containerfile", "nginx.conf"])
def test_the_examples_for_servers_name_what_there_is(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The examples use existing options and routes, and the default port."""
    text = (PACKAGES / "docs" / "examples" / name).read_text(encoding="utf-8")
    main(["serve", "--help"])
    shown = capsys.readouterr().out
    command = re.split(r"bin/unspin\W+serve\b", text)[-1] if "bin/unspin" in text else ""
    used = re.findall(r"(?<![\w-])--[a-z-]+", command)
    assert all(f"{option} " in shown for option in used)
    assert (name == "nginx.conf") == (not used)
    assert str(Settings().port) in text
    assert set(re.findall(r"/v1/[a-z/]+", text)) <= {"/v1/check/batch"}
