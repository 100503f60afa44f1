"""Who is signed in: from the next request on, and never by what a copy of the database holds."""

import pytest
from django.test import Client

from fairhearing.accounts.models import Account, Session
from tests.house import House

pytestmark = pytest.mark.django_db


def test_a_stranger_with_a_copy_of_the_database_is_signed_in_as_nobody(house: House) -> None:
    client = house.client("alice")
    assert client.get("/review/").status_code == 200
    key = client.cookies["session"].value
    session = Session.objects.get()
    assert key.encode() not in bytes(session.digest) + session.session_data.encode()
    for stolen in (bytes(session.digest).hex(), session.session_data, ""):
        thief = Client()
        thief.cookies["session"] = stolen
        assert thief.get("/review/").status_code == 302


def test_a_session_ends_with_its_sign_out_its_account_its_password_and_its_time(house: House) -> None:
    for end in (
        lambda client: client.post("/sign-out"),
        lambda client: Account.objects.filter(email__startswith="alice").update(is_active=False),
        lambda client: Account.objects.filter(email__startswith="alice").update(password="another"),
        lambda client: Session.objects.update(expire_date="2020-01-01T00:00Z"),
        lambda client: Session.objects.update(account_id=None),
    ):
        client = house.client("alice")
        before = Account.objects.get(email__startswith="alice")
        key = client.cookies["session"].value
        assert client.get("/review/").status_code == 200
        end(client)
        client.cookies["session"] = key
        assert client.get("/review/").status_code == 302
        before.save()
