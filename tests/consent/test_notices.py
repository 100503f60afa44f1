"""Notices: refused unless they say that people listen; asked for by a programme."""

from typing import Any

import pytest

from fairhearing.consent import actions, notices
from fairhearing.consent.plain_words import NoticeNotPlain, check
from fairhearing.programmes import actions as programmes
from tests.consent.asking import TEXTS, notice, send
from tests.house import House, consent, metadata

NOT_PLAIN = [
    ("en", "We analyse your recordings to improve the service.", '"analyse" does not say'),
    ("en", "Your conversations may be processed and reviewed.", "only that it may be so"),
    ("en", "Your recordings are subject to human review.", '"human review" does not say'),
    ("en", "People may listen to your recordings.", "only that it may be so"),
    ("en", "In some cases, people listen to your recordings.", "only that it may be so"),
    ("en", "People don’t listen to your recordings.", "denies"),
    ("en", "People listen to your recordings. Nobody listens to your calls.", "denies"),
    ("en", "People listen to music with Hearth.", "no sentence"),
    ("es", "Analizamos sus grabaciones para mejorar el servicio.", '"analizamos" does not say'),
    ("es", "Nuestro personal puede escuchar sus grabaciones.", "only that it may be so"),
    ("es", "Nadie escucha sus grabaciones.", "denies"),
    ("de", "Wir werten Ihre Aufnahmen aus, um den Dienst zu verbessern.", '"verbessern" does not say'),
    ("de", "Mitarbeiter können Ihre Aufnahmen anhören.", "only that it may be so"),
    ("de", "Niemand hört Ihre Aufnahmen an.", "denies"),
    ("ar", "نقوم بتحليل تسجيلاتك لتحسين الخدمة.", "does not say"),
    ("ar", "قد يستمع أشخاص إلى تسجيلاتك.", "only that it may be so"),
    ("ar", "لا يستمع أشخاص إلى تسجيلاتك.", "denies"),
    ("fi", "Ihmiset kuuntelevat tallenteitasi.", "there are rules for ar, de, en, es"),
]


@pytest.mark.parametrize(("language", "text", "why"), NOT_PLAIN)
def test_what_does_not_say_that_people_listen_is_refused_with_what_to_write(language: str, text: str, why: str) -> None:
    with pytest.raises(NoticeNotPlain, match=why) as refused:
        check(text, language)
    if language in TEXTS:
        check(str(refused.value).rpartition(': "')[2], language)


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_that_says_it_is_enough(language: str) -> None:
    assert check(TEXTS[language], language) in TEXTS[language]


def _asked(house: House, **said: Any) -> dict[str, Any]:
    return metadata(house.speaker("robin"), consent=consent(**said))


def test_a_programme_can_ask_for_notices_that_were_checked(house: House) -> None:
    assert send(house, _asked(house), hertz=299.0).status_code == 201, "by default any notice is taken"
    asking = programmes.Asking(registered_notices_only=True)
    house.programme = programmes.set_rules(slug="assistant", by="test", reason="no vague notices", asking=asking)
    refused = send(house, _asked(house), hertz=300.0)
    assert (refused.status_code, refused.json()["field"]) == (422, "consent.notice")
    actions.publish(notice=notices.parse(notice("es")))
    refused = send(house, _asked(house, notice="hearth-review-1"), hertz=301.0)
    assert (refused.status_code, refused.json()["field"]) == (422, "consent.notice_language")
    told = _asked(house, notice="hearth-review-1", notice_language="es")
    assert send(house, told, hertz=302.0).status_code == 201
