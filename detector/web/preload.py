"""Importing this loads what a worker of the server needs beside the model, for all of them to share."""

import detector.web.comparison
import detector.web.fragments
import detector.web.jobs
import detector.web.worker
from detector.read import decode
from detector.render.templating import prepare

prepare()
# Web pages are read by libraries that load at the first page.
decode(b"<!doctype html><article><p>The council met on Monday.</p></article>", name="page.html")

__all__ = ["detector"]
