"""How the documentation becomes a site: ``.venv/bin/python -m sphinx -W --keep-going docs FOLDER``.

It needs no network, neither to be built nor to be read: no fonts, scripts or pictures come from elsewhere, and
``index.html`` can be opened from the disk.
"""

from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

project = "unspin"
author = "the unspin authors"
project_copyright = "2026, the unspin authors"
release = version = installed_version("unspin")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
# Executed notebooks are `.myst`: written with the site, and no part of the pages that are kept.
source_suffix = {".md": "markdown", ".myst": "markdown"}

# Headings can be linked to by the same names as where the repository is browsed.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
# Attributes in the list of a class, not as entries of their own.
napoleon_use_ivar = True

# Prompts and the output beneath a command are not copied.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

html_theme = "furo"
html_title = "unspin"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"source_repository": "", "footer_icons": []}


def list_notebooks(_: Any, page: str, source: list[str]) -> None:  # noqa: ANN401 - Sphinx's application
    """Name the executed notebooks on their page; without `make docs`, which writes them, there are none."""
    if page == "notebooks":
        names = sorted(path.stem for path in (Path(__file__).parent / "notebooks").glob("*.myst"))
        source[0] += (
            "\n".join(["```{toctree}", "", *(f"notebooks/{name}" for name in names), "```", ""]) if names else ""
        )


def setup(app: Any) -> None:  # noqa: ANN401 - as above
    """What Sphinx calls when it starts."""
    app.connect("source-read", list_notebooks)
