"""The report as a page: no script, nothing loaded from anywhere, everything escaped.

Names of outlets, titles, addresses, passages and error sentences are strangers' text. They reach the page through
:func:`~detector.render.markup.esc` and :func:`~detector.render.markup.isolated` alone; a content security policy
stands behind them.
"""

import math
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from detector.audit.report import charts, outlets
from detector.audit.report import words as say
from detector.audit.report.figures import Finding, Piece, Summary, Wording
from detector.render.document import document, look
from detector.render.markup import esc, isolated
from detector.render.words import TITLE, count, kind_of, probability_words, squeeze
from detector.verdict import Label

_MOST_EXPECTED = 2


def as_html(summary: Summary) -> str:
    """The report as one self-contained page that can be mailed, printed and opened without a network."""
    return document(f"{say.headline(summary)} - unspin audit", _style(), _body(summary))


def as_html_fragment(summary: Summary) -> str:
    """The report for a notebook cell or another page: a style element and one ``main``, with no names outside it."""
    return f"<style>\n{_style()}</style>\n{_body(summary)}"


def _style() -> str:
    # The look is that of a single article's page; what an audit needs besides stands in its own file.
    return look() + files("detector.audit.report").joinpath("report.css").read_text(encoding="utf-8")


def _body(summary: Summary) -> str:
    # Several reports may stand in one notebook: the names of their parts must differ.
    told = repr((summary.store, summary.filters, summary.stories, summary.outlets))
    prefix = "a" + sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return "".join(
        [
            '<main class="unspin audit">\n',
            _head(summary),
            _strip(summary),
            outlets.section(summary, prefix),
            '<div class="charts">\n',
            charts.timeline(summary),
            charts.histogram(summary),
            "</div>\n",
            _findings(summary),
            _not_judged(summary),
            _how_to_read(summary),
            _foot(summary),
            "</main>\n",
        ]
    )


def _head(summary: Summary) -> str:
    facts = [isolated(summary.store), esc(say.period(summary))]
    if summary.all_outlets:
        facts.append(esc(count(summary.all_outlets, "outlet")))
    if summary.filters:
        facts.append(isolated(summary.filters))
    caution = f'<p class="statement">{esc(say.caution(summary))}</p>\n' if summary.stories.judged else ""
    return (
        "<header>\n"
        f'<p class="source"><span>Audit report</span> {" ".join(f"<span>{f}</span>" for f in facts if f)}</p>\n'
        f"<h1>{esc(say.headline(summary))}</h1>\n"
        f"{caution}"
        f'<p class="aside">{esc(say.judged_note(summary))}</p>\n'
        "</header>\n"
    )


def _strip(summary: Summary) -> str:
    tally = summary.stories
    judged = tally.judged
    parts = [
        ("spun", "Spun", tally.spun, f"{say.percent(summary.share.value)} of stories" if judged else ""),
        ("suspect", "Suspect", tally.suspect, "a second reading" if tally.suspect else ""),
        ("clean", "Clean", tally.clean, "no sign of rewriting" if tally.clean else ""),
        ("", "Not judged", summary.too_short + summary.not_english, "too short, not English"),
        ("", "Failed", summary.failed, "see below" if summary.failed else "every article was read"),
    ]
    items = "".join(
        f'<div class="{css}"><dt>{title}</dt><dd>{number:,}<small>{esc(note)}</small></dd></div>\n'
        for css, title, number, note in parts
    )
    return f'<dl class="strip">\n{items}</dl>\n'


# --- articles ------------------------------------------------------------------------------------------------------


def _findings(summary: Summary) -> str:
    if not summary.findings:
        return ""
    shown = "".join(_finding(finding) for finding in summary.findings)
    return (
        '<section class="findings">\n<h2>Articles to read first</h2>\n'
        f'<p class="aside">{esc(say.first_reading_note(summary))}</p>\n{shown}</section>\n'
    )


def _finding(finding: Finding) -> str:
    facts = [isolated(finding.outlet), esc(finding.date[:10]), esc(count(finding.words, "word"))]
    if finding.copies:
        facts.append(esc(count(finding.copies, "near-duplicate")))
    if not math.isnan(finding.quality):
        facts.append(f"quality {finding.quality:.0f}")
    return (
        f'<article class="{esc(finding.label)}">\n'
        f'<p class="score"><b>{esc(probability_words(finding.probability))}</b> <span class="label">'
        f"{esc(_label(finding.label))}</span></p>\n"
        f"<div>\n<h3>{_title(finding)}</h3>\n"
        f'<p class="facts">{" ".join(f"<span>{fact}</span>" for fact in facts if fact)}</p>\n'
        f"{''.join(_passage(passage) for passage in finding.passages)}"
        f"{_wordings(finding)}"
        f'<p class="facts where"><span>{isolated(finding.source)}</span></p>\n</div>\n</article>\n'
    )


