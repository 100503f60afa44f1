"""What became of each recording, and finding some among many: nothing is hidden that could be taken back."""

from fairhearing.datasets.models import Release, ReleaseRow
from tests.house import House


def _ids(page: bytes, ids: list[str]) -> set[str]:
    return {one for one in ids if f'id="{one}"'.encode() in page}


def test_the_steps_of_a_recording_are_told_in_order_and_end_with_the_withdrawal(house: House) -> None:
    clip = house.clip("robin", captured_at="2026-03-02T10:00:00Z")
    house.judge("charlie", choice=1)
    release = Release.objects.create(id="rel_test", programme=house.programme, format="lhotse", rows=1, withheld=0)
    ReleaseRow.objects.create(release=release, row="row_test", clip_id=clip.id)
    robin = house.speaker_client("robin")
    robin.post("/speaker/withdraw")
    page = robin.get("/speaker/").content.decode()
    steps = [
        "Collected by hearth on 2026-03-02",
        "De-identified: 1 clip was made",
        "heard by a reviewer of Other Desk in PT, 1.0 s",
        "In the dataset rel_test",
        "Taken back: nobody hears it any more",
    ]
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
    assert house.people["charlie"].id not in page


def test_recordings_are_found_by_month_state_and_whether_they_were_heard(house: House) -> None:
    heard = house.clip("robin", captured_at="2026-03-02T10:00:00Z").channel.recording_id
    house.judge("alice", choice=1)
    quiet = house.clip("robin", captured_at="2026-04-02T10:00:00Z").channel.recording_id
    waiting = house.recording("robin", captured_at="2026-04-03T10:00:00Z").id
    all_of_them = [heard, quiet, waiting]
    robin = house.speaker_client("robin")
    for asked, expected in {
        "": set(all_of_them),
        "month=2026-04": {quiet, waiting},
        "heard=yes": {heard},
        "heard=no&state=prepared": {quiet},
        "product=hearth&state=received": {waiting},
        "product=other": set(all_of_them),
    }.items():
        page = robin.get(f"/speaker/?{asked}").content
        assert _ids(page, all_of_them) == expected, asked
        assert (b"None of your recordings fits" in page) is (asked == "product=other")
        assert b"3 recordings" in page, "what is held is told whole"
        assert b"Erase all of my recordings" in page
    assert b"filter-month" not in house.speaker_client("wren").get("/speaker/").content
