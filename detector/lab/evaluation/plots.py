"""Plots as SVG, written by hand: three kinds, no dependency, the same bytes for the same figures."""

import html
import math
from collections.abc import Mapping, Sequence

from detector.lab.evaluation.intervals import Figure

_INK, _LINE, _SOFT = "#222222", "#1f5fa8", "#bbbbbb"
_FONT = "font-family='system-ui, sans-serif' font-size='12'"
_COLOURS = ("#1f5fa8", "#b3452c", "#2e7d4f", "#7b4ea3", "#96711d", "#2a8c94", "#a03a6e", "#555555", "#d07c3a")


def reliability_curve(curves: Mapping[str, Sequence[tuple[float, float, int]]]) -> str:
    """Said against true share of rewrites, one line for each set of texts; the diagonal is perfect."""
    size, left, top = 320, 50, 20
    parts = [_line(left, top + size, left + size, top, _SOFT, dashed=True)]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + tick * size, top + (1 - tick) * size
        parts += [_text(x, top + size + 18, f"{tick:g}", "middle"), _text(left - 8, y + 4, f"{tick:g}", "end")]
        parts += [_line(x, top + size, x, top + size + 4, _INK), _line(left - 4, y, left, y, _INK)]
    parts.append(f"<rect x='{left}' y='{top}' width='{size}' height='{size}' fill='none' stroke='{_INK}'/>")
    for i, (name, points) in enumerate(curves.items()):
        colour = _COLOURS[i % len(_COLOURS)]
        places = [(left + said * size, top + (1 - true) * size) for said, true, _ in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")
        parts += [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{colour}'/>" for x, y in places]
        parts.append(_text(left + 10, top + 18 + 16 * i, name, "start", colour))
    parts.append(_text(left + size / 2, top + size + 38, "probability that unspin gives", "middle"))
    parts.append(_text(left - 36, top + size / 2, "share of rewrites", "middle", turned=True))
    return _svg(left + size + 20, top + size + 50, "Reliability curve", parts)


def lines_by_rate(lines: Mapping[str, Mapping[str, Figure]], rates: Sequence[str], title: str) -> str:
    """A line for each family over the rates, with intervals."""
    width, height, left, top = 360, 280, 50, 20
    parts = [f"<rect x='{left}' y='{top}' width='{width}' height='{height}' fill='none' stroke='{_INK}'/>"]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + (1 - tick) * height
        parts += [_text(left - 8, y + 4, f"{tick:g}", "end"), _line(left, y, left + width, y, "#eeeeee")]
    step = width / max(1, len(rates))
    for i, rate in enumerate(rates):
        parts.append(_text(left + (i + 0.5) * step, top + height + 18, rate, "middle"))
    for i, (name, figures) in enumerate(lines.items()):
        colour = _COLOURS[i % len(_COLOURS)]
        nudge = (i - (len(lines) - 1) / 2) * 4
        places = []
        for j, rate in enumerate(rates):
            figure = figures.get(rate)
            if figure is None or math.isnan(figure.value):
                continue
            x = left + (j + 0.5) * step + nudge
            parts.append(_line(x, top + (1 - figure.low) * height, x, top + (1 - figure.high) * height, colour))
            places.append((x, top + (1 - figure.value) * height))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='1.5'/>")
        parts += [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{colour}'/>" for x, y in places]
        parts.append(_text(left + width + 12, top + 14 + 18 * i, name, "start", colour))
    parts.append(
        _text(left + width / 2, top + height + 38, "rate: share of replaceable words that are replaced", "middle")
    )
    parts.append(_text(left - 36, top + height / 2, "TPR at 1% FPR", "middle", turned=True))
    return _svg(left + width + 210, max(top + height + 50, top + 24 + 18 * len(lines)), title, parts)


def share_rows(rows: Sequence[tuple[str, Figure]], limit: float, title: str) -> str:
    """A dot and an interval for each group, with a line at the limit."""
    left, width, row_height, top = 300, 360, 18, 30
    most = max([limit * 2, *(f.high for _, f in rows if not math.isnan(f.high))], default=limit * 2)
    scale = width / most
    height = row_height * len(rows)
    parts = [_line(left + limit * scale, top, left + limit * scale, top + height, "#b3452c", dashed=True)]
    parts.append(_text(left + limit * scale, top - 8, f"{limit:.0%}", "middle", "#b3452c"))
    for i, (name, figure) in enumerate(rows):
        y = top + (i + 0.5) * row_height
        parts.append(_text(left - 8, y + 4, name, "end"))
        if math.isnan(figure.value):
            continue
        parts.append(_line(left + figure.low * scale, y, left + figure.high * scale, y, _SOFT))
        parts.append(f"<circle cx='{left + figure.value * scale:.1f}' cy='{y:.1f}' r='3' fill='{_LINE}'/>")
    parts.append(_line(left, top, left, top + height, _INK))
    parts += [_text(left + i * width / 4, top + height + 16, f"{most * i / 4:.1%}", "middle") for i in range(5)]
    return _svg(left + width + 40, top + height + 30, title, parts)


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width:.0f}' height='{height:.0f}' "
        f"viewBox='0 0 {width:.0f} {height:.0f}' role='img' {_FONT}>\n<title>{html.escape(title)}</title>\n"
        f"<rect width='100%' height='100%' fill='white'/>\n{body}\n</svg>\n"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> str:
    dash = " stroke-dasharray='4 3'" if dashed else ""
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}'{dash}/>"


def _text(x: float, y: float, text: str, anchor: str, colour: str = _INK, *, turned: bool = False) -> str:
    turn = f" transform='rotate(-90 {x:.1f} {y:.1f})'" if turned else ""
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{colour}'{turn}>{html.escape(text)}</text>"
