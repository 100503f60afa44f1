"""What speakers answered: the newest holds, nothing is changed, what is outdated or from the future is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from fairhearing.capture import incoming, intake
from fairhearing.capture.models import Channel
from fairhearing.consent import actions, queries
from fairhearing.consent.actions import ConsentFromTheFuture, ConsentOutdated, Statement
from fairhearing.consent.models import ConsentRecord, Method, Purpose
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.speakers import actions as speakers
from tests.house import PRODUCT, House, consent, metadata, wav
from tests.probes import Running, at_once, wait_until_blocked

KEY = SpeakerKey(b"k" * 32)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def _say(given: bool, at: datetime, notice: str = "notice-1", purpose: Purpose = Purpose.HUMAN_REVIEW) -> None:
    actions.record(key=KEY, statement=Statement({purpose: given}, notice, Method.CLICK, at))


def _holds(purpose: Purpose = Purpose.HUMAN_REVIEW) -> bool:
    return queries.holds(KEY, purpose)


@pytest.mark.django_db
def test_nobody_who_was_not_asked_agrees() -> None:
    assert not _holds()
    _say(True, NOON, purpose=Purpose.SERVICE)
    assert not _holds(), "using the service is not agreeing to people listening"
    assert not queries.holds(SpeakerKey(b"o" * 32), Purpose.SERVICE)


@pytest.mark.django_db
def test_the_newest_answer_holds_in_whatever_order_they_come() -> None:
    _say(True, NOON)
    _say(False, NOON + timedelta(days=2))
    _say(False, NOON - timedelta(days=2))
    assert not _holds()
    _say(True, NOON + timedelta(days=3))
    assert _holds()
    _say(False, NOON + timedelta(days=1))
    assert _holds(), "an old refusal that comes late does not undo a newer yes"


@pytest.mark.django_db
def test_a_yes_older_than_the_withdrawal_is_refused() -> None:
    _say(True, NOON)
    actions.withdraw(key=KEY, purpose=Purpose.HUMAN_REVIEW)
    for at in (NOON, NOON + timedelta(hours=1), timezone.now() - timedelta(seconds=30)):
        with pytest.raises(ConsentOutdated):
            _say(True, at)
    assert not _holds()
    _say(True, timezone.now())
    assert _holds(), "who agrees anew agrees"


@pytest.mark.django_db
def test_an_answer_from_the_future_is_refused() -> None:
    with pytest.raises(ConsentFromTheFuture):
        _say(True, timezone.now() + timedelta(minutes=6))
    assert not ConsentRecord.objects.exists()


@pytest.mark.django_db
def test_withdrawing_holds_against_a_product_whose_clock_is_ahead() -> None:
    """A yes a few minutes ahead of our clock is taken; the withdrawal after it must still be the newest."""
    ahead = timezone.now() + timedelta(minutes=4)
    _say(True, ahead)
    actions.withdraw(key=KEY, purpose=Purpose.HUMAN_REVIEW)
    assert not _holds()
    with pytest.raises(ConsentOutdated):
        _say(True, ahead)


@pytest.mark.django_db
def test_nothing_is_ever_changed_and_the_same_again_adds_nothing() -> None:
    def rows() -> list[Any]:
        return sorted(ConsentRecord.objects.values_list())

    _say(True, NOON)
    first = rows()
    _say(True, NOON)
    _say(True, NOON + timedelta(days=1))
    assert rows() == first
    _say(True, NOON + timedelta(days=1), notice="notice-2")
    _say(False, NOON + timedelta(days=2))
    assert len(rows()) == 3
    assert set(first) < set(rows())


@pytest.mark.django_db
def test_records_of_one_speaker_have_nothing_in_common_that_leads_to_recordings() -> None:
    for purpose in Purpose:
        _say(True, NOON, purpose=purpose)
    fields = {field.name for field in ConsentRecord._meta.get_fields()}
    assert fields == {"id", "handle", "given", "notice", "method", "given_at", "state", "valid_until", "language"}
    assert len(set(map(bytes, ConsentRecord.objects.values_list("handle", flat=True)))) == 3


def _store(house: House, name: str, number: int) -> intake.Outcome:
    line = incoming.parse(metadata(house.speaker(name), consent=consent()))
    checked = intake.check(programme=house.programme, product=PRODUCT, incoming=line, sound=wav(0.5, 200.0 + number))
    (outcome,) = intake.store(programme=house.programme, checked=[checked])
    assert isinstance(outcome, intake.Outcome), outcome
    return outcome


def test_uploads_at_once_of_one_speaker_get_numbers_of_their_own_without_a_gap(house: House) -> None:
    for round_ in range(2):
        at_once([lambda number=number + 3 * round_: _store(house, "robin", number) for number in range(3)])
    key = house.speaker("robin")
    handles = set(map(bytes, Channel.objects.values_list("handle", flat=True)))
    assert handles == {key.recording_handle(number) for number in range(6)}


def test_a_recording_on_its_way_in_is_not_missed_by_the_withdrawal(house: House) -> None:
    """The yes was read, the row is not yet committed: the withdrawal waits for it and closes it as well."""
    with transaction.atomic():
        _store(house, "robin", 1)
        withdrawing = Running(lambda: speakers.withdraw(key=house.speaker("robin")))
        withdrawing.start()
        wait_until_blocked()
    receipt = withdrawing.result()
    assert receipt.recordings == 1
    assert Channel.objects.get().withdrawn


def test_a_recording_that_comes_behind_the_withdrawal_is_refused(house: House) -> None:
    _store(house, "robin", 1)
    with transaction.atomic():
        speakers.withdraw(key=house.speaker("robin"))
        coming = Running(lambda: _store(house, "robin", 2))
        coming.start()
        wait_until_blocked()
    with pytest.raises(AssertionError, match="withdrawn later"):
        coming.result()
    assert Channel.objects.count() == 1
    assert Channel.objects.get().withdrawn
