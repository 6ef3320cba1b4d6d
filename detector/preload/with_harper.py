"""As :mod:`detector.preload`, and Harper's dictionary."""

import gc

from features.harper import Harper

with Harper() as _harper:
    _harper.check("He have a acepted plan.")
gc.freeze()
