"""A model's manifest as tables for a notebook: what it judges by, how often it errs, what it was made of."""

import html
from collections.abc import Iterable, Mapping

from detector.manifest import Manifest
from detector.render.words import rate_words, visible

_MOST_FILES = 80


def as_html_fragment(manifest: Manifest) -> str:
    """The manifest as one ``div``; a manifest may come with a stranger's model, so everything in it is escaped.

    >>> "<script" in as_html_fragment(Manifest(1, ("<script>",), {}, {}, {}, (), (), 60, created="<script>"))
    False
    """
    thresholds = [
        (
            checker,
            f"{at.suspect:.3f}",
            _rate(at.suspect_rate),
            f"{at.spun:.3f}",
            _rate(at.spun_rate),
            f"{at.articles:,}",
        )
        for checker, at in manifest.thresholds.items()
    ]
    parts = [
        (
            f"<p>A model of {_esc(manifest.created or 'unknown date')}: {len(manifest.columns)} columns, "
            f"no verdict under {manifest.min_words} words of prose, protocol {manifest.protocol}.</p>"
        ),
        _table(
            ("grammar checker", "suspect from", "human articles there", "spun from", "human articles there", "set on"),
            thresholds,
        ),
        _folded("Columns", _table(("column",), [(column,) for column in manifest.columns])),
        _folded("Measured in training", _table(("what", "value"), _lines(manifest.metrics))),
        _folded("Training data", _table(("file", "SHA-256"), manifest.training_data.items())),
        _folded("Files", _table(("file", "SHA-256"), manifest.files.items())),
        _folded("Versions", _table(("package", "version"), manifest.versions.items())),
    ]
    return f"<div>{''.join(parts)}</div>"


def _rate(rate: float) -> str:
    return rate_words(rate) if rate > 0 else "none seen"


def _lines(values: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    """Nested figures as rows, ``a.b``."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found += _lines(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", str(value)))
    return found


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{title}</summary>{inside}</details>" if inside else ""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table, or "" without rows; no more than a person would read."""
    lines = ["".join(f"<td>{_esc(cell)}</td>" for cell in row) for row in rows]
    if not lines:
        return ""
    rest = f"<tr><td>and {len(lines) - _MOST_FILES} more</td></tr>" if len(lines) > _MOST_FILES else ""
    body = "".join(f"<tr>{line}</tr>" for line in lines[:_MOST_FILES])
    return f"<table><thead><tr>{''.join(f'<th>{_esc(h)}</th>' for h in head)}</tr></thead><tbody>{body}{rest}</tbody></table>"


def _esc(text: object) -> str:
    return html.escape(visible(str(text)), quote=True)
