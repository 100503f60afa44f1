"""The finder on sentences of our own: each type found where it is, and ordinary talk left alone."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairhearing.deidentify import spoken
from fairhearing.deidentify.spoken.language import load
from fairhearing.deidentify.spoken.units import units

MARKED = re.compile(r"\{(\w+):([^}]*)\}")
PERSONAL = """
you can reach me on {PHONE:oh one six three two nine six oh triple one} after five
his mobile is {PHONE:seven seven oh oh nine hundred one two three}
the number is {PHONE:five five five oh one four two} ask for {NAME:bernard}
my phone number's {PHONE:four one five five five five twenty six seventy one}
it's {PHONE:eight hundred five five five oh one nine nine} uh extension twelve
my number is {PHONE:two one two um five five five sorry five oh one seven oh}
the visa is {CARD:four double one one eleven eleven eleven eleven eleven eleven}
the card is {CARD:five four oh four three six seven eight one two three four five six seven eight}
the security code on the back is {SECRET:three one nine}
i typed {CARD:four two four two four two four two four two four two four two four two} into the form
my email is {EMAIL:karl underscore weber nineteen at example dot com}
send it to {EMAIL:b o b at post dot example dot co dot uk} please
email me at {EMAIL:sunny dash side at mail dot example}
that's {EMAIL:j for juliet dot okafor at example dot org}
her address is {EMAIL:fern dot hill at example dot net} i think
she was born on the {DATE_OF_BIRTH:third of march nineteen eighty four}
my date of birth is {DATE_OF_BIRTH:oh five twelve seventy nine}
{DATE_OF_BIRTH:july fourth two thousand and one} is my birthday
born in {DATE_OF_BIRTH:august nineteen fifty two}
my social security number is {ID_NUMBER:oh seven eight oh five eleven twenty}
passport number {ID_NUMBER:c four f one nine eight double two}
the licence plate is {ID_NUMBER:k d five one s m r}
my policy number is {ID_NUMBER:p l dash eight eight four one oh two}
customer number {ID_NUMBER:seven seven four three one}
my national insurance number is {ID_NUMBER:q q one two three four five six c}
sort code {BANK:twelve thirty four fifty six} and account {BANK:one two three four five six seven eight}
the routing number is {BANK:oh two one oh oh oh oh two one}
iban {BANK:d e eight nine three seven oh four oh oh four four oh five three two oh one three oh oh oh}
my pin is {SECRET:four seven one one}
the door code is {SECRET:two five eight oh}
your verification code is {SECRET:eight three six one nine two}
the wifi password is {SECRET:purple monkey ninety nine}
{SECRET:nine one four two} is my pin
my twitter handle is {ONLINE:silver heron forty two}
it's at {ONLINE:blue barn dot example dot com slash shop}
the printer is at {ONLINE:one nine two dot one six eight dot oh dot twelve}
my user name is {ONLINE:r o b b i e underscore seven}
my name is {NAME:oluwaseun adeyemi} and i have a question
hello this is {NAME:marguerite duval} from the office
could you put me through to mister {NAME:abernathy}
my sister {NAME:saoirse} is coming over
hey nova text {NAME:dimitri} i'll be late
i spoke to {NAME:prudence} yesterday
the surname is spelled {NAME:m a c k e n z i e}
i live at {ADDRESS:fourteen harrowgate lane}
ship it to {ADDRESS:two hundred twelve west elm street apartment five b springfield}
we're at {ADDRESS:flat three nine kestrel court}
my zip code is {ADDRESS:nine oh two one oh}
the parcel goes to {ADDRESS:eighty one saint cuthbert's road durham d h one four q p}
my address is {ADDRESS:rose cottage mill lane little snoring}
"""
INNOCENT = """
the meeting is at nine thirty on tuesday
flight eight four two leaves from gate twenty six
it costs four hundred and ninety nine dollars
we won three two in extra time
set an alarm for six forty five
i need two hundred grams of butter and three eggs
the population is eight million four hundred thousand
read chapter twelve verse seven
i'm going to the museum of modern art
i'm really tired today
this is great thank you
call an ambulance
call me when you get home
what's the capital of france
who won the world cup in nineteen sixty six
take exit twenty one on the m five
play thriller by michael jackson
the battle of hastings was in ten sixty six
my birthday party was fun
i forgot my password again
my phone is broken
the temperature is minus three degrees
it's about five point five miles away
the nineteen ninety five model has one hundred and ten horsepower
turn left on main street and then right
my doctor says i need rest
i met the president of the united states
channel four news is on at seven
the code is not working
we have twenty three people in the class and forty one in the hall
remind me to call the bank at ten fifteen
the score was twenty one seventeen at half time
bus seventy three goes to victoria station
ask for help at the desk
open the b b c website
i was born in london
"""
SPANISH = """
mi teléfono es {PHONE:seis uno dos treinta y cuatro cincuenta y seis setenta y ocho}
mi número es el {PHONE:nueve uno cinco cinco cinco cero uno cuatro dos}
la tarjeta es {CARD:cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno}
mi correo es {EMAIL:pilar guion bajo sosa arroba example punto com}
nací el {DATE_OF_BIRTH:veintitrés de mayo de mil novecientos ochenta y uno}
el dni es {ID_NUMBER:cinco cuatro tres dos uno cero nueve ocho equis}
el número de cuenta es {BANK:dos uno cero cero cero cuatro uno ocho cuatro cinco}
la clave es {SECRET:ocho cero tres seis}
me llamo {NAME:eulalia montcada} y llamo por un pedido
vivo en {ADDRESS:calle de la higuera dieciséis tercero b}
"""
SPANISH_INNOCENT = """
pon una alarma a las siete y media
el billete cuesta cuarenta y dos euros
quién ganó el mundial de dos mil diez
estoy cansado y me voy a casa
necesito doscientos gramos de harina
"""


def lines(block: str) -> list[str]:
    return block.strip().splitlines()


def parsed(line: str) -> tuple[str, list[tuple[str, str]]]:
    return MARKED.sub(r"\2", line), MARKED.findall(line)


def found(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in spoken.find(text, language)]


@pytest.mark.parametrize("line", lines(PERSONAL))
def test_english_personal_data_is_found_with_its_type(line: str) -> None:
    text, expected = parsed(line)
    assert found(text) == expected


@pytest.mark.parametrize("line", lines(INNOCENT))
def test_english_ordinary_talk_stays(line: str) -> None:
    assert found(line) == []


@pytest.mark.parametrize("line", lines(SPANISH))
def test_spanish_personal_data_is_found_with_its_type(line: str) -> None:
    text, expected = parsed(line)
    assert found(text, "es") == expected


@pytest.mark.parametrize("line", lines(SPANISH_INNOCENT))
def test_spanish_ordinary_talk_stays(line: str) -> None:
    assert found(line, "es") == []


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("double oh seven", "007"),
        ("forty one eleven", "4111"),
        ("eight hundred five five five", "800555"),
        ("eight hundred and three", "803"),
        ("triple nine two", "9992"),
        ("nineteen sixty six", "1966"),
        ("two thousand and one", "2001"),
        ("bravo seven p as in papa", "b7p"),
        ("m for mike two", "m2"),
        ("six for six to six", "64626"),
        ("5 5 5-0142", "5550142"),
    ],
)
def test_symbols_are_read_as_typed(said: str, typed: str) -> None:
    assert "".join(unit.value for unit in units(said.split(), load("en")) if unit.is_symbol) == typed


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("treinta y uno cero cuatro", "3104"),
        ("mil novecientos setenta", "1970"),
        ("dos mil diez", "2010"),
        ("doble siete", "77"),
    ],
)
def test_spanish_numbers_are_read_as_typed(said: str, typed: str) -> None:
    assert "".join(unit.value for unit in units(said.split(), load("es")) if unit.is_symbol) == typed


def test_written_forms_with_punctuation_are_found_too() -> None:
    text = "Hi, I'm Ravindra. My number is 312-555-0196; mail ravi@example.org!"
    assert found(text) == [("NAME", "Ravindra"), ("PHONE", "312-555-0196"), ("EMAIL", "ravi@example.org")]


def test_a_possessive_stays_outside_a_name() -> None:
    assert found("this is mei xiang's dad speaking") == [("NAME", "mei xiang")]


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(spoken.UnknownLanguage, match="'fi'"):
        spoken.find("hei", "fi")


def test_a_region_of_a_language_is_the_language() -> None:
    assert spoken.find("my pin is four seven one one", "en-GB")


SOME_WORDS = """
my number is oh four at dot double p as in papa a i uh hundred thousand and may born example com live street
[PHONE] é 7
"""
WORDS = tuple(SOME_WORDS.split())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS) | st.text(min_size=1, max_size=4), max_size=25), st.sampled_from(["en", "es", "de"])
)
def test_spans_are_whole_words_in_order_apart_and_the_same_each_time(words: list[str], language: str) -> None:
    text = " ".join(words)
    spans = spoken.find(text, language)
    assert spans == spoken.find(text, language)
    for before, after in pairwise(spans):
        assert before.end <= after.start
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
    covered = sorted(
        at
        for unit in units([w.lower() for w in text.split()], load(language))
        for at in range(unit.first, unit.last + 1)
    )
    assert covered == list(range(len(text.split())))
