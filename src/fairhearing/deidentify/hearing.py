"""Who speaks when, what is said when, and what of it is spelled or counted."""

from fairhearing.deidentify import activation, activity, biased, forced, spoken
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.pocketsphinx_recogniser import LANGUAGES, PocketSphinxRecogniser
from fairhearing.deidentify.result import Reason, Refused
from fairhearing.deidentify.run import Run, base_language, stage
from fairhearing.deidentify.words import RATE, check_samples

LEAST_SPEECH = RATE * 15 // 100


def hear(run: Run) -> None:
    """Find the speech and its timed words; refuse what nothing here can hear."""
    with stage(Reason.FAILED_INPUT):
        check_samples(run.samples)
        _check_words(run)
    with stage(Reason.FAILED_ACTIVITY):
        run.speech = activity.regions(run.samples)
    run.note("activity", activity.VERSION, open_at=activity.OPEN_AT, close_at=activity.CLOSE_AT)
    timed = [one.words for one in run.given if one.kind == "transcription" and one.words]
    if not timed and sum(end - start for start, end in run.speech) < LEAST_SPEECH:
        raise Refused("discard", Reason.NO_SPEECH)
    if run.base_language not in spoken.languages():
        raise Refused("quarantine", Reason.NO_FINDER)
    if timed:
        run.words, run.words_given, run.words_stated = list(timed[0]), True, True
        run.note("words_given", "", hypotheses=len(timed))
    elif not _aligned(run):
        _recognise(run)


def _aligned(run: Run) -> bool:
    """Place the first given text that fits the sound; its words then are of the product's recogniser."""
    if run.base_language not in LANGUAGES:
        return False
    for one in run.given:
        if one.kind == "transcription" and base_language(one.language) == run.base_language:
            with stage(Reason.FAILED_RECOGNISE):
                found = forced.align(run.samples, one.text, run.speech)
            if found is not None and found.trusted:
                run.words, run.words_stated = list(found.words), True
                run.note(
                    "align", PocketSphinxRecogniser.version, fit=round(found.fit, 3), covered=round(found.covered, 3)
                )
                return True
    return False


def _check_words(run: Run) -> None:
    for one in run.given:
        before = 0
        for word in one.words or ():
            if not (before <= word.start <= word.end and word.start < run.samples.size):
                raise ValueError("word times are out of order or beyond the recording")
            before = word.start


def _recognise(run: Run) -> None:
    recogniser = run.options.recogniser
    if recogniser is None and run.base_language not in LANGUAGES:
        raise Refused("quarantine", Reason.NO_RECOGNISER)
    with stage(Reason.FAILED_RECOGNISE):
        if recogniser is None:
            embedded = PocketSphinxRecogniser()
            recogniser, run.words = embedded, embedded.words(run.samples, run.speech)
        else:
            run.words = recogniser.words(run.samples)
            run.words_stated = run.options.recogniser_error is not None
    run.note("recognise", recogniser.version, recogniser=recogniser.name, error=run.options.recogniser_error)


def check_meant(run: Run) -> None:
    """Refuse what was surely not meant for the device; what is said in the background is to be cut."""
    if not run.options.trigger:
        return
    with stage(Reason.FAILED_ACTIVATION):
        run.activation = activation.judge(
            run.samples,
            run.speech,
            trigger=run.options.trigger,
            wake_words=run.options.wake_words,
            words=run.words,
        )
    run.transforms.append(run.activation.transform)
    if run.activation.meant is False:
        raise Refused("discard", Reason.NOT_MEANT)
    run.findings += [Finding("OTHER_VOICE", start, end) for start, end in run.activation.background]


def spell(run: Run) -> None:
    """Add what the biased hearing takes for spelling, numbers and dates."""
    strict = run.words_given
    if run.base_language not in LANGUAGES or (strict and run.options.biased_hearing != "always"):
        return
    with stage(Reason.FAILED_SPELL):
        found = biased.hear(
            run.samples, run.speech, offset=run.options.offset, strict=strict, words=run.words if strict else ()
        )
    run.findings += [Finding("CODE", start, end) for start, end in found.stretches]
    run.unsure_s = sum(end - start for start, end in found.unsure) / RATE
    run.note("spell", PocketSphinxRecogniser.version, recogniser=biased.NAME, offset=run.options.offset, strict=strict)
