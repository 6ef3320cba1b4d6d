"""Whether a text is English prose, which unspin can judge.

Languages are identified by their most common short words (Grefenstette, "Comparing two language identification
schemes", JADT 1995): some forty words make up a third to a half of running text. No table is loaded and nothing is
downloaded. English by learners, tokenised or lower-cased text and spun text keep these words, so they count as English.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from itertools import accumulate

from features.document import Document, Span

# The most common words of English prose. Of single letters only "a" and "I" count, as others number lists.
_ENGLISH = frozenset(
    "the of and to a in that is was for on with as it he his i at by be from are have had has not this but they which "
    "were or an their been who she her you we will would its there if one all what when more said can about out up "
    "them than so no some into him do could only over after also other my our your these two may then first any me "
    "how because most where just even those such here very should while did being now before between through during "
    "against under does own since until many much both each few am us don didn doesn isn wasn won ll ve re".split()
)

# Other languages by theirs. Words shared with English count for both.
_OTHERS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "French": "le la les de des du et en un une est que qui dans pour pas sur au aux par plus ce se ne il elle ils "
        "avec sont été cette ont mais ou son sa ses leur nous vous je tu on comme d l qu c s n à où même aussi fait",
        "German": "der die das und in den von zu mit ist im des auf für ein eine nicht dem sich als auch an es er sie "
        "hat aus bei nach wird werden war einer einen um am sind noch wie über so zum zur haben aber wir ich oder dass "
        "vor durch",
        "Spanish": "de la que el en y a los del se las por un para con no una su al lo como más o pero sus le ha me si "
        "sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está",
        "Italian": "di che e la il un a per in una è sono non si con i da del le al dei come della più ha gli nel alla "
        "ma anche dal lo questo se o su l nella ci delle degli tra loro essere era stato",
        "Portuguese": "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu "
        "sua ou quando muito nos já eu também só pelo pela até isso ela entre são foi está ser tem",
        "Catalan": "de la que i el a en per un una amb del les els és no al dels va ha se com més ser són aquest aquesta "
        "però també o si seva",
        "Romanian": "de și în a la cu pe nu este un o din că care mai pentru să se au fost sunt dar sau după prin ce fi "
        "lui ca le si sa",
        "Dutch": "de het een en van in is dat op te zijn met voor niet die aan er om ook als bij was maar naar door uit "
        "nog heeft worden werd wordt dan hij ze ik je wij over tot deze hebben meer",
        "Afrikaans": "die van en het in is nie om te 'n dat met op hy vir wat sy word aan ook as by deur na nie wees",
        "Swedish": "och i att det som en på är av för med den till har de inte om ett han men var jag från vi så kan när "
        "år under också efter eller sig hon ut",
        "Danish": "og i at det er en til af på de med for den som har ikke der et han men om var jeg fra vi så kan når "
        "også efter eller sig hun blev ved",
        "Norwegian": "og i det er på som en til å av for at med har de ikke den om et var han men jeg fra vi så kan når "
        "også etter eller seg hun ble ved",
        "Finnish": "ja on ei että oli se hän mutta ovat kun niin myös joka mukaan sen ole jos kuin tai vain olla sekä "
        "jo nyt hänen ollut",
        "Hungarian": "a az és hogy nem is egy ez de meg volt csak mint ha már még azt el ezt vagy lesz kell után "
        "szerint minden",
        "Polish": "i w na z do nie się że to jest o jak za po co od przez dla ale są oraz tak jego czy przy już może "
        "który która było być był tym ma",
        "Czech": "a v se na je že to s z do o i ve pro za by jsem si jako ale po jsou tak který od která podle bude "
        "také byl jeho",
        "Croatian": "i je u na da se za su od s to o ne koji kao što ali iz bi će nije sa po a ili te koja bio",
        "Turkish": "ve bir bu da de için ile çok olarak daha olan gibi en ne var kadar sonra ama ki o mi ise her "
        "değil göre",
        "Indonesian": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke karena ada mereka oleh saya "
        "kami sudah bisa telah adalah tersebut lebih bahwa atau seperti dia orang",
        "Swahili": "ya na wa kwa ni katika la za cha kuwa hiyo huo yake wake hii kama baada alisema pia lakini hata sasa "
        "watu vya",
        "Tagalog": "ang ng sa na mga ay at ni si ito para hindi siya kung ko may pa rin lang mo nang niya kanyang",
        "Somali": "oo ka ku iyo in la uu ay waxaa u ah ayaa soo loo isaga waa wuxuu",
        "Hausa": "da na a ta ya ce cikin wannan ba su ne ga an wani domin kuma shi sun",
        "Vietnamese": "và của là có không được trong cho một các những người đã với này để khi đến từ cũng như về",
        "Welsh": "y yr yn a i o ar ei am mae wedi gan fod ac oedd bod hynny sydd eu hefyd",
    }.items()
}

_WORD = re.compile(r"[^\W\d_]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_LATIN_LETTER = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]")

# Enough to identify a language. A long text is sampled at both ends.
_SAMPLE = 50_000
# With fewer words the language is undecided.
_FEWEST_WORDS = 12

# Shorter sentences without a full stop are headlines, table rows, captions or lines of verse.
_LONG_SENTENCE = 12
_VERSE_LINE = 60
_END_MARKS = (".", "!", "?", "…", ":", ";", "”", '"', "’", "»")


class Language(StrEnum):
    """The language of a text, as far as unspin needs it."""

    ENGLISH = "english"
    OTHER = "other"
    UNDECIDED = "undecided"


def judge_language(document: Document) -> Language:
    """Decide whether the text is English, another language, or has too little running text to tell.

    The larger part of a text in two languages decides.

    >>> judge_language(Document("The two sides agreed to meet again in May, but no one would say where it is to be, "
    ...     "and the talks on grain are over."))
    <Language.ENGLISH: 'english'>
    >>> judge_language(Document("Les deux parties sont convenues de se revoir en mai, mais personne n'a voulu dire où, "
    ...     "et les discussions sur le blé sont terminées."))
    <Language.OTHER: 'other'>
    >>> judge_language(Document("Apples 2.10, pears 3.40, plums 1.90"))
    <Language.UNDECIDED: 'undecided'>
    """
    text = document.text
    if len(text) > 2 * _SAMPLE:
        text = text[:_SAMPLE] + "\n" + text[-_SAMPLE:]
    words = (
        "\n".join(_WORD.findall(text if text.isascii() else _INVISIBLE.sub("", text))).casefold().split()
    )  # no word holds white space
    letters = sum(map(len, words))
    latin = letters - sum(len(word) for word in words if word[0] > "z" and not _LATIN_LETTER.match(word))
    # Scripts without spaces between words have few words.
    if letters >= 2 * _FEWEST_WORDS and latin < letters / 2:
        return Language.OTHER
    if len(words) < _FEWEST_WORDS:
        return Language.UNDECIDED
    counts = Counter(words)
    english = _share(counts, _ENGLISH, len(words), kinds=3)
    other = max(_share(counts, known, len(words), kinds=5) for known in _OTHERS.values())
    if english > 0.08 and english >= other:
        return Language.ENGLISH
    if other > 0.12 and other > english:
        return Language.OTHER
    return Language.UNDECIDED


def countable_words(document: Document) -> int:
    """Count the words of the writer's own running prose, which must reach ``min_words`` for a verdict.

    A sentence is prose if it has at least two function words, and ends in a mark or is long. Quotations, price tables,
    lists, headlines, verse and text in capitals do not count, because a verdict on them would be a guess.

    >>> countable_words(Document("The council agreed on a plan to mend the bridge. Cost: 5 million."))
    10
    >>> countable_words(Document("THE COUNCIL AGREED ON A PLAN TO MEND THE BRIDGE."))
    0
    """
    return sum(_prose_words(document))


def _share(counts: Counter[str], known: frozenset[str], words: int, *, kinds: int) -> float:
    """Return the share of words that are known; 0 if fewer than ``kinds`` different ones occur.

    A language uses several function words. A table may repeat one that is an abbreviation (``Leeds v Derby`` is not
    Czech).
    """
    found = [counts[word] for word in counts.keys() & known]
    return sum(found) / words if len(found) >= kinds else 0.0


def _prose_words(document: Document) -> Iterator[int]:
    """Yield, for each sentence of running prose, the number of its words outside quotations."""
    text, words = document.text, document.words
    starts = [start for start, _ in words]
    # Running totals of function words and of quoted words.
    small = [0, *accumulate(text[start:end] in _ENGLISH for start, end in words)]
    quoted = [0, *accumulate(_begun_inside(starts, document.quotes))]
    verse = _begun_inside([start for start, _ in document.sentences], _verse(text))
    begin = 0
    for sentence, is_verse in zip(document.sentences, verse, strict=True):
        first, begin = begin, bisect_left(starts, sentence.end, begin)
        length = begin - first
        if is_verse or small[begin] - small[first] < 2:
            continue
        if length >= _LONG_SENTENCE or document[sentence].rstrip("'’)]").endswith(_END_MARKS):
            yield length - (quoted[begin] - quoted[first])


def _begun_inside(starts: list[int], stretches: tuple[Span, ...]) -> list[bool]:
    """Tell for each start whether it lies inside a range. Both must be sorted, and the ranges must not overlap."""
    inside = [False] * len(starts)
    for stretch in stretches:
        first, last = bisect_left(starts, stretch.start), bisect_left(starts, stretch.end)
        inside[first:last] = [True] * (last - first)
    return inside


def _verse(text: str) -> tuple[Span, ...]:
    """Return runs of at least four short lines, most of which begin with a capital and do not end a sentence.

    Prose in short lines continues in lower case, and paragraphs of one short sentence end in a full stop.
    """
    stanzas: list[Span] = []
    lines: list[str] = []
    start = end = at = 0
    for line in [*text.splitlines(keepends=True), "x" * _VERSE_LINE]:
        bare = line.strip()
        if len(bare) >= _VERSE_LINE:
            if _is_verse(lines):
                stanzas.append(Span(start, end))
            lines = []
        elif bare:
            if not lines:
                start = at
            lines.append(bare)
            end = at + len(line)
        at += len(line)
    return tuple(stanzas)


def _is_verse(lines: list[str]) -> bool:
    if len(lines) < 4:
        return False
    capitals = sum(1 for line in lines if line.lstrip("\"'“‘«—–-(")[:1].isupper())
    full_stops = sum(1 for line in lines if line.rstrip("\"'”’»)").endswith((".", "!", "?", "…")))
    return capitals > len(lines) / 2 and full_stops < len(lines) / 2
