"""Answers with the right headers."""

from starlette.responses import Response

from detector.render.document import POLICY
from detector.web.articles import JSON


def json_answer(body: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(body, media_type=JSON)


def report_answer(body: bytes) -> Response:
    """A report to keep: its style stands in it, so it has the policy that the page itself names."""
    headers = {
        "Content-Disposition": 'attachment; filename="unspin-report.html"',
        "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'; sandbox",
    }
    return Response(body, media_type="text/html; charset=utf-8", headers=headers)
