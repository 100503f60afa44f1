"""A program of its own that speaks with espeak-ng: ``python -m fairhearing.demo.espeak_process``.

The only file that loads espeak-ng, which is GPL; nothing of the product imports it.

Standard output begins with one JSON line: ``{"version", "sampling_rate"}`` or ``{"error"}``. Then, for each
JSON line ``{"text", "voice", "rate", "pitch"}`` on standard input (words a minute; 0–99), it writes one line
``{"bytes", "words": [[character, sample], …], "pauses": [sample, …]}`` followed by that many bytes of 16-bit
PCM, mono, in this machine's byte order; or ``{"error"}`` and no bytes. A word is given by the place of its
first character and its first sample, a pause by its first sample.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

_SYNCHRONOUS = 2
_PHONEME_EVENTS, _DO_NOT_EXIT = 0x0001, 0x8000
_UTF8, _POSITION_CHARACTER = 1, 1
_RATE, _VOLUME, _PITCH = 1, 2, 3
_HEADROOM = 70  # of the usual volume, 100, at which loud voices clip
_END_OF_LIST, _WORD, _PHONEME = 0, 1, 7


class _Event(ctypes.Structure):
    """One event of the synthesis callback, in the library's layout."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # in characters, from 1
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),  # the phoneme, where it is one
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Heard:
    """Collects what the library hands to its callback during one synthesis."""

    def __init__(self) -> None:
        self.pcm = bytearray()
        self.words: list[tuple[int, int]] = []
        self.pauses: list[int] = []

    def __call__(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self.pcm += ctypes.string_at(wave, count * 2)
        index = 0
        while events[index].type != _END_OF_LIST:
            event = events[index]
            if event.type == _WORD:
                self.words.append((event.text_position - 1, event.sample))
            elif event.type == _PHONEME and event.name.startswith(b"_"):
                self.pauses.append(event.sample)
            index += 1
        return 0


def _load() -> tuple[ctypes.CDLL, str, int]:
    """The library, its version and its sampling rate. Raises ImportError or OSError when it cannot be had."""
    import espeakng_loader

    path = Path(espeakng_loader.get_library_path())
    library = ctypes.CDLL(str(path))
    # espeak-ng keeps the path of its data in 160 bytes; from inside the folder a long one does not matter.
    os.chdir(Path(espeakng_loader.get_data_path()).parent)
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, b".", _PHONEME_EVENTS | _DO_NOT_EXIT)
    if rate <= 0:
        raise OSError(f"espeak-ng found no data beside {path.name}")
    library.espeak_Info.restype = ctypes.c_char_p
    version = library.espeak_Info(None).decode().split()[0]
    return library, version, rate


def _speak(library: ctypes.CDLL, request: dict[str, Any]) -> _Heard:
    """Speaks one request. Raises ValueError for a voice that the library does not have."""
    if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        raise ValueError(f"espeak-ng has no voice {request['voice']!r}")
    library.espeak_SetParameter(_RATE, request["rate"], 0)
    library.espeak_SetParameter(_PITCH, request["pitch"], 0)
    library.espeak_SetParameter(_VOLUME, _HEADROOM, 0)
    heard = _Heard()
    callback = _Callback(heard)
    library.espeak_SetSynthCallback(callback)
    text = request["text"].encode()
    size = ctypes.c_size_t(len(text) + 1)
    status = library.espeak_Synth(text, size, 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
    if status != 0:
        raise ValueError(f"espeak-ng refused the text (status {status})")
    return heard


def _answer(out: BinaryIO, header: dict[str, Any], pcm: bytes = b"") -> None:
    out.write(json.dumps(header).encode() + b"\n" + pcm)
    out.flush()


def _answer_in_a_fork(library: ctypes.CDLL, request: dict[str, Any], out: BinaryIO) -> None:
    """Speaks in a copy of this process, so that each line starts from an untouched library.

    The synthesiser carries its oscillators and its randomness from one text to the next: without this, how
    a line sounds would depend on the lines before it.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            heard = _speak(library, request)
            header = {"bytes": len(heard.pcm), "words": heard.words, "pauses": heard.pauses}
            _answer(out, header, bytes(heard.pcm))
            status = 0
        except ValueError as error:
            _answer(out, {"error": str(error)})
            status = 0
        finally:
            os._exit(status)  # whatever happens, a copy never goes on to read the next line
    _, status = os.waitpid(child, 0)
    if status != 0:  # nothing was written: the answer goes out whole, after the synthesis
        _answer(out, {"error": f"espeak-ng ended with status {status}"})


def main() -> int:
    """Greets, then answers each line of standard input until it closes. Returns the exit status."""
    out = sys.stdout.buffer
    try:
        library, version, sampling_rate = _load()
    except (ImportError, OSError) as error:
        _answer(out, {"error": str(error)})
        return 1
    _answer(out, {"version": version, "sampling_rate": sampling_rate})
    for line in sys.stdin.buffer:
        _answer_in_a_fork(library, json.loads(line), out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
