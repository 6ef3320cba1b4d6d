"""The HTML page around a report. It runs no script and loads nothing; its content security policy enforces both."""

from functools import cache
from importlib.resources import files

from detector.render.templating import render

# The first line of every page; the command overwrites no file that lacks it.
GENERATOR = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="generator" content="unspin">'
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def document(title: str, style: str, body: str) -> str:
    """Returns one self-contained page that can be mailed, printed and opened without a network.

    Parameters
    ----------
    title : str
        Plain text, which is escaped here.
    style, body : str
        CSS and HTML, which are inserted unchanged.
    """
    from markupsafe import Markup

    ours = {"opening": GENERATOR, "policy": POLICY, "style": style, "body": body}
    page = render("document.html", title=title, **{name: Markup(value) for name, value in ours.items()})  # noqa: S704
    return f"{page}\n"


@cache
def look() -> str:
    """Returns the CSS of every report."""
    return files("detector.render").joinpath("page.css").read_text(encoding="utf-8")
