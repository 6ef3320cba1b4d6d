"""Answers with the right headers."""

from starlette.responses import Response

from detector.web.articles import JSON


def json_answer(body: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(body, media_type=JSON)


def report_answer(body: bytes) -> Response:
    """A report to keep: its style stands in it, so it has a policy of its own."""
    headers = {
        "Content-Disposition": 'attachment; filename="unspin-report.html"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox",
    }
    return Response(body, media_type="text/html; charset=utf-8", headers=headers)
