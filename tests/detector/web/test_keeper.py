"""Kept results: what is stored, for how long, who may read it, and files that cannot be used."""

import json
import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from detector.cli import Exit, main
from detector.web.keeper import MOST_NOTE, Keeper, KeepError

Serving = Callable[..., Any]
VIEW = json.dumps({"title": "Talks end", "article": "secret words " * 2_000}).encode()
DAY = 86_400


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "results.sqlite"


@pytest.fixture
def keeper(path: Path) -> Iterator[Keeper]:
    """Keep results for 30 days."""
    with closing(Keeper(path, 30)) as made:
        yield made


def test_a_result_with_status_and_notes(keeper: Keeper) -> None:
    """It is given back as it came; colleagues add to it."""
    id_ = str(keeper.add(VIEW)["id"])
    assert len(id_) == 22
    keeper.change(id_, status="asked")
    case = keeper.change(id_, note=" Called her. \ud800", by="K")
    assert case["status"] == "asked"
    assert [(note["by"], note["text"]) for note in case["notes"]] == [("K", "Called her. ?")]  # type: ignore[attr-defined]
    keeper.attach(id_, b'{"rows": []}')
    kept = keeper.get(id_)
    assert (kept.view, kept.comparison, kept.case) == (VIEW, b'{"rows": []}', case)
    assert keeper.remove_note(id_, 1)["notes"] == []


def test_what_does_not_exist(keeper: Keeper) -> None:
    """No result is at a guessed address, and a bad change alters nothing."""
    id_ = str(keeper.add(VIEW)["id"])
    for work in (keeper.get, keeper.remove, keeper.change, lambda each: keeper.attach(each, b"{}")):
        with pytest.raises(LookupError):
            work(id_[:-1])
    for change in ({"status": "gone"}, {"note": "x" * (MOST_NOTE + 1)}, {"by": "x" * 101}):
        with pytest.raises(ValueError, match=r"no such status|A note has"):
            keeper.change(id_, **change)
    assert keeper.get(id_).case["status"] == "open"


def test_too_many_notes(keeper: Keeper) -> None:
    """A result takes a limited number."""
    id_ = str(keeper.add(VIEW)["id"])
    for number in range(200):
        keeper.change(id_, note=str(number))
    with pytest.raises(ValueError, match="200 notes"):
        keeper.change(id_, note="one more")


def test_deleted_results_leave_nothing(keeper: Keeper, path: Path) -> None:
    """Neither the row nor its bytes stay in the file, and its notes go as well."""
    marker = os.urandom(40_000)
    id_ = str(keeper.add(marker)["id"])
    keeper.change(id_, note="a note that must go")
    keeper.remove(id_)
    with pytest.raises(LookupError):
        keeper.get(id_)
    data = path.read_bytes()
    assert marker[1_000:1_100] not in data
    assert b"a note that must go" not in data


def test_time_is_over(path: Path) -> None:
    """An old result is not given, even before it is deleted; then it is deleted."""
    now = [1_000_000.0]
    with closing(Keeper(path, 30, clock=lambda: now[0])) as keeper:
        id_ = str(keeper.add(VIEW)["id"])
        now[0] += 30 * DAY - 1
        assert keeper.get(id_).view == VIEW
        now[0] += 2
        with pytest.raises(LookupError):
            keeper.get(id_)
        keeper.forget_old()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM results").fetchone() == (0,)


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_only_the_owner_may_read(path: Path) -> None:
    """The mode is 600, also of a file that was wider."""
    before = os.umask(0)
    try:
        Keeper(path, 30).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        Keeper(path, 30).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_several_threads(keeper: Keeper) -> None:
    """All results of all threads are kept."""
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.extend(str(keeper.add(VIEW)["id"]) for _ in range(20))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({keeper.get(id_).case["id"] for id_ in ids}) == 80


# --- files that cannot be used


def of_text(path: Path) -> None:
    """Write a file that is no database."""
    path.write_text("no database " * 100)


