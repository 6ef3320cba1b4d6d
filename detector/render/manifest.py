"""A model's manifest as tables for a notebook: its thresholds, its error rates, its training data."""

from collections.abc import Mapping

from detector.manifest import Manifest
from detector.render.templating import render


def as_html_fragment(manifest: Manifest) -> str:
    """Returns the manifest as one ``div``. Everything is escaped, because a model may come from an untrusted source.

    >>> "<script" in as_html_fragment(Manifest(1, ("<script>",), {}, {}, {}, (), (), 60, created="<script>"))
    False
    """
    return str(render("manifest.html", manifest=manifest, metrics=_lines(manifest.metrics)))


def _lines(values: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    """Returns nested figures as rows, with keys such as ``a.b``."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found += _lines(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", str(value)))
    return found
