"""A verdict and a trace in one report. The two stay separate; one sentence explains both."""

from typing import Any

from detector.render.data import as_dict, dump
from detector.render.trace_data import trace_as_dict
from detector.tracing.answer import Trace
from detector.tracing.together import explain
from detector.verdict import Verdict


def both_as_dict(verdict: Verdict, trace: Trace, *, include_text: bool = False) -> dict[str, Any]:
    """Returns the verdict, with the trace under ``trace`` and one sentence on both under ``together``."""
    answer = as_dict(verdict, include_text=include_text)
    return {**answer, "together": explain(verdict, trace), "trace": trace_as_dict(trace, include_text=include_text)}


def both_as_json(verdict: Verdict, trace: Trace, *, include_text: bool = False, indent: int | None = 2) -> str:
    """Returns the same as JSON text without a final line break."""
    return dump(both_as_dict(verdict, trace, include_text=include_text), indent=indent)


def both_as_text(verdict: Verdict, trace: Trace, *, width: int = 80, color: bool = False) -> str:
    """Returns both reports for a terminal, below one sentence on both."""
    from detector.render.terminal import as_text
    from detector.render.trace_terminal import trace_as_text
    from detector.render.words import visible

    words = as_text(verdict, width=width, color=color)
    source = trace_as_text(trace, width=width, color=color)
    return f"{visible(explain(verdict, trace))}\n\n{words}\n{source}"


def both_as_html(verdict: Verdict, trace: Trace) -> str:
    """Returns both reports as one self-contained page."""
    from detector.render.page import as_html
    from detector.render.templating import render
    from detector.render.trace_page import as_html_fragment

    said = render("together.html", said=explain(verdict, trace))
    before, end, after = as_html(verdict).rpartition("</main>")
    return f"{before}{said}{as_html_fragment(trace)}{end}{after}"
