"""The report as a page: no script, nothing loaded from anywhere, everything escaped.

Names of outlets, titles, addresses, passages and error sentences are strangers' text. The template escapes them, and a
content security policy stands behind it.
"""

import math
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from detector.audit.report import charts
from detector.audit.report import words as told
from detector.audit.report.figures import Outlet, Summary
from detector.render.document import document, look
from detector.render.templating import render
from detector.verdict import Label


def as_html(summary: Summary) -> str:
    """The report as one self-contained page that can be mailed, printed and opened without a network."""
    return document(f"{told.headline(summary)} - unspin audit", _style(), _body(summary))


def as_html_fragment(summary: Summary) -> str:
    """The report for a notebook cell or another page: a style element and one ``main``, with no names outside it."""
    return f"<style>\n{_style()}</style>\n{_body(summary)}"


def _style() -> str:
    # The look is that of a single article's page; what an audit needs besides stands in its own file.
    return look() + files("detector.audit.report").joinpath("report.css").read_text(encoding="utf-8")


def _body(summary: Summary) -> str:
    # Several reports may stand in one notebook: the names of their parts must differ.
    ours = repr((summary.store, summary.filters, summary.stories, summary.outlets))
    judged = summary.stories.judged
    return render(
        "audit.html",
        summary=summary,
        prefix="a" + sha256(ours.encode("utf-8", "backslashreplace")).hexdigest()[:8],
        orders=_orders(summary.outlets),
        # The share of wrongly flagged articles to expect on average, drawn beside each outlet's share.
        usual=summary.false_alarms / judged if judged else math.nan,
        judge=summary.judges[0] if len(summary.judges) == 1 else None,
        labels={label.value: label for label in Label},
        told=told,
        charts=charts,
        is_web=_is_web,
    )


def _orders(outlets: tuple[Outlet, ...]) -> list[tuple[str, str, list[Outlet]]]:
    """The outlets in several orders; radio buttons choose the one that is shown, so no script is needed."""
    orders = [
        ("rank", "evidence", sorted(outlets, key=lambda o: o.rank)),
        ("spun", "spun stories", sorted(outlets, key=lambda o: (-o.tally.spun, o.rank))),
        ("share", "share", sorted(outlets, key=lambda o: (-o.share.value, o.rank))),
        ("stories", "stories judged", sorted(outlets, key=lambda o: (-o.tally.judged, o.rank))),
        ("name", "name", sorted(outlets, key=lambda o: (o.name.casefold(), o.rank))),
    ]
    return orders if len(outlets) > 1 else orders[:1]


def _is_web(url: str) -> bool:
    """Whether an address may be a link: only what a browser fetches, nothing it runs."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
