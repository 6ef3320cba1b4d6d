"""Sphinx settings of the documentation: ``.venv/bin/python -m sphinx -W --keep-going docs FOLDER``.

The site needs no network to build or to read: it loads no external fonts, scripts or pictures, and ``index.html`` can
be opened from the disk.
"""

import socket
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, NoReturn

project = "unspin"
author = "the unspin authors"
project_copyright = "2026, the unspin authors"
release = version = installed_version("unspin")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
# Executed notebooks are `.myst` files. The build writes them; they are not committed.
source_suffix = {".md": "markdown", ".myst": "markdown"}

# Headings get the same link names as in the repository browser.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
# List attributes within their class, not as separate entries.
napoleon_use_ivar = True

# The copy button leaves out prompts and output.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

html_theme = "furo"
html_title = "unspin"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"source_repository": "", "footer_icons": []}


def list_notebooks(_: Any, page: str, source: list[str]) -> None:  # noqa: ANN401 - Sphinx's application
    """List the executed notebooks on their page. They exist only after `python3 start.py docs`."""
    if page == "notebooks":
        names = sorted(path.stem for path in (Path(__file__).parent / "notebooks").glob("*.myst"))
        source[0] += (
            "\n".join(["```{toctree}", "", *(f"notebooks/{name}" for name in names), "```", ""]) if names else ""
        )


def refuse(*_: object) -> NoReturn:
    """Fail as on a machine without a network."""
    raise OSError("the documentation must be built without the network")


def setup(app: Any) -> None:  # noqa: ANN401 - as above
    """Cut off the network and register the hooks; Sphinx calls this at start."""
    socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse  # type: ignore[assignment,method-assign]
    app.connect("source-read", list_notebooks)
