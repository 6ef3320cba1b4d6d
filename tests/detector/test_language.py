"""Which texts are English prose, and how much of a text is prose at all."""

import json
import lzma
from pathlib import Path

import pytest

from detector.language import Language, countable_words, judge_language
from features.document import Document

ENGLISH = {
    "news": "The council voted on Tuesday to close two of the town's four libraries, although more than 3,000 people "
    "had signed a petition against it. Staff were told by letter.",
    "headlines": "Council votes to close libraries after long debate\nMinister says no to new tax on fuel\nStorm leaves "
    "thousands without power in the north\nFarmers and ministers meet again over price of milk",
    "capitals": "THE COUNCIL VOTED ON TUESDAY TO CLOSE TWO OF THE TOWN'S FOUR LIBRARIES, ALTHOUGH MANY PEOPLE HAD "
    "SIGNED A PETITION AGAINST IT.",
    "learner": "In my opinion the peoples must to help each others because the life are very difficult for who has not "
    "a job, and I am agree with the teacher when he say that.",
    "spun": "The chamber cast a ballot on Tuesday to shut a pair of the municipality's quartet of book houses, in spite "
    "of the fact that in excess of 3,000 folks had marked an appeal in opposition to it.",
    "tokenised": "the council voted on tuesday to close two of the town 's four libraries , although many people had "
    "signed a petition against it .",
    "dialogue": "“Did you see it?” “I did not, and I would not say so if I had.” “Then why are you here?” “Because "
    "they asked me to be.”",
    "foreign names": "Mateusz Morawiecki, Przemysław Czarnek and Zbigniew Ziobro met in Kraków, and Grzegorz Schetyna "
    "said to them that it would not be for the last time.",
    "masked": "The c\u043euncil v\u043eted \u043en Tuesd\u0430y t\u043e cl\u043ese tw\u043e \u043ef the t\u043ewn's "
    "libr\u0430ries, and m\u0430ny p\u0435\u043eple h\u0430d signed a p\u0435tition.",
    "zero width": "The cou\u200bncil vo\u200bted on Tue\u200bsday to clo\u200bse tw\u200bo of th\u200be tow\u200bn's "
    "libra\u200bries, a\u200bnd ma\u200bny were a\u200bgainst it.",
}

OTHER = {
    "French": "Le conseil municipal a décidé mardi de fermer deux des quatre bibliothèques de la ville, alors que plus "
    "de trois mille personnes avaient signé une pétition contre ce projet.",
    "German": "Der Stadtrat hat am Dienstag beschlossen, zwei der vier Büchereien der Stadt zu schließen, obwohl mehr "
    "als dreitausend Menschen eine Petition dagegen unterschrieben hatten.",
    "Spanish": "El ayuntamiento decidió el martes cerrar dos de las cuatro bibliotecas de la ciudad, aunque más de tres "
    "mil personas habían firmado una petición en contra de la medida.",
    "Italian": "Il consiglio comunale ha deciso martedì di chiudere due delle quattro biblioteche della città, anche se "
    "più di tremila persone avevano firmato una petizione contro il progetto.",
    "Portuguese": "A câmara decidiu na terça-feira fechar duas das quatro bibliotecas da cidade, embora mais de três mil "
    "pessoas tivessem assinado uma petição contra a medida.",
    "Dutch": "De gemeenteraad heeft dinsdag besloten om twee van de vier bibliotheken in de stad te sluiten, hoewel meer "
    "dan drieduizend mensen een petitie tegen het plan hadden getekend.",
    "Swedish": "Kommunen beslutade på tisdagen att stänga två av stadens fyra bibliotek, trots att mer än tre tusen "
    "människor hade skrivit på en protestlista mot det som politikerna ville.",
    "Polish": "Rada miasta zdecydowała we wtorek o zamknięciu dwóch z czterech bibliotek w mieście, choć ponad trzy "
    "tysiące osób podpisało się pod petycją przeciwko temu, co zaplanowano na ten rok.",
    "Turkish": "Belediye meclisi salı günü kentteki dört kütüphaneden ikisini kapatmaya karar verdi, ama üç binden çok "
    "kişi bu karar için bir dilekçe imzaladı ve daha önce de karşı çıkmıştı.",
    "Indonesian": "Dewan kota pada hari Selasa memutuskan untuk menutup dua dari empat perpustakaan di kota itu, "
    "meskipun lebih dari tiga ribu orang telah menandatangani petisi yang menolak rencana tersebut.",
    "Finnish": "Kaupunginvaltuusto päätti tiistaina, että kaksi kaupungin kirjastoa suljetaan, mutta yli kolme tuhatta "
    "ihmistä on allekirjoittanut vetoomuksen ja he sanovat, ettei päätös ole oikea.",
    "Hungarian": "A városi tanács kedden úgy döntött, hogy a négy könyvtár közül kettőt bezár, és ez nem tetszik annak "
    "a háromezer embernek, aki már aláírta az ellene szóló petíciót.",
    "Russian": "Городской совет решил во вторник закрыть две из четырёх библиотек города, хотя более трёх тысяч человек "
    "подписали петицию против этого решения.",
    "Arabic": "قرر مجلس المدينة يوم الثلاثاء إغلاق اثنتين من مكتبات المدينة الأربع على الرغم من توقيع أكثر من ثلاثة آلاف شخص",
    "Chinese": "市议会周二决定关闭该市四座图书馆中的两座，尽管有三千多人签署了反对该计划的请愿书。工作人员是通过信件得知的，他们表示对此感到失望。",
    "Greek": "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να κλείσει δύο από τις τέσσερις βιβλιοθήκες της πόλης.",
}

