"""The tables of the documentation that show records of the code are as the records are."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "tables.py"


def tables() -> ModuleType:
    """The script, which is in no package."""
    spec = importlib.util.spec_from_file_location("documentation_tables", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["spinners.md", "sources.md", "reference.md"])
def test_table_is_up_to_date(page: str) -> None:
    """If this fails, run `python docs/tables.py`."""
    made = tables().page_with_table(page)
    assert made.count("\n| ") > 10
    assert (SCRIPT.parent / page).read_text(encoding="utf-8") == made


def test_every_table_is_tested() -> None:
    """The script writes no other page."""
    assert list(tables().TABLES) == ["spinners.md", "sources.md", "reference.md"]
