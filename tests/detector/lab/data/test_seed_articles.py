"""The articles that benchmarks read."""

from detector.lab.data.seed_articles import articles
from features.document import Document


def test_articles_are_of_one_length() -> None:
    """Each has 850 words, each is another, and none is an echo of its beginning."""
    made = articles(24)
    assert [len(Document(text).words) for text in made] == [850] * 24
    assert len(set(made)) == 24
    assert all(text.count(text[:200]) == 1 for text in made)