UNDECIDED = {
    "empty": "",
    "three words": "Council closes libraries",
    "prices": "Apples 2.10\nPears 3.40\nPlums 1.90\nCherries 7.80\nApricots 5.60\nPeaches 4.40\nGrapes 3.90\nMelons "
    "2.95\nLemons 0.60\nLimes 0.75\nOranges 2.20\nFigs 9.10\nDates 6.30\nKiwis 0.50\n",
    "fixtures": "\n".join(
        f"{a} v {b}" for a, b in zip(["Leeds", "Derby", "Hull"] * 8, ["Stoke", "Bury"] * 12, strict=True)
    ),
    "figures": "1,200 3.5 77 (12) 45.2 99 101 5-3 6-4 7-6 2011 2012 2013",
}


class TestJudgeLanguage:
    """English or not."""

    @pytest.mark.parametrize("kind", ENGLISH)
    def test_english(self, kind: str) -> None:
        """English stays English however it is written: by learners, in capitals, in pieces, spun or masked."""
        assert judge_language(Document(ENGLISH[kind])) is Language.ENGLISH

    @pytest.mark.parametrize("language", OTHER)
    def test_other(self, language: str) -> None:
        """Other languages are told by their function words, other scripts by their letters."""
        assert judge_language(Document(OTHER[language])) is Language.OTHER

    @pytest.mark.parametrize("kind", UNDECIDED)
    def test_undecided(self, kind: str) -> None:
        """Without running text nothing is said."""
        assert judge_language(Document(UNDECIDED[kind])) is Language.UNDECIDED

    def test_greater_part_decides(self) -> None:
        """A French quotation in an English story leaves it English, and the other way about."""
        english, french = ENGLISH["news"], OTHER["French"]

        assert judge_language(Document(f"{english} {english}\n\n{french}")) is Language.ENGLISH
        assert judge_language(Document(f"{french} {french}\n\n{english}")) is Language.OTHER

    def test_long_text_is_sampled(self) -> None:
        """The ends of a long text stand for it."""
        assert judge_language(Document((ENGLISH["news"] + "\n") * 3000)) is Language.ENGLISH

    @pytest.mark.parametrize(
        "name", ["bbc2005", "esl-ellipse", "onestop", "srilanka-machine-translated", "agnews-textfooler"]
    )
    def test_reference_copy_is_english(self, name: str) -> None:
        """Human, learners' and rewritten English of 20 words and more is never taken for another language."""
        path = Path(__file__).parents[3] / "shared" / "data" / f"{name}.jsonl.xz"
        if not path.exists():
            pytest.skip(f"needs ../shared/data/{name}.jsonl.xz")
        documents = []
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                document = Document(json.loads(line)["text"])
                if len(document.words) >= 20:
                    documents.append(document)
                if len(documents) == 200:
                    break

        assert [d.text[:60] for d in documents if judge_language(d) is not Language.ENGLISH] == []


class TestCountableWords:
    """How much running prose there is."""

    def test_prose_counts_in_full(self) -> None:
        """Every word of plain prose counts."""
        document = Document(ENGLISH["news"])

        assert countable_words(document) == len(document.words)

    @pytest.mark.parametrize("kind", ["prices", "fixtures", "figures", "empty", "three words"])
    def test_tables_count_for_nothing(self, kind: str) -> None:
        """Lists and tables are no prose."""
        assert countable_words(Document(UNDECIDED[kind])) == 0

    def test_capitals_count_for_nothing(self) -> None:
        """All features compare small letters; a text without them gives them nothing."""
        assert countable_words(Document(ENGLISH["capitals"])) == 0

    def test_title_case_counts_for_nothing(self) -> None:
        """A text with a capital on every word is a headline, or as good as one."""
        assert countable_words(Document("The Council Voted To Close Two Of The Four Libraries In The Town. " * 5)) == 0

    def test_quotations_count_for_nothing(self) -> None:
        """The words in quotation marks are not the writer's."""
        quotes = (
            "“We did what we could for the town and for the people in it.”\n“It is not the end of it, and you know.”\n"
        )

        assert countable_words(Document(quotes)) == 0
        assert countable_words(Document("“We did what we could for the town,” the mayor said on Tuesday.")) == 5

    def test_verse_counts_for_nothing(self) -> None:
        """Short lines with capitals and no full stops are verse."""
        verse = (
            "Upon the hill there stands a tower\nThat no one in the town has climbed\nIt strikes for us at every hour\n"
            "And every stroke is badly timed\n\nThe keeper of the clock is old\nHis hands are slow upon the chain\n"
            "He will not mend it, we are told,\nUntil it stops to strike again.\n"
        )

        assert countable_words(Document(verse)) == 0

    def test_prose_in_short_lines_counts(self) -> None:
        """Copy set in a narrow column is prose: its lines go on in small letters."""
        narrow = (
            "The council voted on Tuesday\nto close two of the town's\nfour libraries, although more\nthan 3,000 people "
            "had signed\na petition against it. Staff\nwere told by letter.\n"
        )
        document = Document(narrow)

        assert countable_words(document) == len(document.words)

    def test_short_paragraphs_count(self) -> None:
        """Paragraphs of one short sentence, as tabloids print them, are prose."""
        document = Document(
            "He was the last of them.\nShe had been in the car.\nIt was all over by two.\nNo one was to blame for it.\n"
        )

        assert countable_words(document) == len(document.words)

    def test_headline_does_not_count(self) -> None:
        """A headline above the story is left out."""
        document = Document("Council votes to close the libraries of the town\n\n" + ENGLISH["news"])

        assert countable_words(document) == len(Document(ENGLISH["news"]).words)
