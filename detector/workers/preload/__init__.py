"""On import, load the model and the tables of the package, for the workers of a fork server to share.

See :func:`detector.workers.context`. If something cannot be loaded, the worker reports it.
"""

import contextlib
import gc

from detector.checker import Checker
from detector.errors import UnspinError
from detector.workers import FIRST_ARTICLE
from features.document import Document

with contextlib.suppress(UnspinError):
    Checker(grammar="none").check(Document(FIRST_ARTICLE))
# The garbage collector would write to, and so copy, every shared page.
gc.collect()
gc.freeze()
