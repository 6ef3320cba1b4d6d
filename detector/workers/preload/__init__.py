"""Importing this loads the model and the tables that come with the package, for a fork server's workers to share.

See :func:`detector.workers.context`. What cannot be loaded is left to the worker, which says what is wrong.
"""

import contextlib
import gc

from detector.checker import Checker
from detector.errors import UnspinError
from detector.workers import FIRST_ARTICLE
from features.document import Document

with contextlib.suppress(UnspinError):
    Checker(grammar="none").check(Document(FIRST_ARTICLE))
# The collector would touch, and so copy, every page of what was loaded.
gc.collect()
gc.freeze()
