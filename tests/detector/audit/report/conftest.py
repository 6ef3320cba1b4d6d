"""Stores made by hand: each row says what it needs, the rest is plain."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from audit_report_store import MARKS, PLAIN, SIGNATURE, TEXT, Fill, failed

from detector.audit.store import Store


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Give a function that makes a store of rows; `story` is the row's own number unless it is given."""

    def make(
        *rows: Mapping[str, Any], rate: float | None = 0.005, name: str = "audit.sqlite", text: str | None = None
    ) -> Path:
        path = tmp_path / name
        with Store.open(path) as store:
            sql = store.connection.connection.cursor()
            sql.execute("BEGIN")
            sql.execute("INSERT INTO models VALUES (1, ?, ?, ?, 0.02, 2833)", (SIGNATURE, '["a", "b"]', rate))
            sql.execute(
                "INSERT INTO runs (id, started, sources, settings) VALUES (1, '2026-11-10T03:00:00Z', '[]', '{}')"
            )
            for number, row in enumerate(rows, start=1):
                columns = {**PLAIN, "id": number, "key": str(number).encode(), "story": number, **row}
                marks = columns.pop("evidence", MARKS)
                kept = columns.pop("text", text)
                sql.execute(
                    f"INSERT INTO articles ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 - our own
                    list(columns.values()),
                )
                if columns["error"] is None:
                    told = marks if isinstance(marks, str) else json.dumps(marks)
                    sql.execute(
                        "INSERT INTO details VALUES (?, '[1.5, null]', '{\"fluency\": 40}', ?, ?)", (number, told, kept)
                    )
            sql.execute("COMMIT")
        return path

    return make


@pytest.fixture
def spun() -> dict[str, Any]:
    """What makes a row a spun article."""
    return {"label": "spun", "probability": 0.99}


@pytest.fixture
def desk(fill: Fill) -> Path:
    """A store with a bit of everything: three outlets, one of them far beyond false alarms."""
    spun_, suspect = {"label": "spun", "probability": 0.99}, {"label": "suspect", "probability": 0.8}
    rows: list[dict[str, Any]] = [
        {"origin": "Mill", "date": f"2026-11-{day:02}", **(spun_ if day % 2 else {})} for day in range(1, 29)
    ]
    rows += [{"origin": "Herald", "author": "Jane Doe", "date": f"2026-11-{1 + n % 28:02}"} for n in range(200)]
    rows += [{"origin": "Tiny", **spun_}, {"origin": "Tiny"}, {"origin": "Herald", **suspect}]
    rows += [{"label": "too_short", "probability": None}, {"label": "not_english", "probability": None}]
    rows += [failed("fetch", "https://x.example/: no answer."), failed("fetch", "https://y.example/: no answer.")]
    made: Path = fill(*rows, text=TEXT)
    return made
