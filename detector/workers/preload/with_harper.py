"""On import, load what :mod:`detector.workers.preload` loads, and Harper's dictionary."""

import gc
from contextlib import closing

from features.checkers.harper import Harper

with closing(Harper()) as _harper:
    _harper.check("He have a acepted plan.")
gc.freeze()
