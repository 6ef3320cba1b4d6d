"""Simulated rewriters that record their changes, for training and evaluation, never for publishing."""

from detector.errors import UnspinError
from detector.extras import missing_from, needs

if absent := missing_from("train"):
    raise UnspinError(needs("The simulation of rewriters", "train", absent))

from detector.lab.spinners.align import align
from detector.lab.spinners.compose import keep_quotes, partial, spin_many
from detector.lab.spinners.dictionary import DictionarySpinner, Group
from detector.lab.spinners.families import FAMILIES, families, family, skipped
from detector.lab.spinners.moby import moby_thesaurus
from detector.lab.spinners.spun import Change, Edit, Spinner, Spun, edits_of, restore, write
from detector.lab.spinners.thesaurus import ThesaurusSpinner, from_table

__all__ = [
    "FAMILIES",
    "Change",
    "DictionarySpinner",
    "Edit",
    "Group",
    "Spinner",
    "Spun",
    "ThesaurusSpinner",
    "align",
    "edits_of",
    "families",
    "family",
    "from_table",
    "keep_quotes",
    "moby_thesaurus",
    "partial",
    "restore",
    "skipped",
    "spin_many",
    "write",
]
