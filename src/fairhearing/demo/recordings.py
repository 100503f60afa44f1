"""The demo's recordings as a product would send them: FLAC files and manifest lines, one by one."""

import json
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from fairhearing.audio import encode
from fairhearing.demo import script
from fairhearing.demo.hypotheses import Hypothesis, PocketSphinx, joined
from fairhearing.demo.script import Programme, Scene, User
from fairhearing.demo.stage import RATE, Performance, perform
from fairhearing.demo.voices import TimedWord, Voices

Derive = Callable[[str, str], str]
_AGREED_DAYS_AGO = 45  # before the oldest recording of the script


def write(
    folder: Path,
    *,
    derive: Derive,
    programmes: Mapping[str, Programme] | None = None,
    now: datetime | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Generator[tuple[str, dict[str, Any]], None, None]:
    """Makes the demo under ``folder``; yields (programme's slug, manifest line) as soon as each is on disk.

    A line's sound is ``folder / slug / line["audio_filepath"]``; ``folder / slug / "manifest.jsonl"`` holds
    the lines, begun anew. ``derive`` gives a speaker's key (64 hex digits) for a product and its user id.
    ``programmes`` is what to make (default: the whole script); days are counted back from ``now`` (default:
    this moment); ``on_progress`` hears (done, all). The sound depends on the script and the version of
    espeak-ng alone.

    Raises:
        VoicesMissing: the demo extra is not installed.
        SpeechFailed: espeak-ng could not speak a line.
    """
    moment = now or datetime.now(UTC)
    playing = script.load() if programmes is None else programmes
    scenes = _mixed(list(playing.values()))
    with Voices() as voices:
        recogniser = PocketSphinx()
        manifests = {slug: _empty_manifest(folder / slug) for slug in playing}
        for done, (programme, scene) in enumerate(scenes, start=1):
            performance = perform(scene, voices)
            sound = performance.samples if len(scene.users) > 1 else performance.samples[0]
            (folder / programme.slug / f"{scene.id}.flac").write_bytes(encode.flac_bytes(sound, RATE))
            line = _line(programme, scene, derive, moment)
            line["hypotheses"] = _hypotheses(programme, scene, performance, recogniser, voices.version)
            with manifests[programme.slug].open("a", encoding="utf-8") as manifest:
                manifest.write(json.dumps(line, ensure_ascii=False) + "\n")
            if on_progress:
                on_progress(done, len(scenes))
            yield programme.slug, line


def _mixed(programmes: list[Programme]) -> list[tuple[Programme, Scene]]:
    """All scenes, the programmes spread evenly, so that each has something to show early."""
    placed = [
        ((number + 1) / len(programme.scenes), programme.slug, programme, scene)
        for programme in programmes
        for number, scene in enumerate(programme.scenes)
    ]
    return [(programme, scene) for _, _, programme, scene in sorted(placed, key=lambda item: item[:2])]


def _empty_manifest(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.jsonl"
    manifest.write_text("", encoding="utf-8")
    return manifest


def _line(programme: Programme, scene: Scene, derive: Derive, now: datetime) -> dict[str, Any]:
    """The manifest line without its hypotheses; a call has its keys and consents a channel."""
    day = now.astimezone(UTC).date() - timedelta(days=scene.days_ago)
    parties = [
        {"speaker_key": derive(programme.product, user.id), "consent": _consent(programme, user, now)}
        for user in scene.users
    ]
    for channel, party in enumerate(parties):
        if len(parties) > 1:
            party["language"] = programme.language_of(channel)
    return {
        "audio_filepath": f"{scene.id}.flac",
        "external_id": f"demo-{scene.id}",
        "language": programme.language,
        **(parties[0] if len(parties) == 1 else {"channels": parties}),
        "age_band": "adult",
        "captured_at": datetime.combine(day, time.fromisoformat(scene.at), UTC).isoformat(),
        "region": scene.users[0].region,
        "product": programme.product,
        "activation": scene.activation,
        "indicator": scene.indicator,
    }


def _consent(programme: Programme, user: User, now: datetime) -> dict[str, Any]:
    day = now.astimezone(UTC).date() - timedelta(days=_AGREED_DAYS_AGO)
    return {
        "service": True,
        "automatic_improvement": True,
        "human_review": user.human_review,
        "notice": programme.notice,
        "method": user.method,
        "given_at": datetime.combine(day, time(9), UTC).isoformat(),
    }


def _hypotheses(
    programme: Programme, scene: Scene, performance: Performance, recogniser: PocketSphinx, espeak: str
) -> list[dict[str, Any]]:
    """A channel's transcriptions first, then its translations; PocketSphinx hears English alone."""
    lines = []
    for channel in range(len(scene.users)):
        spoken = programme.language_of(channel)
        if spoken == "en":
            found = _heard(performance, channel, recogniser)
        else:
            found = [_from_script(scene, performance, channel, espeak)]
        lines += [_hypothesis(one, spoken, channel) for one in found]
        if scene.translations:
            books = zip("ABC", scene.translations[channel], strict=False)
            translations = [Hypothesis(text, f"demo phrasebook {letter}") for letter, text in books]
            into = programme.language_into(channel)
            lines += [_hypothesis(one, into, channel) for one in translations]
    return lines


def _heard(performance: Performance, channel: int, recogniser: PocketSphinx) -> list[Hypothesis]:
    turns = [turn for turn in performance.turns if turn.channel == channel]
    sound = performance.samples[channel]
    return joined([(t.start / RATE, recogniser.hypotheses(sound[t.start : t.end])) for t in turns])


def _from_script(scene: Scene, performance: Performance, channel: int, espeak: str) -> Hypothesis:
    """What the synthesiser was told to say, with its own times; ``engine`` says so."""
    text = " ".join(turn.say for turn in scene.turns if turn.channel == channel)
    words = [word for turn in performance.turns if turn.channel == channel for word in turn.words]
    return Hypothesis(text, f"espeak-ng {espeak} (script)", words=words)


def _hypothesis(one: Hypothesis, language: str, channel: int) -> dict[str, Any]:
    line: dict[str, Any] = {"text": one.text, "engine": one.engine, "language": language, "channel": channel}
    if one.score is not None:
        line["score"] = one.score
    if one.words is not None:
        line["words"] = [_word(word) for word in one.words]
    return line


def _word(word: TimedWord) -> dict[str, Any]:
    return {"word": word.word, "start_s": word.start_s, "end_s": word.end_s}
