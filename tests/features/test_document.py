"""Tokens, words, sentences and quotes, and their positions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.document import Document, Span


def tokens(text: str) -> list[str]:
    """Returns the tokens as strings."""
    document = Document(text)
    return [document[span] for span in document.tokens]


def sentences(text: str) -> list[str]:
    """Returns the sentences as strings."""
    document = Document(text)
    return [document[span] for span in document.sentences]


def quotes(text: str) -> list[str]:
    """Returns the quotes as strings."""
    document = Document(text)
    return [document[span] for span in document.quotes]


class TestTokens:
    """Splitting into tokens."""

    @pytest.mark.parametrize(
        "word",
        [
            "well-being",
            "don't",
            "don’t",
            "O'Connor",
            "o’clock",
            "d'Ivoire",
            "U.S.",
            "p.m.",
            "G20",
            "COVID-19",
            "F-16",
            "MH370",
            "1,000",
            "3.5",
            "9/11",
            "10:30",
            "5bn",
            "30-day",
            "10-year-old",
            "5bn-a-year",
            "1990s",
            "7th",
            "4x4",
            "2011-12",
            "naïve",
            "cafe\u0301s",
            "mother‑in‑law",
            "...",
            "--",
            "—",
            "€",
            "👩",
        ],
    )
    def test_one_token(self, word: str) -> None:
        """Words with hyphens, apostrophes, digits and accents, numbers with units, initialisms and marks stay whole."""
        assert tokens(f"of {word} to") == ["of", word, "to"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Russia's", ["Russia", "'s"]),
            ("Russia’s", ["Russia", "’s"]),
            ("G20's", ["G20", "'s"]),
            ("O’Connor’s", ["O’Connor", "’s"]),
            ("they've", ["they", "'ve"]),
            ("We'll", ["We", "'ll"]),
            ("officials' plan", ["officials", "'", "plan"]),
            ("the '90s", ["the", "'", "90s"]),
            ("U.S.-led", ["U.S.", "-", "led"]),
            ("$1.5m", ["$", "1.5m"]),
            ("20%", ["20", "%"]),
            ("end.The", ["end", ".", "The"]),
            ("and/or", ["and", "/", "or"]),
            ("_so_", ["_", "so", "_"]),
            ("“Yes,” she", ["“", "Yes", ",", "”", "she"]),
            ("truce—the", ["truce", "—", "the"]),
            ("-- she", ["--", "she"]),
        ],
    )
    def test_cuts(self, text: str, expected: list[str]) -> None:
        """Clitics, possessive marks, signs and punctuation are tokens of their own."""
        assert tokens(text) == expected

    def test_emoji_shift_nothing(self) -> None:
        """Offsets count code points: an emoji is one, a joined family five."""
        assert Document("👍 yes").words == (Span(2, 5),)
        assert Document("👩\u200d👩\u200d👧 yes").words == (Span(6, 9),)

    def test_crlf(self) -> None:
        """Line ends keep their length."""
        assert Document("a\r\nbe").words == (Span(0, 1), Span(3, 5))

    def test_words_are_tokens_with_letters_or_digits(self) -> None:
        """Marks and clitics are not words; numbers are."""
        document = Document("Russia’s 30-day truce — “over”.")

        assert [document[w] for w in document.words] == ["Russia", "30-day", "truce", "over"]

    @given(st.text(alphabet="ab1 .,'’-—“”\"\r\n\u0301\u200bé👩U_"))
    def test_tokens_cover_all_but_space(self, text: str) -> None:
        """Tokens are in order, separate and not empty, and leave out only white space."""
        document = Document(text)
        at = 0
        for span in document.tokens:
            assert at <= span.start < span.end
            assert not text[at : span.start].strip()
            at = span.end
        assert not text[at:].strip()

    @given(st.text(alphabet="ab1 .,'’\r\n👩"))
    def test_bounds_are_the_tokens(self, text: str) -> None:
        """The bounds are a read-only array, with two columns even if it is empty."""
        document = Document(text)
        assert document.bounds.tolist() == [list(span) for span in document.tokens]
        assert document.bounds.shape == (len(document.tokens), 2)
        assert not document.bounds.flags.writeable


class TestSentences:
    """Splitting into sentences."""

    @pytest.mark.parametrize(
        "sentence",
        [
            "Mr. Smith met Dr. Jones and Sen. Day.",
            "J. K. Rowling and J.K. Rowling wrote it.",
            "George W. Bush spoke.",
            "The U.S. President left.",
            "They met at 5 p.m. Monday.",
            "Acme Inc. said so.",
            "It is No. 5 on the list.",
            "On Jan. 5 they met.",
            "He lives in St. Louis, Mo. and likes it.",
            "It rose 3.5 percent.",
            "It is e.g. this and i.e. that.",
            "Yahoo! shares rose.",
            "Well... maybe so.",
            "He waited… and left.",
            "“Go!” he said.",
            "“Why?” she asked.",
            "(It was over.)",
            "He said: “We agreed.”",
            "‘No,’ said Mr. Day.",
            "Smith vs. Jones was heard.",
            "A line that is set\nin short lines goes on\r\nto its end.",
        ],
    )
    def test_one_sentence(self, sentence: str) -> None:
        """Abbreviations, initials, figures and speech inside a sentence do not end it."""
        assert sentences(f"{sentence} Officials met.") == [sentence, "Officials met."]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("He lives in the U.S. The talks ended.", ["He lives in the U.S.", "The talks ended."]),
            ("It ended at 5 p.m. But they stayed.", ["It ended at 5 p.m.", "But they stayed."]),
            ("It is vitamin C. He took it.", ["It is vitamin C.", "He took it."]),
            ("She works at Acme Inc. They make it.", ["She works at Acme Inc.", "They make it."]),
            ("He said no. Officials left.", ["He said no.", "Officials left."]),
            ("There he sat. Reporters left.", ["There he sat.", "Reporters left."]),
            ("“We agreed.” Ms. Day left.", ["“We agreed.”", "Ms. Day left."]),
            ("He left.” “So did I.”", ["He left.”", "“So did I.”"]),
            ("Why?! Because.", ["Why?!", "Because."]),
            ("He left... Then she left.", ["He left...", "Then she left."]),
            ("It cost $5. Then it rose.", ["It cost $5.", "Then it rose."]),
            ("it was over . the end came .", ["it was over .", "the end came ."]),
            ("TALKS END\nThe two sides met.", ["TALKS END", "The two sides met."]),
            ("TALKS END\r\n\r\nthe two sides met.", ["TALKS END", "the two sides met."]),
            ("It ended.\nthe end", ["It ended.", "the end"]),
            ("He lives in the U.S.\nOfficials met.", ["He lives in the U.S.", "Officials met."]),
            ("One\rTwo\u2028Three\x85Four", ["One", "Two", "Three", "Four"]),
            ("- apples\n- pears", ["- apples", "- pears"]),
            ("See a. . . and b", ["See a. . . and b"]),
            ("End", ["End"]),
            ("  \n ", []),
            ("", []),
        ],
    )
    def test_cuts(self, text: str, expected: list[str]) -> None:
        """A full stop ends a sentence if the next word can begin one. A line break ends it too."""
        assert sentences(text) == expected

    @given(st.text(alphabet="aB. !?…\"”’)\r\n“'1\u2028"))
    def test_sentences_cover_all_but_space(self, text: str) -> None:
        """Sentences are in order, separate and stripped, and leave out only white space."""
        document = Document(text)
        at = 0
        for span in document.sentences:
            assert at <= span.start < span.end
            assert not text[at : span.start].strip()
            assert document[span] == document[span].strip()
            at = span.end
        assert not text[at:].strip()


class TestQuotes:
    """Finding quotes."""

    @pytest.mark.parametrize(
        "quote",
        [
            "“We agreed,”",
            '"We agreed,"',
            "‘We agreed,’",
            "'We agreed,'",
            "„Wir sind einig“",
            "«Nous sommes d’accord»",
            "“He said ‘no’ twice,”",
            "\"He said 'no' twice,\"",
            '"He said “no” twice,"',
            "“It’s the officials’ plan,”",
            "‘The officials’ plan won’t do,’",
            "'It's theirs, isn't it?'",
            "‘weapons’",
            "'fake news'",
            "‘war on terror’",
            "“Let’s start with\none million,”",
            '"one million,”',
            "“😀 yes”",
        ],
    )
    def test_quoted(self, quote: str) -> None:
        """Curly, straight, single and foreign marks quote. Only the outermost count; apostrophes may be inside."""
        assert quotes(f"He spoke: {quote} and left.") == [quote]

    @pytest.mark.parametrize(
        "text",
        [
            "the officials' plan and the dogs' home",
            "the officials’ plan and the dogs’ home",
            "in the '90s and the '80s, rock 'n' roll was",
            "get 'em, said the farmers' union",
            "It's Russia's and they don't, aren't and won't",
            "It 's Russia 's , and they 're the workers ' own",
            'a 6" pipe and a 4" hose',
            "He said “and no mark closes it.",
            'He said "and no mark closes it.',
            'stray ” and ’ and " here',
        ],
    )
    def test_not_quoted(self, text: str) -> None:
        """Apostrophes, inches and marks without a partner quote nothing."""
        assert quotes(text) == []

    def test_prose_between_quotes_is_not_quoted(self) -> None:
        """A closing mark never opens a quote, even if the opening mark is missing."""
        assert quotes('He said hello." She said "yes" and "no" and went.') == ['"yes"', '"no"']

    @pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"')])
    def test_speech_over_paragraphs(self, opening: str, closing: str) -> None:
        """A paragraph of speech that continues in the next paragraph has no closing mark."""
        text = f"{opening}We met.\n\n{opening}We agreed,{closing} he said."

        assert quotes(text) == [f"{opening}We met.", f"{opening}We agreed,{closing}"]

    def test_far_marks_do_not_pair(self) -> None:
        """Marks more than a page apart do not form a quote."""
        assert quotes("“" + "word " * 1000 + "”") == []

    @given(st.text(alphabet="as “”‘’\"'„«».,!\n"))
    def test_quotes_stand_apart(self, text: str) -> None:
        """Quotes are in order, separate and inside the text."""
        at = 0
        for span in Document(text).quotes:
            assert at <= span.start < span.end <= len(text)
            at = span.end


class TestLongTexts:
    """Hostile texts of a hundred thousand characters. Quadratic time would take minutes."""

    @pytest.mark.parametrize(
        "piece",
        (
            ". \" “ ” ‘ ' 'a_ ‘a_ dogs'_ ._ .\" a. a- a' \u0301 1, - \"\n “x\n 'a_dogs'_ 'ab'_ ‘a’s_ ?! … A._ Mr._ \r\n \u2028 '' "
            'a\n “" \u200b _ \n'
        ).split(" "),
    )
    def test_repeated(self, piece: str) -> None:
        """Any number of any mark is read, and every span is inside the text."""
        text = piece.replace("_", " ") * (100_000 // len(piece))
        document = Document(text)

        for spans in (document.tokens, document.sentences, document.quotes):
            assert all(0 <= span.start < span.end <= len(text) for span in spans)

    def test_article_repeated(self) -> None:
        """A long text has as many tokens, sentences and quotes as its parts together."""
        part = "“We agreed,” Ms. Day said in the U.S. capital. The officials’ plan won’t do.\n"
        one, many = Document(part), Document(part * 1000)

        assert len(many.tokens) == 1000 * len(one.tokens)
        assert len(many.sentences) == 1000 * len(one.sentences)
        assert len(many.quotes) == 1000 * len(one.quotes)
