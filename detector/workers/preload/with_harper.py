"""On import, load what :mod:`detector.workers.preload` loads, and Harper's dictionary."""

import gc

from features.checkers.harper import Harper

with Harper() as _harper:
    _harper.check("He have a acepted plan.")
gc.freeze()
