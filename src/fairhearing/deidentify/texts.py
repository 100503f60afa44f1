"""The texts of a recording: what came with it, what may be served of it, and which clip each part is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fairhearing.deidentify import cut, spoken
from fairhearing.deidentify.align import Token, pieces, timed_tokens
from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.words import Word

Kind = Literal["transcription", "translation"]
COVERED = 0.25  # of a token's time: a smaller overlap is the margin of a neighbour's cut
BOUNDED = 3  # words without a match of their own that two matched neighbours still locate


@dataclass(frozen=True)
class GivenText:
    """A candidate that the product sent: ``words`` are its timed words in samples at 16 kHz, or ``None``."""

    text: str
    kind: Kind
    language: str
    engine: str = ""
    words: tuple[Word, ...] | None = None


@dataclass(frozen=True)
class RedactedText:
    """What is left of a :class:`GivenText`: cut words read ``[TYPE]``, in the text and in ``words`` alike."""

    text: str
    kind: Kind
    language: str
    engine: str = ""
    words: tuple[Word, ...] | None = None


@dataclass(frozen=True)
class Located:
    """What one text names: timed findings, and those of unknown time, as type and "is spelled"."""

    findings: tuple[Finding, ...]
    unlocated: tuple[tuple[str, bool], ...]


def locate(text: str, language: str, tokens: Sequence[Token]) -> Located:
    """Return the personal data in ``text`` by the times of its ``tokens``."""
    findings: list[Finding] = []
    unlocated: list[tuple[str, bool]] = []
    for span in spoken.find(text, language):
        touched = [at for at, token in enumerate(tokens) if token.begin < span.end and span.start < token.stop]
        if touched and _is_located(tokens, touched):
            findings.append(Finding(span.type, tokens[touched[0]].start, tokens[touched[-1]].end))
        else:
            said = text[span.start : span.end].split()
            unlocated.append((span.type, 2 * sum(len(word) == 1 for word in said) > len(said)))
    return Located(tuple(findings), tuple(unlocated))


def _is_located(tokens: Sequence[Token], touched: list[int]) -> bool:
    exact = sum(tokens[at].exact for at in touched)
    if not (tokens[touched[0]].end > tokens[touched[0]].start and tokens[touched[-1]].end > tokens[touched[-1]].start):
        return False
    ends = tokens[touched[0]].exact and tokens[touched[-1]].exact
    first, last = touched[0] - 1, touched[-1] + 1
    before = first >= 0 and tokens[first].exact
    after = last < len(tokens) and tokens[last].exact
    return ends or (before and after and (len(touched) <= BOUNDED or 2 * exact >= len(touched)))


def tokens_of(given: GivenText, reference: Sequence[Word], size: int) -> list[Token]:
    """Return the timed tokens of a transcription: by its own words, else by those of ``reference``."""
    return timed_tokens(given.text, reference if given.words is None else given.words, size)


def redact(given: GivenText, tokens: Sequence[Token], findings: Sequence[Finding]) -> RedactedText:
    """Return a transcription without what the finder sees in it and without what was cut from the sound."""
    types: list[str | None] = [_cut_type(token, findings) for token in tokens]
    for span in spoken.find(given.text, given.language):
        for at, token in enumerate(tokens):
            if token.begin < span.end and span.start < token.stop:
                types[at] = types[at] or span.type
    groups: list[tuple[str | None, list[Token]]] = []
    for token, kind in zip(tokens, types, strict=True):
        if groups and kind and groups[-1][0] == kind:
            groups[-1][1].append(token)
        else:
            groups.append((kind, [token]))
    spans = [(group[0].begin, group[-1].stop, kind) for kind, group in groups if kind]
    words = tuple(Word(f"[{kind}]" if kind else group[0].text, group[0].start, group[-1].end) for kind, group in groups)
    text = cut.cut_text(given.text, spans)
    return RedactedText(text, given.kind, given.language, given.engine, None if given.words is None else words)


def _cut_type(token: Token, findings: Sequence[Finding]) -> str | None:
    length = max(1, token.end - token.start)
    for one in findings:
        shared = min(token.end, one.end) - max(token.start, one.start)
        middle = one.start <= (token.start + token.end) // 2 < one.end
        if middle or shared > COVERED * length:
            return one.type
    return None


def redact_translation(given: GivenText) -> tuple[RedactedText, tuple[str, ...]]:
    """Return a translation without what the finder sees in it, and the types that it saw."""
    spans = spoken.find(given.text, given.language)
    text = cut.cut_text(given.text, ((s.start, s.end, s.type) for s in spans))
    return RedactedText(text, given.kind, given.language, given.engine), tuple(s.type for s in spans)


def redact_words(words: Sequence[Word], findings: Sequence[Finding]) -> list[Word]:
    """Return the timed words with each stretch of cut ones as one word ``[TYPE]``."""
    result: list[Word] = []
    for word in words:
        kind = _cut_type(Token(word.text, 0, 0, word.start, word.end, True), findings)
        if kind is None:
            result.append(word)
        elif result and result[-1].text == f"[{kind}]":
            result[-1] = Word(result[-1].text, result[-1].start, word.end)
        else:
            result.append(Word(f"[{kind}]", word.start, word.end))
    return result


def split_text(
    texts: Sequence[RedactedText], words: Sequence[Word], clips: Sequence[ClipSpan], size: int
) -> list[list[str]]:
    """Return, for each clip, the part of each of ``texts`` that is said within it, in the order of ``texts``.

    ``words`` are the recording's redacted words (:attr:`Result.words`) and ``size`` its samples at 16 kHz. A
    text without times is aligned with ``words`` by edit distance, a translation shared out by clip length.
    """
    if not clips:
        return []
    if len(clips) == 1:
        return [[text.text for text in texts]]
    per_text = [_parts(text, words, clips, size) for text in texts]
    return [[parts[at] for parts in per_text] for at in range(len(clips))]


def _parts(text: RedactedText, words: Sequence[Word], clips: Sequence[ClipSpan], size: int) -> list[str]:
    if text.kind == "translation":
        return _shared_out(text.text, clips)
    tokens = timed_tokens(text.text, words if text.words is None else text.words, size)
    places = [_clip_at((token.start + token.end) // 2, clips) for token in tokens]
    return [
        _slice(text.text, [t for t, place in zip(tokens, places, strict=True) if place == at])
        for at in range(len(clips))
    ]


def _slice(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].begin : tokens[-1].stop] if tokens else ""


def _clip_at(place: int, clips: Sequence[ClipSpan]) -> int:
    """Return the index of the clip that ``place`` is in, else of the nearest."""
    return min(range(len(clips)), key=lambda at: max(clips[at].start - place, place - clips[at].end + 1, 0))


def _shared_out(text: str, clips: Sequence[ClipSpan]) -> list[str]:
    spans = pieces(text)
    total = sum(clip.end - clip.start for clip in clips)
    parts: list[str] = []
    passed = used = 0
    for clip in clips:
        passed += clip.end - clip.start
        upto = round(len(spans) * passed / total)
        parts.append(text[spans[used][0] : spans[upto - 1][1]] if upto > used else "")
        used = upto
    return parts
