"""Render the report as a page without scripts or external resources.

Names of outlets, titles, addresses, passages and error sentences are untrusted text. The template escapes them, and a
content security policy adds a second protection.
"""

import math
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from detector.audit.report import charts, words
from detector.audit.report.figures import Outlet, Summary
from detector.render.document import document, look
from detector.render.templating import render
from detector.verdict import Label


def as_html(summary: Summary) -> str:
    """The report as one self-contained page that can be mailed, printed and opened offline."""
    return document(f"{words.headline(summary)} - unspin audit", _style(), _body(summary))


def as_html_fragment(summary: Summary) -> str:
    """The report for a notebook cell or another page: a style element and one ``main`` element."""
    return f"<style>\n{_style()}</style>\n{_body(summary)}"


def _style() -> str:
    # The style of a single article's page, and additions for an audit.
    return look() + files("detector.audit.report").joinpath("report.css").read_text(encoding="utf-8")


def _body(summary: Summary) -> str:
    # A notebook may hold several reports, so the ids of their elements must differ.
    ours = repr((summary.store, summary.filters, summary.stories, summary.outlets))
    judged = summary.stories.judged
    return render(
        "audit.html",
        summary=summary,
        prefix="a" + sha256(ours.encode("utf-8", "backslashreplace")).hexdigest()[:8],
        orders=_orders(summary.outlets),
        # The average expected share of wrongly flagged stories, shown beside each outlet's share.
        usual=summary.false_alarms / judged if judged else math.nan,
        judge=summary.judges[0] if len(summary.judges) == 1 else None,
        labels={label.value: label for label in Label},
        words=words,
        charts=charts,
        is_web=is_web,
    )


def _orders(outlets: tuple[Outlet, ...]) -> list[tuple[str, str, list[Outlet]]]:
    """The outlets in several orders. Radio buttons select one, so that no script is needed."""
    orders = [
        ("rank", "evidence", sorted(outlets, key=lambda o: o.rank)),
        ("spun", "spun stories", sorted(outlets, key=lambda o: (-o.tally.spun, o.rank))),
        ("share", "share", sorted(outlets, key=lambda o: (-o.share.value, o.rank))),
        ("stories", "stories judged", sorted(outlets, key=lambda o: (-o.tally.judged, o.rank))),
        ("name", "name", sorted(outlets, key=lambda o: (o.name.casefold(), o.rank))),
    ]
    return orders if len(outlets) > 1 else orders[:1]


def is_web(url: str) -> bool:
    """Whether an address may be a link: only http and https, because a browser would run other schemes."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
