"""HTTP answers with their headers."""

from starlette.responses import Response

from detector.render.document import POLICY
from detector.web.articles import JSON


def json_answer(body: bytes) -> Response:
    """Returns an answer whose body is already JSON."""
    return Response(body, media_type=JSON)


def report_answer(body: bytes) -> Response:
    """Returns a report to download. It has inline CSS, so it gets the content security policy of reports."""
    headers = {
        "Content-Disposition": 'attachment; filename="unspin-report.html"',
        "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'; sandbox",
    }
    return Response(body, media_type="text/html; charset=utf-8", headers=headers)
