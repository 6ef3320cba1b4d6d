"""Turn numbers into verdicts: whether an article is human copy or a machine rewrite, and which words show it.

>>> from detector import check
>>> check("Too short to say.").label.value
'too_short'

Each public name is imported at its first use, so ``import detector`` is fast. Only ``Detector`` and
``FeatureTransformer`` import scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.audit.report.frame import load_audit as load_audit
    from detector.checker import Checker as Checker
    from detector.checker import check as check
    from detector.errors import DataError as DataError
    from detector.errors import GrammarError as GrammarError
    from detector.errors import ModelError as ModelError
    from detector.errors import UnreadableError as UnreadableError
    from detector.errors import UnspinError as UnspinError
    from detector.estimator import Detector as Detector
    from detector.estimator import FeatureTransformer as FeatureTransformer
    from detector.render.data import as_dict as as_dict
    from detector.source_finder import SourceFinder as SourceFinder
    from detector.tracing.answer import Source as Source
    from detector.tracing.answer import Trace as Trace
    from detector.tracing.relation import Relation as Relation
    from detector.tracing.tracer import Tracer as Tracer
    from detector.tracing.tracer import trace as trace
    from detector.verdict import Contribution as Contribution
    from detector.verdict import Label as Label
    from detector.verdict import Quality as Quality
    from detector.verdict import QualityPart as QualityPart
    from detector.verdict import RewritingKind as RewritingKind
    from detector.verdict import SentenceScore as SentenceScore
    from detector.verdict import Thresholds as Thresholds
    from detector.verdict import Verdict as Verdict
    from features.contract import faults as faults
    from features.document import Document as Document
    from features.document import Span as Span
    from features.feature import Column as Column
    from features.feature import Evidence as Evidence
    from features.feature import Feature as Feature
    from features.feature import Measurement as Measurement
    from features.language_model.words import Alternative as Alternative
    from features.language_model.words import Word as Word

_HOMES = {
    "detector.audit.report.frame": ("load_audit",),
    "detector.checker": ("Checker", "check"),
    "detector.errors": ("DataError", "GrammarError", "ModelError", "UnreadableError", "UnspinError"),
    "detector.estimator": ("Detector", "FeatureTransformer"),
    "detector.render.data": ("as_dict",),
    "detector.tracing.answer": ("Source", "Trace"),
    "detector.source_finder": ("SourceFinder",),
    "detector.tracing.relation": ("Relation",),
    "detector.tracing.tracer": ("Tracer", "trace"),
    "detector.verdict": (
        "Contribution",
        "Label",
        "Quality",
        "QualityPart",
        "RewritingKind",
        "SentenceScore",
        "Thresholds",
        "Verdict",
    ),
    "features.contract": ("faults",),
    "features.document": ("Document", "Span"),
    "features.feature": ("Column", "Evidence", "Feature", "Measurement"),
    "features.language_model.words": ("Alternative", "Word"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: PLE0604 - the names of the table above
    *sorted(_HOME)
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        message = f"module 'detector' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
