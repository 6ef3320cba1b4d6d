"""Simulated rewriters that record their changes, for training and evaluation, never for publishing."""

from detector.errors import UnspinError
from detector.extras import missing_from, needs

if absent := missing_from("train"):
    raise UnspinError(needs("The simulation of rewriters", "train", absent))

from detector.lab.spinners.align import align
from detector.lab.spinners.compose import Layered, Restricted, keep_quotes, partial, spin_many
from detector.lab.spinners.dictionary import DictionarySpinner, Group, read_groups
from detector.lab.spinners.families import FAMILIES, Family, families, family, skipped
from detector.lab.spinners.moby import moby_thesaurus
from detector.lab.spinners.round_trip import RoundTrip, pivots
from detector.lab.spinners.spun import Change, Edit, Spinner, Spun, edits_of, keep, restore, spun_words, write
from detector.lab.spinners.thesaurus import Agreed, Commonest, Thesaurus, ThesaurusSpinner, from_table
from detector.lab.spinners.wordnet import wordnet_is_installed, wordnet_thesaurus

__all__ = [
    "FAMILIES",
    "Agreed",
    "Change",
    "Commonest",
    "DictionarySpinner",
    "Edit",
    "Family",
    "Group",
    "Layered",
    "Restricted",
    "RoundTrip",
    "Spinner",
    "Spun",
    "Thesaurus",
    "ThesaurusSpinner",
    "align",
    "edits_of",
    "families",
    "family",
    "from_table",
    "keep",
    "keep_quotes",
    "moby_thesaurus",
    "partial",
    "pivots",
    "read_groups",
    "restore",
    "skipped",
    "spin_many",
    "spun_words",
    "wordnet_is_installed",
    "wordnet_thesaurus",
    "write",
]
