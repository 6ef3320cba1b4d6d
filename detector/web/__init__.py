"""The HTTP server: ``unspin serve`` with its API and, in :mod:`detector.web.page`, the editor's page.

:mod:`~detector.web.guard` checks each request's host, origin, token and rate. :mod:`~detector.web.articles` turns the
request into an article. A process of :mod:`~detector.web.pool` judges the article, and the answer leaves as JSON. The
server neither keeps nor logs any part of an article.
"""
