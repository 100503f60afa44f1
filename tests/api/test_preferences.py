"""A reviewer's own settings: theirs alone, small, and nothing but settings."""

from typing import Any

import pytest
from django.test import Client

from tests.house import House

ADDRESS = "/api/v1/review/preferences"
MINE = {"keys": {"play": ["k", "Pedal 2"]}, "speed": 1.5, "rewind": 2.0, "letterKeys": False, "autoplay": False}


def put(client: Client, body: Any) -> int:
    return client.put(ADDRESS, body, content_type="application/json").status_code


@pytest.mark.parametrize("name", [None, "controller", "auditor", "manager"])
def test_whoever_reviews_nothing_has_none(house: House, name: str | None) -> None:
    client = house.client(name)
    expected = 401 if name is None else 404
    assert client.get(ADDRESS).status_code == expected
    assert put(client, MINE) == expected


def test_what_is_kept_comes_back_to_its_owner_alone(house: House) -> None:
    alice, bob = house.client("alice"), house.client("bob")
    assert alice.get(ADDRESS).json() == {}
    assert put(alice, MINE) == 204
    assert house.client("alice").get(ADDRESS).json() == MINE
    assert bob.get(ADDRESS).json() == {}
    assert put(alice, {"speed": 2}) == 204
    assert alice.get(ADDRESS).json() == {"speed": 2.0}, "all of them are replaced"


@pytest.mark.parametrize(
    "body",
    [
        {"note": "anything else"},
        {"speed": 9},
        {"speed": "NaN"},
        {"rewind": -1},
        {"keys": {"play": "r"}},
        {"keys": {"<b>": ["r"]}},
        {"keys": {"play": [""]}},
        {"keys": {"play": ["\0"]}},
        {"keys": {"play": ["\ud800"]}},
        {"keys": {"play": ["x" * 41]}},
        {"keys": {f"command{'x' * at}": ["r"] for at in range(70)}},
        [],
    ],
)
def test_what_is_no_setting_is_refused_and_changes_nothing(house: House, body: Any) -> None:
    alice = house.client("alice")
    assert put(alice, MINE) == 204
    assert put(alice, body) == 422
    assert alice.get(ADDRESS).json() == MINE


def test_more_than_settings_need_is_refused(house: House) -> None:
    keys = {f"{letter}{number}": ["x" * 40] * 6 for letter in "abcd" for number in range(1, 8)}
    assert put(house.client("alice"), {"keys": keys}) == 413