def _label(label: str) -> str:
    return TITLE[Label(label)] if label in list(Label) else label


def _title(finding: Finding) -> str:
    name = isolated(finding.title or finding.url or finding.source)
    if not _is_web(finding.url):
        return name
    return f'<a href="{esc(finding.url)}" rel="noopener noreferrer nofollow">{name}</a>'


def _is_web(url: str) -> bool:
    """Whether an address may be a link: only what a browser fetches, nothing it runs."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _passage(passage: tuple[Piece, ...]) -> str:
    return f'<blockquote dir="auto">{"".join(_pieces(passage))}</blockquote>\n'


def _pieces(passage: tuple[Piece, ...]) -> Iterator[str]:
    for piece in passage:
        if not piece.feature:
            yield esc(piece.text)
            continue
        kind = kind_of(piece.feature)
        marked = f'<span class="mark k-{kind.key}"><span>{esc(piece.text)}</span></span>'
        likely = squeeze(piece.expected[0]) if piece.expected and kind.swapped else ""
        yield f"<ruby>{marked}<rp> [</rp><rt>{esc(likely)}</rt><rp>]</rp></ruby>" if likely else marked


def _wordings(finding: Finding) -> str:
    if not finding.wordings:
        return ""
    items = "".join(f"<li>{_wording(wording)}</li>\n" for wording in finding.wordings)
    more = finding.marks - sum(wording.times for wording in finding.wordings)
    rest = f'<li class="rest">and {more:,} more</li>\n' if more > 0 else ""
    return f'<ul class="wordings">\n{items}{rest}</ul>\n'


def _wording(wording: Wording) -> str:
    kind = kind_of(wording.feature)
    times = f' <span class="rest">×{wording.times}</span>' if wording.times > 1 else ""
    marked = f'<span class="mark k-{kind.key}"><span>{isolated(wording.wording)}</span></span>{times}'
    if wording.expected:
        return f'{marked} <span class="arrow">→</span> {", ".join(map(isolated, wording.expected[:_MOST_EXPECTED]))}'
    return f'{marked} <span class="rest">{isolated(wording.message or kind.title)}</span>'


# --- what was not judged, and how to read it -----------------------------------------------------------------------


def _not_judged(summary: Summary) -> str:
    rows = []
    if summary.too_short:
        rows.append(
            _kind("Too short to judge", summary.too_short, "unspin abstains: a guess would be read as an answer")
        )
    if summary.not_english:
        rows.append(_kind("Not English", summary.not_english, "unspin abstains: it reads English only"))
    for kind in summary.errors:
        first = "" if kind.articles == 1 else "<small>the first of them:</small>"
        told = f"{first}{isolated(kind.sentence)}<small>{isolated(kind.source)}</small>"
        rows.append(_kind(say.kind(kind.name).capitalize(), kind.articles, told, escaped=True))
    if not rows:
        return ""
    return (
        '<section class="not-judged">\n<h2>Not judged</h2>\n<table>\n<thead><tr><th scope="col">Why</th>'
        '<th class="number" scope="col">Articles</th><th scope="col"></th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n</table>\n</section>\n"
    )


def _kind(title: str, articles: int, note: str, *, escaped: bool = False) -> str:
    said = note if escaped else esc(note)
    return f'<tr><th scope="row">{esc(title)}</th><td class="number">{articles:,}</td><td>{said}</td></tr>\n'


def _how_to_read(summary: Summary) -> str:
    judges = "".join(f"<li>{esc(say.judge_note(judge))}</li>\n" for judge in summary.judges)
    models = f"<p>Who judged:</p>\n<ul>\n{judges}</ul>\n" if judges else ""
    paragraphs = "".join(f"<p>{esc(line)}</p>\n" for line in say.HELP)
    return f'<section class="help"><h2>How to read this page</h2>\n{paragraphs}{models}</section>\n'


def _foot(summary: Summary) -> str:
    signatures = "<br>".join(f'<code class="signature">{esc(judge.signature)}</code>' for judge in summary.judges)
    return f"<footer>{signatures}</footer>\n"
