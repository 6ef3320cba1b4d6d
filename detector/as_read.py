"""What of an article is measured: the text as a person reads it, who does not see which alphabet a letter is of."""

from features.document import Document
from features.feature import Feature
from features.hidden_characters import HiddenCharacters, unmask


def as_read(document: Document) -> Document:
    """The document as read by a person who does not see that letters are foreign; mostly the very same one."""
    text = unmask(document.text)
    return document if text == document.text else Document(text, document.source)


def read_by(feature: Feature, document: Document, read: Document) -> Document:
    """What a feature measures: the document :func:`as_read`, and only hidden characters are looked for in it as it stands."""
    return document if feature.name == HiddenCharacters.name else read
