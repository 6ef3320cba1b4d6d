"""Simulated rewriters whose truth is known: for training and evaluation, never for publishing."""

from detector.spinners.dictionary import DictionarySpinner, Group, read_groups
from detector.spinners.moby import moby_thesaurus
from detector.spinners.spun import Change, Spinner, Spun, edits_of, keep, restore, spun_words, write
from detector.spinners.thesaurus import Thesaurus, ThesaurusSpinner
from detector.spinners.wordnet import wordnet_thesaurus

__all__ = [
    "Change",
    "DictionarySpinner",
    "Group",
    "Spinner",
    "Spun",
    "Thesaurus",
    "ThesaurusSpinner",
    "edits_of",
    "keep",
    "moby_thesaurus",
    "read_groups",
    "restore",
    "spun_words",
    "wordnet_thesaurus",
    "write",
]
