"""The words by which ``plain_words`` knows that a notice says that people listen, one table a language.

The patterns are matched against case-folded text (``ß`` is ``ss``), Arabic without vowels and with plain alefs.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Words:
    """Who listens, the verb, the reader's own voice; what undoes it; what was said in its place; and a model."""

    people: re.Pattern[str]
    listen: re.Pattern[str]
    your_voice: re.Pattern[str]
    negation: re.Pattern[str]
    hedge: re.Pattern[str]
    euphemism: re.Pattern[str]
    model: str


def _any(*alternatives: str) -> re.Pattern[str]:
    """Whole words, any of them."""
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b")


def _arabic(*alternatives: str) -> re.Pattern[str]:
    """The same with what Arabic writes together with a word: and, so, by, to, the, will."""
    return re.compile(r"\b(?:و|ف)?(?:ب|ل|ك)?(?:ال|ل)?س?(?:" + "|".join(alternatives) + r")\b")


_EN = Words(
    people=_any(
        "people", "persons?", "humans", "somebody", "someone", r"employees?", "staff", "contractors?", "reviewers?",
        "transcribers?", "annotators?", "linguists?", "nobody", "no one",
    ),
    listen=_any("listens?", "listened", "listening", "hears?", "heard", "hearing"),
    your_voice=_any(
        r"your (?:\w+ ){0,3}(?:voice|speech|words|audio|recordings?|clips?|calls?|conversations?|commands?|requests?)",
        r"what you (?:say|said|have said)", "hear you", "listens? to you", "to your voice",
    ),
    negation=_any("not", r"\w+n't", "never", "no", "nobody", "no one", "without", "neither", "nor", "cannot"),
    hedge=_any(
        "may", "might", "can", "could", "would", "perhaps", "possibly", "potentially", "sometimes", "occasionally",
        "rarely", "in some cases", "in certain cases", "if necessary", "if needed", "where necessary", "as needed",
        "from time to time", "reserve",
    ),
    euphemism=_any(
        r"analy[sz]\w*", r"process(?:es|ed|ing)?", r"improv\w+", r"review(?:s|ed|ing)?", r"evaluat\w+", r"train\w*",
        r"quality \w+", r"human review\w*", r"manual\w* \w+", r"transcrib\w+", r"annotat\w+", r"grad(?:ed|ing)",
    ),
    model="If you agree, people listen to short clips of your recordings.",
)  # fmt: skip

_ES = Words(
    people=_any(
        "personas?", "emplead[oa]s?", "personal", "alguien", "revisor(?:a|es|as)?", "contratistas?", "humanos",
        "trabajador(?:a|es|as)?", "nadie", "transcriptor(?:a|es|as)?",
    ),
    listen=_any(r"escuch\w+", r"oye\w*", "oír", "oir", "oirán", "oirá", "oídas?", "oídos?"),
    your_voice=_any(
        r"(?:tus?|sus?|vuestr[oa]s?) (?:\w+ ){0,3}(?:voz|voces|grabaci(?:ón|ones)|fragmentos?|palabras|audios?|"
        r"llamadas?|conversaci(?:ón|ones)|órdenes|peticiones)",
        "lo que (?:dices|dice|decís|has dicho|ha dicho|digas|diga)",
    ),
    negation=_any("no", "nunca", "jamás", "nadie", "ningun[oa]?", "ningún", "sin", "tampoco", "ni"),
    hedge=_any(
        r"pued[ea]n?", "podrán?", "podrían?", "podemos", "quizás?", "tal vez", "posiblemente", "a veces",
        "ocasionalmente", "en algunos casos", "en ciertos casos", "si es necesario", "si fuera necesario",
        "de vez en cuando", "eventualmente", "cabe la posibilidad",
    ),
    euphemism=_any(
        r"anali[zc]\w+", "análisis", r"proces\w+", r"trat(?:ar|amos|an|amiento)", r"mejor\w+", r"revis\w+", r"evalu\w+",
        r"entren\w+", "calidad", r"transcri\w+",
    ),
    model="Si usted acepta, hay personas que escuchan fragmentos breves de sus grabaciones.",
)  # fmt: skip

_DE = Words(
    people=_any(
        "menschen", "personen", r"mitarbeiter\w*", "mitarbeitende[nr]?", "jemand", r"prüfer\w*", r"beschäftigte\w*",
        r"auftragnehmer\w*", "niemand", "leute", r"transkribier\w+",
    ),
    listen=_any(r"(?:an|ab|zu|mit)?hör(?:en|t|te|ten)", r"(?:an|ab|zu|mit)?gehört", "anzuhören", "lauschen"),
    your_voice=_any(
        r"(?:ihr|dein|eur)\w* (?:\w+ ){0,3}\w*(?:aufnahmen?|aufzeichnung(?:en)?|stimme|ausschnitte?n?|gespräche?n?|"
        r"clips?|anrufe?n?|worte?|befehle?n?|anfragen?)",
        "was (?:sie|du|ihr) (?:sagen|sagst|sagt|gesagt haben|gesagt hast)",
    ),
    negation=_any("nicht", "nie", "niemals", r"kein\w*", "niemand", "ohne", "weder", "noch"),
    hedge=_any(
        "kann", "können", r"könnten?", "möglicherweise", "eventuell", "gegebenenfalls", "ggf", "manchmal",
        "gelegentlich", "unter umständen", "bei bedarf", r"dürf\w+", "darf", "vielleicht", "mitunter",
        "in einigen fällen", "in manchen fällen", "falls nötig", "behalten uns",
    ),
    euphemism=_any(
        r"\w*analys\w+", r"verarbeit\w+", r"verbesser\w+", r"auswert\w+", r"ausgewertet", r"(?:über|ge)?prüf\w+",
        r"trainier\w+", r"\w*qualität\w*", r"transkri\w+",
    ),
    model="Wenn Sie zustimmen, hören Menschen kurze Ausschnitte Ihrer Aufnahmen an.",
)  # fmt: skip

_AR = Words(
    people=_arabic(
        "اشخاص",
        "شخص",
        "ناس",
        "اناس",
        "بشر",
        "موظف(?:ون|ين|و|ونا|ينا)?",
        "مراجع(?:ون|ين|و)?",
        "متعاقد(?:ون|ين)",
        "عامل(?:ون|ين)",
        "احد",
        "مدقق(?:ون|ين)",
    ),
    listen=_arabic("[يت]ستمع(?:ون|وا)?", "استماع", "[يت]سمع(?:ون|وا)?", "سماع", "[يت]نصت(?:ون|وا)?"),
    your_voice=re.compile(
        r"\w*(?:تسجيلات|تسجيل|صوت|كلام|محادثات|مكالمات|احاديث|مقاطع)(?:ك|كم|كما)\b|ما (?:تقول|قلت|تقولون)\w*"
    ),
    negation=_arabic("لا", "لن", "لم", "ليس", "ليست", "دون", "بدون", "غير", "ما من"),
    hedge=_arabic("قد", "ربما", "يمكن", "يجوز", "احيانا", "عند الضرورة", "عند الحاجة", "في بعض الحالات", "من المحتمل"),
    euphemism=_arabic(
        "تحليل", "[نيت]حلل", "معالجه", "معالجة", "[نيت]عالج", "تحسين", "مراجعة", "تدريب", "جودة", "تقييم"
    ),
    model="إذا وافقت، يستمع أشخاص إلى مقاطع قصيرة من تسجيلاتك.",
)

WORDS: Final = {"en": _EN, "es": _ES, "de": _DE, "ar": _AR}
