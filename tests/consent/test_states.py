"""The states of a consent over random histories: held against a model that is written another way."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairhearing.consent import actions, queries, states
from fairhearing.consent.actions import ConsentNotAllowed, ConsentOutdated, Statement
from fairhearing.consent.models import ConsentRecord, Method, Purpose
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.consent.states import State

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
DID: Final = (None, State.REQUESTED, State.RECONFIRMED, State.TERMINATED)
STEP = st.tuples(st.sampled_from(DID), st.booleans(), st.integers(0, 30), st.sampled_from([None, "past", "ahead"]))


def test_only_what_was_given_or_reconfirmed_holds_and_every_state_can_be_left() -> None:
    assert set(states.NEXT) == {None, *State}
    for before, after in states.NEXT.items():
        assert State.WITHDRAWN in after, "taking back is always open"
        assert not after & {State.EXPIRED, State.INVALIDATED}, "these are seen, never written"
        if before not in (State.GIVEN, State.RECONFIRMED, State.EXPIRED):
            assert State.RECONFIRMED not in after, "what was not given is not re-confirmed"
    now = START
    for state in State:
        holds = states.seen(state, now=now, valid_until=None, notice_invalid=False) in states.HOLDING
        assert holds == (state in (State.GIVEN, State.RECONFIRMED))
        assert states.seen(state, now=now, valid_until=now, notice_invalid=False) not in states.HOLDING
        assert states.seen(state, now=now, valid_until=None, notice_invalid=True) not in states.HOLDING


def _allowed_by_hand(rows: list[ConsentRecord]) -> bool:
    """No yes unless the newest row is one, has not run out, and every row before it is older."""
    if not rows:
        return False
    newest = max(rows, key=lambda row: row.given_at)
    ran_out = newest.valid_until is not None and newest.valid_until <= timezone.now()
    return newest.state in ("given", "reconfirmed") and not ran_out


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=8), seed=st.binary(min_size=32, max_size=32))
def test_the_newest_answer_holds_and_nothing_outdated_gives(
    steps: list[tuple[State | None, bool, int, str | None]], seed: bytes
) -> None:
    key, handle = SpeakerKey(seed), SpeakerKey(seed).consent_handle(Purpose.HUMAN_REVIEW)
    ConsentRecord.objects.filter(handle=handle).delete()
    for did, yes, day, until in steps:
        says_yes = yes if did is None else did is State.RECONFIRMED
        lasts = {None: None, "past": START, "ahead": timezone.now() + timedelta(days=9)}[until]
        said = Statement(
            {Purpose.HUMAN_REVIEW: says_yes}, "notice-1", Method.CLICK, START + timedelta(days=day), None, lasts, did
        )
        before = list(ConsentRecord.objects.filter(handle=handle))
        held = _allowed_by_hand(before)
        try:
            actions.record(key=key, statement=said)
        except (ConsentNotAllowed, ConsentOutdated):
            assert list(ConsentRecord.objects.filter(handle=handle)) == before
        after = list(ConsentRecord.objects.filter(handle=handle))
        assert {row.id for row in before} <= {row.id for row in after}, "rows are only added"
        holds = queries.holds(key, Purpose.HUMAN_REVIEW)
        assert holds == _allowed_by_hand(after)
        if holds and not held:
            assert says_yes
            assert all(row.given_at <= said.given_at for row in after), "an outdated statement gave"
