"""Every notebook runs from its first cell to its last, on what is in the repository."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.py"))


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The notebooks with their outputs, as .ci/run has just run them for the documentation, or run now."""
    if os.environ.get("UNSPIN_DOCS") == "built":
        out = NOTEBOOKS.parent / "docs" / "notebooks"
    else:
        pytest.importorskip("nbclient")
        out = tmp_path_factory.mktemp("notebooks")
        command = [sys.executable, str(NOTEBOOKS / "run.py"), "--out", str(out)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        assert ran.returncode == 0, ran.stderr
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*.ipynb")}


def outputs(notebook: dict[str, Any]) -> list[Any]:
    """What all cells of a notebook gave."""
    return [output for cell in notebook["cells"] if cell["cell_type"] == "code" for output in cell["outputs"]]


def test_there_are_eight() -> None:
    """A notebook that is not named as the others would not be run."""
    assert [name[:2] for name in NAMES] == ["01", "02", "03", "04", "05", "06", "07", "08"]
    assert {path.stem for path in NOTEBOOKS.glob("*.py")} == {*NAMES, "pages", "run", "stories"}


@pytest.mark.parametrize("name", NAMES)
def test_runs_and_shows_something(name: str, executed: dict[str, dict[str, Any]]) -> None:
    """No cell fails or warns, and there is a figure or table to look at."""
    found = outputs(executed[name])
    assert [output for output in found if output["output_type"] == "error" or output.get("name") == "stderr"] == []
    assert any({"image/png", "text/html"} & output.get("data", {}).keys() for output in found)


@pytest.mark.parametrize("name", NAMES)
def test_opens_as_a_paired_notebook(name: str) -> None:
    """The text file says that it is a notebook: Jupyter with jupytext opens it as one."""
    text = (NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
    assert text.startswith("# ---\n# jupyter:\n#   jupytext:\n")
    assert "# %% [markdown]\n# # " in text
