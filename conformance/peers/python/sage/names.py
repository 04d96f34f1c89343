"""Tokens, tasks, DIDs and times."""

from __future__ import annotations

import datetime
import re

from .errors import Malformed

TOKEN = re.compile(r"[A-Za-z0-9._~:-]{1,128}")
TASK = re.compile(r"[A-Za-z0-9._~:/@-]{1,128}")
DID = re.compile(r"did:([a-z0-9]+):([A-Za-z0-9._:%-]+)")
TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z")

SECOND = 10**9
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_ERA = 146097  # days in 400 Gregorian years


def is_token(value: object) -> bool:
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def is_task(value: object) -> bool:
    return isinstance(value, str) and TASK.fullmatch(value) is not None


def is_did(value: object) -> bool:
    return isinstance(value, str) and 7 <= len(value) <= 512 and DID.fullmatch(value) is not None


def parse_did(text: str) -> tuple[str, str]:
    match = DID.fullmatch(text) if is_did(text) else None
    if match is None:
        raise Malformed("DID")
    return match[1], match[2]


def parse_time(text: str) -> int:
    """Nanoseconds since 1970."""
    match = TIME.fullmatch(text)
    if match is None:
        raise Malformed("time")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if hour > 23 or minute > 59 or second > 59:
        raise Malformed("time of day")
    era = 1 if year < 400 else 0  # datetime.date knows no year 0
    try:
        days = datetime.date(year + 400 * era, month, day).toordinal() - _ERA * era - _EPOCH
    except ValueError as error:
        raise Malformed("date") from error
    fraction = int((match[7] or "").ljust(9, "0"))
    return (days * 86400 + hour * 3600 + minute * 60 + second) * SECOND + fraction


def format_time(nanoseconds: int) -> str:
    seconds, fraction = divmod(nanoseconds, SECOND)
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"
