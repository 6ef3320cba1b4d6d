"""From an article to the stories that it was made from: candidates, alignment, measurement, relation, proof.

Steps and modules: candidates come from an archive (:mod:`detector.archive`); :mod:`~detector.tracing.digest` reads both
texts; :mod:`~detector.tracing.sentences` aligns sentences; :mod:`~detector.tracing.columns` measures the pair;
:mod:`~detector.tracing.judge` judges the relation; :mod:`~detector.tracing.wording` shows the words that changed.
"""
