"""Training of the reader: a pretrained network learns which words of a rewrite a rewriter put there.

:mod:`.stories` chooses the human copy, :mod:`.lessons` rewrites it on the fly, :mod:`.network` is the network,
:mod:`.run` trains it and can be stopped and resumed, and :mod:`.export` writes what :mod:`features.reader` loads.
"""
