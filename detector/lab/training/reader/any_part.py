"""A rewriter that only the reader's lessons have: a spinner that looks up every word, function words too.

Such spinners are met in the wild. They know no parts of speech, so `as` becomes `arsenic` (its symbol), `will` becomes
`testament` and `in` becomes `inward`. A word that the thesaurus lacks, such as `the`, becomes one and the same noun
throughout an article.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from detector.lab.spinners import Edit, Spun, speech, write
from detector.lab.spinners.thesaurus import Thesaurus, like
from features.document import Document

NAME = "any-part"

WEIGHT = 1.0
"""How often it is drawn against the families of unspin's own training."""

SPARED = 0.5
"""Share of the function words that an article keeps: a spinner's list has some of them and lacks others."""

_PARTS = ("NOUN", "ADV", "ADJ", "VERB")


@dataclass(frozen=True)
class AnyPart:
    """Swaps words for alternatives of any part of speech, and function words that have none for nouns.

    Parameters
    ----------
    thesaurus : callable
        ``thesaurus(lemma, part)`` gives the alternatives of a word.
    nouns : sequence of str
        What stands for function words that the thesaurus lacks.

    Examples
    --------
    >>> spinner = AnyPart(lambda word, part: ["arsenic"] if (word, part) == ("as", "NOUN") else [], ["issues"])
    >>> [spinner.spin("As the", random.Random(seed)).text for seed in range(6)]
    ['Arsenic issues', 'Arsenic the', 'Arsenic the', 'Arsenic the', 'As the', 'Arsenic issues']
    """

    thesaurus: Thesaurus = field(repr=False)
    nouns: Sequence[str] = field(repr=False)

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article; ``rate`` is the share of words to swap among those with alternatives."""
        document = Document(text)
        begins = {sentence.start for sentence in document.sentences}
        chosen: dict[str, str | None] = {}
        edits = []
        for span in document.words:
            word = document[span]
            lowered = word.lower()
            # Another capital is a name.
            if not (word.islower() or span.start in begins) or rng.random() >= rate:
                continue
            if lowered not in chosen:
                chosen[lowered] = self._alternative(lowered, rng)
            other = chosen[lowered]
            if other is not None:
                edits.append(Edit(span.start, span.end, like(word, other)))
        return write(text, edits)

    def _alternative(self, word: str, rng: random.Random) -> str | None:
        function_word = word in speech.FUNCTION_WORDS
        if function_word and rng.random() < SPARED:
            return None
        others = [other for part in _PARTS for other in self.thesaurus(word, part)]
        if others:
            return rng.choice(others)
        return rng.choice(self.nouns) if function_word else None
