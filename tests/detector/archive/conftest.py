"""Stories made by hand, for archives of every engine."""

import sys
from pathlib import Path

# Found by path: there are no packages below tests/.
sys.path.insert(0, str(Path(__file__).parent / "fakes"))