def of_another_program(path: Path) -> None:
    """Write a database of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE results (id)")


def of_another_version(path: Path) -> None:
    """Write a file of a newer unspin."""
    Keeper(path, 30).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def damaged(path: Path) -> None:
    """Overwrite the middle of a file."""
    with closing(Keeper(path, 30)) as keeper:
        for _ in range(20):
            keeper.add(os.urandom(20_000))
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40_000)


def folder(path: Path) -> None:
    """Make a folder."""
    path.mkdir()


BAD = [
    (of_text, "no file of results"),
    (of_another_program, "of another kind"),
    (of_another_version, "another version of unspin"),
    (damaged, "damaged"),
    (folder, "this is a folder"),
]


def test_a_damaged_table_name(path: Path) -> None:
    """SQLite names the table in its error, in whatever bytes it has."""
    Keeper(path, 30).close()
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE notes", b"CREATE TABLX not\xed\x80"))
    with pytest.raises(KeepError, match="the file is damaged"):
        Keeper(path, 30)


@pytest.mark.parametrize(
    "change",
    [
        "made = 'soon'",
        "made = 1e300",
        "status = x'35'",
        "view = 5",
        "view = 'text'",
        "view = x'00'",
        "comparison = x'789c'",
        "notes.made = 'x'",
        "notes.text = NULL",
        "notes.by = x'ff'",
    ],
)
def test_a_damaged_result_is_one_sentence(serving: Serving, path: Path, change: str) -> None:
    """A file from elsewhere may hold anything in its columns. Other results can still be used."""
    with closing(Keeper(path, 30)) as keeper:
        first, second = (str(keeper.add(VIEW)["id"]) for _ in range(2))
        keeper.change(first, note="n", by="K")
    setting = change.removeprefix("notes.")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '')"
        )
        where = f"result = '{first}'" if "notes." in change else f"id = '{first}'"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {'notes' if 'notes.' in change else 'results'} SET {setting} WHERE {where}")  # noqa: S608 - our own
    server = serving(keep=path)
    answer = server.ask("GET", f"/page/results/{first}")
    assert answer.kind == "part-missing"
    assert "is damaged" in answer.json["detail"]
    assert server.ask("GET", f"/page/results/{second}").status == 200


def test_a_result_that_unpacks_to_far_too_much(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not fill the memory."""
    id_ = str(keeper.add(b"x" * 200_000)["id"])
    monkeypatch.setattr("detector.web.keeper._MOST_UNPACKED", 100_000)
    with pytest.raises(KeepError, match="is damaged"):
        keeper.get(id_)


@pytest.mark.parametrize(("spoil", "said"), BAD, ids=lambda each: getattr(each, "__name__", None))
def test_a_bad_file_ends_the_command_with_one_sentence(
    capsys: pytest.CaptureFixture[str], path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    """Before anything starts, with exit code 2; the file is not altered."""
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    assert main(["serve", "--port", "0", "--keep", str(path)]) == Exit.FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"unspin: {path}: ")
    assert said in err
    assert err.count("\n") == 1
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_missing_folder(path: Path) -> None:
    """The sentence names it."""
    with pytest.raises(KeepError, match="does not exist"):
        Keeper(path.parent / "no" / path.name, 30)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child process gives up its rights as POSIX has it")
@pytest.mark.parametrize("made", [False, True])
def test_a_read_only_folder(path: Path, made: bool) -> None:
    """Neither a new file nor an earlier one can be used there."""
    path.parent.parent.chmod(0o755)
    if made:
        Keeper(path, 30).close()
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
    path.parent.chmod(0o555)
    child = os.fork()
    if child == 0:  # pragma: no cover - a process of its own
        code = 1
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            Keeper(path, 30)
        except KeepError as error:
            code = 0 if "ermission" in str(error) or "read-only" in str(error) else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    path.parent.chmod(0o755)
    assert os.waitstatus_to_exitcode(status) == 0


