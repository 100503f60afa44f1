"""Public ids: a prefix that says what the thing is, and 128 random bits. Nothing can be read from their order."""

import base64
import secrets
from typing import Final

PREFIXES: Final = {
    "account": "acc_",
    "api key": "key_",
    "assignment": "asg_",
    "channel": "chn_",
    "clip": "clip_",
    "consent record": "con_",
    "data key": "dek_",
    "data request": "dat_",
    "delivery": "msg_",
    "hypothesis": "hyp_",
    "judgement": "jdg_",
    "listen": "lis_",
    "notice": "not_",
    "pause": "pau_",
    "programme": "prg_",
    "record": "led_",
    "recording": "rec_",
    "release": "rel_",
    "release row": "row_",
    "request": "req_",
    "rule": "rul_",
    "supervision": "sup_",
    "trace": "tra_",
    "vendor": "ven_",
    "webhook": "hook_",
}


def new(kind: str) -> str:
    """A fresh id such as ``rec_4q…``: 26 base32 characters behind the prefix of ``kind``."""
    return PREFIXES[kind] + base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def number() -> int:
    """A fresh random number of 63 bits, for rows that nobody names: a counter would tell in which order they came."""
    return secrets.randbits(63)
