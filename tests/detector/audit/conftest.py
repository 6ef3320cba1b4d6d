"""Fakes for audits: judges that are quick, and that die, hang and fail when an article says so."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from detector.audit.place import Place, Server

# Worker processes must be able to import them, so they are found by path and not by way of pytest.
sys.path.insert(0, str(Path(__file__).parent / "fakes"))


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty database on a real server, as .ci/postgresql.sh starts one."""
    server = os.environ.get("UNSPIN_POSTGRESQL", "")
    if not server:
        pytest.skip("no PostgreSQL server: UNSPIN_POSTGRESQL holds no address")
    psycopg = pytest.importorskip("psycopg")
    name = f"test_{uuid4().hex[:16]}"
    with psycopg.connect(server, autocommit=True) as sql:
        sql.execute(f"CREATE DATABASE {name}")
        yield f"{server.rpartition('/')[0]}/{name}"
        sql.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a store is: a file, and then a database."""
    return tmp_path / "audit.sqlite" if request.param == "file" else Server(request.getfixturevalue("database"))