def test_locked_by_another_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command does not wait for ever."""
    monkeypatch.setattr("detector.web.keeper._BUSY_SECONDS", 0.1)
    Keeper(path, 30).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(KeepError, match="another program has locked"):
            Keeper(path, 30)


def test_a_full_disk(keeper: Keeper) -> None:
    """What was kept before stays, the sentence says so, and later results are kept again."""
    id_ = str(keeper.add(VIEW)["id"])
    keeper._connection.execute("PRAGMA max_page_count = 20")
    with pytest.raises(KeepError, match="disk is full"):
        keeper.add(os.urandom(200_000))
    assert keeper.get(id_).view == VIEW
    keeper._connection.execute("PRAGMA max_page_count = 100000")
    keeper.add(os.urandom(200_000))


# --- over HTTP


def test_without_keep_nothing_is_stored(plain: Any) -> None:  # noqa: ANN401 - a server; see conftest
    """An answer has no address, and the routes say how to switch them on."""
    assert "kept" not in plain.post("/page/check", {"text": "Talks ended."}).json
    for method in ("GET", "POST", "DELETE"):
        answer = plain.ask(method, "/page/results/abc", b"{}")
        assert answer.kind == "not-here"
        assert "--keep" in answer.json["detail"]
    assert plain.ask("GET", "/page/settings").json["keep_days"] == 0


def test_over_http(serving: Serving, path: Path) -> None:
    """A checked article has an address, which opens, changes and deletes it, and nothing of it is logged or counted."""
    server = serving(keep=path, keep_days=7)
    assert server.ask("GET", "/page/settings").json["keep_days"] == 7
    case = server.post("/page/check", {"text": "Talks ended.", "source": "a.txt"}).json["kept"]
    place = f"/page/results/{case['id']}"
    changed = server.post(place, {"status": "settled", "note": "<b>fine</b>", "by": "K"})
    assert changed.json["status"] == "settled"
    found = server.ask("GET", place)
    assert found.headers["cache-control"] == "no-store"
    assert found.json["case"] == changed.json
    assert found.json["view"]["source"] == "a.txt"
    assert server.ask("DELETE", f"{place}/notes/1").json["notes"] == []
    assert server.post(place, {"status": "nonsense"}).kind == "bad-request"
    for number in ("9" * 20, "9" * 5000, "x", "-1"):
        assert server.ask("DELETE", f"{place}/notes/{number}").kind == "bad-request"
    assert server.post(place, {"state": "open"}).kind == "bad-request"
    assert case["id"] not in server.ask("GET", "/metrics").body.decode()
    assert server.ask("DELETE", place).status == 204
    assert server.ask("GET", place).kind == "not-found"
    # The API stores nothing.
    assert "kept" not in server.post("/v1/check", {"text": "Talks ended."}).json


def test_the_token_is_needed_as_everywhere(serving: Serving, path: Path) -> None:
    """An address alone opens nothing."""
    token = "a-token-that-nobody-guesses"  # noqa: S105 - opens this server only
    server = serving(keep=path, token=token)
    key = {"Authorization": f"Bearer {token}"}
    case = server.post("/page/check", {"text": "Talks ended."}, **key).json["kept"]
    place = f"/page/results/{case['id']}"
    for method in ("GET", "POST", "DELETE"):
        assert server.ask(method, place, b"{}").kind == "no-token"
    assert server.ask("GET", place, headers=key).status == 200


def test_a_verdict_survives_a_file_that_fails(serving: Serving, path: Path) -> None:
    """The answer comes, and says that it was not kept."""
    server = serving(keep=path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DROP TABLE notes")
        other.execute("DROP TABLE results")
    answer = server.post("/page/check", {"text": "Talks ended."})
    assert answer.status == 200
    assert "not kept" in answer.json["kept"]["error"]


def test_the_keeper_keeps_what_the_server_made(serving: Serving, path: Path) -> None:
    """Of a comparison, the server's own answer is kept; a result that is gone costs no comparison."""
    server = serving(keep=path)
    case = server.post("/page/check", {"text": "Talks ended."}).json["kept"]
    both = {"text": "Talks ended.", "original": "Talks closed."}
    made = server.post("/page/compare", {**both, "result": case["id"]})
    assert server.ask("GET", f"/page/results/{case['id']}").json["comparison"] == made.json
    assert server.post("/page/compare", {**both, "result": "gone"}).status == 200
