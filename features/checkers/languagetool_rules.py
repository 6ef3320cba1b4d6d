"""Map LanguageTool's rules to the categories that both checkers share.

LanguageTool's categories mix several of ours: GRAMMAR holds a thousand rules, from agreement to hyphens. Rule names say
what they check (`EN_A_VS_AN`, `HE_VERB_AGR`). So the patterns below try the name first, and the category decides only
if no pattern fits.
"""

import re

from features.grammar import Category

LANGUAGE = "en-GB"
"""Plain `en` does not check spelling. Of its variants, this one accepts both `-ise` and `-ize`."""

DISABLED_CATEGORIES = frozenset(
    "AMERICAN_ENGLISH_STYLE BRE_STYLE_OXFORD_SPELLING COLLOQUIALISMS CREATIVE_WRITING GENDER_NEUTRALITY PLAIN_ENGLISH "
    "REDUNDANCY REPETITIONS_STYLE STYLE TEXT_ANALYSIS TYPOGRAPHY WIKIPEDIA".split()
)
"""Matters of taste and layout, which the server need not check."""

# Order matters: rules about hyphens and commas also mention other things in their names.
_BY_RULE = tuple(
    (category, re.compile(pattern))
    for category, pattern in (
        (
            Category.STYLE,
            (
                r"HYPHEN|COMPOUND|COHERENCY|OXFORD|DIACRITICS|SIMPLE_REPLACE|UNPAIRED|WHITESPACE|CURRENCY|COMMA|^CA_|SPACE"
                r"|UPPERCASE_SENTENCE_START|LC_AFTER_PERIOD|SENTENCE_FRAGMENT|OPENING_PUNCTUATION|DOUBLE_PUNCTUATION"
            ),
        ),
        (Category.PUNCTUATION, r"APOS|CONTRACTION|WONT|CANT_|_DONT|DINT"),
        (Category.CAPITALISATION, r"^I_LOWERCASE$|LOWERCASE_MONTHS|SPECIFIC_CASE"),
        (Category.REPETITION, r"REPEAT|REPETITION|REPITION|^DT_(?:DT|PRP)$|^A_MY$|^THE_THEY$|^IT_IT$|^HAVE_HAVE$"),
        (Category.WORD_ORDER_OR_MISSING, r"MISSING|ORDER|^PRP_(?:JJ|RB_JJ|MD_NN|THE)$|^MD_JJ$|WITHOUT_VERB"),
        (
            Category.ARTICLE,
            (
                r"^EN_A_VS_AN$|UKRAINE_NO_THE|^A_(?:NNS|CD_NNS|UNCOUNTABLE|INFORMATION|INFINITIVE|FEEDBACK|RB_NN|NUMBER_NNS)"
                r"|ARTICLE|THE_SUPERLATIVE|DETERMINER|AN_ANOTHER|^THE_(?:SENT_END|PUNCT|CC|US|IT|NN_VB)$|NO_NOUN"
            ),
        ),
        (
            Category.AGREEMENT,
            (
                r"AGR|SINGULAR|PLURAL|NNS|VBZ|^THIS_|^THESE_|MANY|MUCH_COUNTABLE|EVERY_EACH|^CD_|^ONE_OF|^BASE_FORM$|NON3PRS"
                r"|^HE_|^SHE_|PEOPLE|SUBJECT_NUMBER|NEITHER|EITHER|SV_|FEWER"
            ),
        ),
        (
            Category.VERB_FORM,
            (
                r"VB|VERB|PAST|MODAL|BASE|INFIN|GERUND|BEEN|DID|PARTICIPLE|^MD_|_MD_|WILL_|HAVE_PART|AUX|ALLOW_TO|TO_NON"
                r"|PERFECT|CONTINUOUS|CONDITIONAL|MUST_|DOES_|GOING_|_HAVING"
            ),
        ),
    )
)
_BY_CATEGORY = {
    "CASING": Category.CAPITALISATION,
    "COLLOCATIONS": Category.WORD_CHOICE,
    "CONFUSED_WORDS": Category.WORD_CHOICE,
    "GRAMMAR": Category.OTHER,
    "MISC": Category.OTHER,
    "NONSTANDARD_PHRASES": Category.WORD_CHOICE,
    "PUNCTUATION": Category.PUNCTUATION,
    "SEMANTICS": Category.WORD_CHOICE,
    "TYPOS": Category.WORD_CHOICE,
}
_TASTE = frozenset({"locale-violation", "register", "style", "typographical", "whitespace"})


def categorise(rule: str, category: str, issue: str, message: str) -> Category:
    """Return our category of a match from its rule's name, category and issue type, and its message.

    >>> categorise("EN_A_VS_AN", "MISC", "misspelling", "Use “an” instead of “a”.").value
    'article'
    >>> categorise("MORFOLOGIK_RULE_EN_GB", "TYPOS", "misspelling", "‘color’ is American English.").value
    'style'
    >>> categorise("A_RULE_OF_NEXT_YEAR", "GRAMMAR", "grammar", "").value
    'other'
    """
    if rule.startswith(("MORFOLOGIK", "HUNSPELL")):
        return Category.STYLE if "American English" in message or "British English" in message else Category.SPELLING
    if issue in _TASTE or category in DISABLED_CATEGORIES:
        return Category.PUNCTUATION if "APOSTROPHE" in rule else Category.STYLE
    for ours, pattern in _BY_RULE:
        if pattern.search(rule):
            return ours
    return _BY_CATEGORY.get(category, Category.STYLE)
