"""``POST /api/v1/recordings``: one recording comes in."""

import json
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from fairhearing.audio.decode import AudioRefused
from fairhearing.capture import intake
from fairhearing.capture.incoming import FieldInvalid, parse
from fairhearing.consent.actions import ConsentFromTheFuture, ConsentNotAllowed, ConsentOutdated
from fairhearing.programmes import queries as programmes
from fairhearing.programmes.models import Programme
from fairhearing.web import problems
from fairhearing.web.access import product_of

router = Router(tags=["products"])

BODY_MOST = 26 * 1024 * 1024  # 25 MB of sound and what goes with it
KEY_MOST = 200


class Silenced(Schema):
    """What was the other party's on a channel of a call: seconds that are silent now, texts that went or lost words."""

    seconds: float
    texts: int


class RecordingIn(Schema):
    """A recording that was taken in; of a call that is new, what was silenced on each channel."""

    recording: str
    silenced: list[Silenced] | None = None


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["audio", "metadata"],
                    "properties": {
                        "audio": {"type": "string", "format": "binary"},
                        "metadata": {
                            "type": "string",
                            "description": "JSON: a manifest line without audio_filepath",
                        },
                        "programme": {"type": "string"},
                    },
                }
            }
        },
    }
}


@router.post(
    "/recordings",
    response={200: RecordingIn, 201: RecordingIn},
    exclude_none=True,
    url_name="recordings",
    openapi_extra=_BODY,
    summary="Send a recording in",
)
def receive(request: HttpRequest) -> Any:
    """Multipart: ``audio`` (WAV, FLAC, MP3, Ogg/Opus, WebM, M4A), ``metadata`` (JSON as in a manifest line).

    The same ``Idempotency-Key`` again gives 200 and the same recording.
    """
    if int(request.headers.get("Content-Length") or 0) > BODY_MOST:
        return problems.response(
            413, "Too large", f"the body has {request.headers['Content-Length']} bytes, expected at most {BODY_MOST}",
            field="audio", got=f"{request.headers['Content-Length']} bytes", expected=f"at most {BODY_MOST} bytes",
        )  # fmt: skip
    product = product_of(request).product
    idempotency_key = _idempotency_key(request)
    known = intake.find_known(product=product, idempotency_key=idempotency_key) if idempotency_key else None
    if known is not None:
        return Status(200, {"recording": known})
    metadata = _metadata(request)
    programme = _programme(request, metadata)
    incoming = parse(metadata, language=programme.language)
    if incoming.product not in (None, product):
        raise FieldInvalid("product", repr(incoming.product), f"{product!r}, whose key this is")
    try:
        checked = intake.check(
            programme=programme,
            product=product,
            incoming=incoming,
            sound=_sound(request),
            idempotency_key=idempotency_key,
        )
    except AudioRefused as error:
        return problems.response(
            422, "The sound was refused", f"audio: {error}", field="audio", reasons=[error.reason_code]
        )
    return _answer(intake.store(programme=programme, checked=[checked])[0], checked)


def _answer(outcome: intake.Outcome | Exception, checked: intake.Checked) -> Any:
    if isinstance(outcome, intake.Outcome):
        silenced = [{"seconds": round(one.seconds, 2), "texts": one.texts} for one in checked.silenced]
        told = {"silenced": silenced} if silenced and not outcome.duplicate else {}
        return Status(200 if outcome.duplicate else 201, {"recording": outcome.recording, **told})
    if isinstance(outcome, intake.WasErased):
        return problems.response(410, "Erased", str(outcome))
    if isinstance(outcome, ConsentFromTheFuture | ConsentOutdated | ConsentNotAllowed):
        return consent_refused(outcome)
    raise outcome


def consent_refused(error: ConsentFromTheFuture | ConsentOutdated | ConsentNotAllowed) -> HttpResponse:
    """What was said does not hold; ask again."""
    field = str(error).partition(":")[0] if isinstance(error, ConsentNotAllowed) else "consent.given_at"
    return problems.response(409, "Consent does not hold", str(error), field=field)


def _idempotency_key(request: HttpRequest) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= KEY_MOST:
        raise FieldInvalid("Idempotency-Key", f"{len(key)} characters", f"1 to {KEY_MOST}")
    return key


def _metadata(request: HttpRequest) -> dict[str, Any]:
    """The ``metadata`` part, as a field or a file; or the fields of the form themselves, objects in JSON."""
    part = request.FILES.get("metadata")
    text = part.read().decode(errors="replace") if part is not None else request.POST.get("metadata")
    if text is not None:
        return _object(text, "metadata")
    fields: dict[str, Any] = {}
    for name, value in request.POST.items():
        structured = str(value)[:1] in ("{", "[")
        fields[name] = _json(str(value), name) if structured else value
    if not fields:
        raise FieldInvalid("metadata", "nothing", "JSON with speaker_key, consent, language …")
    return fields


def _object(text: str, field: str) -> dict[str, Any]:
    value = _json(text, field)
    if not isinstance(value, dict):
        raise FieldInvalid(field, f"a {type(value).__name__}", "a JSON object")
    return value


def _json(text: str, field: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FieldInvalid(field, f"no JSON ({error.__class__.__name__})", "JSON") from None


def _programme(request: HttpRequest, metadata: dict[str, Any]) -> Programme:
    """The programme named in the form, the metadata or the query; the only one there is, when none is named."""
    named = metadata.pop("programme", None) or request.POST.get("programme") or request.GET.get("programme")
    if named is not None:
        return programmes.get_programme(str(named))
    all_programmes = programmes.list_programmes()
    if len(all_programmes) != 1:
        raise FieldInvalid("programme", "nothing", "one of " + ", ".join(one.slug for one in all_programmes))
    return all_programmes[0]


def _sound(request: HttpRequest) -> bytes:
    part = request.FILES.get("audio") or next((f for name, f in request.FILES.items() if name != "metadata"), None)
    if part is None:
        raise FieldInvalid("audio", "nothing", "a file: WAV, FLAC, MP3, Ogg/Opus, WebM or M4A")
    return bytes(cast("UploadedFile[Any]", part).read())
