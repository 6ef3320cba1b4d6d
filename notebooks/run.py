"""Run the notebooks, which are Python files in jupytext's percent format, and write them with their outputs.

    python notebooks/run.py --out FOLDER              all of them
    python notebooks/run.py --out FOLDER 01 06        those whose names begin so
    python notebooks/run.py --out FOLDER --pages      also as pages of Markdown with pictures

`python3 start.py docs` installs the dependencies and runs this. The notebooks run one after another in one kernel, so
that tables and libraries are loaded once. The kernel forgets all names between notebooks.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

try:
    import jupytext
    import nbformat
    from jupyter_client.manager import KernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
except ModuleNotFoundError as missing:
    sys.stderr.write(
        f"notebooks/run.py needs the package {missing.name}. `python3 start.py docs` installs it and runs the notebooks.\n"
    )
    raise SystemExit(2) from None
from pages import as_page

HERE = Path(__file__).resolve().parent
SECONDS_A_CELL = 120
FORGET = nbformat.v4.new_code_cell("%reset -f")


def notebooks(beginnings: Sequence[str] = ()) -> list[Path]:
    """Returns the notebooks in order: all, or those whose names begin with one of ``beginnings``."""
    found = sorted(HERE.glob("[0-9][0-9]_*.py"))
    return [path for path in found if not beginnings or path.name.startswith(tuple(beginnings))]


def run(paths: Sequence[Path], out: Path, *, pages: bool = False) -> list[str]:
    """Execute notebooks and write each one, even if a cell failed. Returns the names of those that failed."""
    out.mkdir(parents=True, exist_ok=True)
    failed = []
    # With several threads on busy processors, matrices of a hundred rows take minutes.
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    kernel = KernelManager(kernel_name="python3")
    try:
        for path in paths:
            began = time.monotonic()
            notebook = jupytext.read(path)
            notebook.cells.insert(0, FORGET.copy())
            client = NotebookClient(
                notebook, km=kernel, timeout=SECONDS_A_CELL, resources={"metadata": {"path": str(HERE)}}
            )
            try:
                client.execute()
            except CellExecutionError as error:
                failed.append(path.name)
                print(f"{path.name} failed: {error.ename}: {error.evalue}", file=sys.stderr)
            del notebook.cells[0]
            notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
            if pages:
                text, pictures = as_page(notebook, path.stem)
                # Not `.md`: the build writes these pages anew, and they are not committed.
                (out / f"{path.stem}.myst").write_text(text, encoding="utf-8")
                for name, content in pictures.items():
                    (out / name).write_bytes(content)
            nbformat.write(notebook, out / f"{path.stem}.ipynb")
            print(f"{path.name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    finally:
        if kernel.has_kernel:
            kernel.shutdown_kernel(now=True)
    return failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0 if every cell of every notebook ran, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the executed notebooks")
    parser.add_argument("beginnings", nargs="*", help="beginnings of names; all notebooks by default")
    parser.add_argument("--pages", action="store_true", help="also write pages of Markdown with pictures")
    chosen = parser.parse_args(arguments)
    return 1 if run(notebooks(chosen.beginnings), chosen.out, pages=chosen.pages) else 0


if __name__ == "__main__":
    sys.exit(main())
