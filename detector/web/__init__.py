"""The HTTP server: ``unspin serve`` with its API and, in :mod:`detector.web.page`, the editor's page.

A request passes :mod:`~detector.web.guard` (hosts, origins, tokens, rates, headers), becomes an article in
:mod:`~detector.web.articles`, is judged in a process of :mod:`~detector.web.pool`, and leaves as JSON. Nothing of an
article is kept or logged.
"""
