"""Bylines in the store: only where they were asked for, in a file and on a server."""

import json
from pathlib import Path
from typing import Any

import pytest
from audit_fakes import FakeMaker
from sqlalchemy import inspect, text

from detector import load_audit
from detector.audit import Store, audit
from detector.audit.place import Place
from detector.cli import main

JANE = {"text": "CLEAN one", "author": "By Jane Doe", "url": "https://mill.example/1"}
TWIN = {"text": "CLEAN one", "author": "John Roe", "url": "https://mill.example/2"}
BROKEN = {"text": "TOO LONG", "author": "Jane Doe", "url": "https://mill.example/3"}


@pytest.fixture
def source(tmp_path: Path) -> str:
    """A story by Jane Doe, the same record by John Roe elsewhere, and one that cannot be judged."""
    path = tmp_path / "feed.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in (JANE, TWIN, BROKEN)), encoding="utf-8")
    return str(path)


def authors(source: str, place: Place, **more: Any) -> list[str | None]:  # noqa: ANN401 - what an audit takes
    """The bylines that the store holds after an audit."""
    list(audit([source], store=place, jobs=0, checker=FakeMaker(), **more))
    with Store.open(place, read_only=True) as store:
        return [stored.row.author for stored in store.rows()]


def test_no_person_is_stored_unasked(source: str, place: Place) -> None:
    """The byline is left out, of articles, of copies and of errors."""
    assert authors(source, place) == [None, None, None]


def test_bylines_are_stored_when_asked_for(source: str, place: Place) -> None:
    """Each article has its own, whoever's verdict it shares."""
    assert authors(source, place, by_author=True) == ["Jane Doe", "John Roe", "Jane Doe"]
    assert load_audit(place)["author"].tolist() == ["Jane Doe", "John Roe", "Jane Doe"]


def test_a_store_without_bylines_takes_them(source: str, place: Place, tmp_path: Path) -> None:
    """A store of the version before is brought up to date: on a server as in a file."""
    authors(source, place)
    with Store.open(place) as store:
        store.connection.execute(text("ALTER TABLE articles DROP COLUMN author"))
        older = "UPDATE format SET version = 3" if "postgresql" in str(place) else "PRAGMA user_version = 3"
        store.connection.execute(text(older))
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({**JANE, "text": "CLEAN two"}) + "\n", encoding="utf-8")
    assert authors(str(other), place, by_author=True)[-1] == "Jane Doe"
    with Store.open(place, read_only=True) as store:
        (kind,) = (
            each["type"] for each in inspect(store.connection).get_columns("articles") if each["name"] == "author"
        )
    assert getattr(kind, "collation", None) == ("C" if "postgresql" in str(place) else None)


def test_naming_the_column_asks_for_bylines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option of the command, and the one that it implies."""
    seen: list[dict[str, Any]] = []

    def record(*_: object, **settings: Any) -> list[object]:  # noqa: ANN401 - what an audit takes
        seen.append(settings)
        return []

    monkeypatch.setattr("detector.audit.audit", record)
    source, store = str(tmp_path / "feed.jsonl"), str(tmp_path / "audit.sqlite")
    for more in ([], ["--by-author"], ["--author-column", "signed"]):
        main(["audit", source, "--store", store, "--quiet", *more])
    assert [each["by_author"] for each in seen] == [False, True, True]
    assert seen[-1]["options"].columns.author == "signed"
