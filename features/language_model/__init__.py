"""What several features share: n-grams, windows of words, the word model, and one analysis of a document."""
