"""Importing this module loads what the server's workers share, except the model."""

import detector.web.comparison
import detector.web.fragments
import detector.web.jobs
import detector.web.worker
from detector.read import decode
from detector.render.templating import prepare

prepare()
# The libraries that read web pages load at the first page.
decode(b"<!doctype html><article><p>The council met on Monday.</p></article>", name="page.html")

__all__ = ["detector"]
