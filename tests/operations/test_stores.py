"""What an erasure's answer says about where things lay."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from fairhearing.accounts import actions as accounts
from fairhearing.operations import stores


def test_backups_close_when_the_week_is_a_window_ago() -> None:
    days = {one.store: one.by for one in stores.after_erasing(datetime(2026, 11, 25, 12, tzinfo=UTC))}
    assert days["clips"] == days["texts"] == date(2026, 11, 25)
    assert days["database files"] == date(2026, 11, 26)
    assert days["backups"] == date(2026, 12, 28)  # Sunday 29 November and 28 days, and the upkeep after them


@pytest.mark.django_db
def test_the_answer_names_every_store() -> None:
    secret = accounts.create_api_key(name="test", product="hearth").secret
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).post(
        "/api/v1/erasures", {"speaker_key": "cd" * 32}, content_type="application/json"
    )
    assert answer.status_code == 200
    named = {one["store"] for one in answer.json()["stores"]}
    assert {"originals", "clips", "texts", "recalls", "backups"} <= named
