"""JSON as spec/conventions.md reads it, and RFC 8785."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

from .errors import Malformed

MAX_DEPTH = 16
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(data: bytes) -> dict[str, Any]:
    """Read one object, with integers for its numbers."""
    value = parse_any(data, _refuse)
    if not isinstance(value, dict):
        raise Malformed("JSON: not an object")
    return value


def parse_any(data: bytes, parse_float: Callable[[str], Any] = float) -> Any:
    """Read any value: UTF-8, no name twice, no lone surrogate, depth up to 16."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("JSON: not UTF-8") from error
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_float=parse_float,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("JSON") from error
    if _SURROGATE.search(text):
        _check_surrogates(value)
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for character in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if character in "[{" else -1
        if depth > MAX_DEPTH:
            raise Malformed("JSON: depth")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("JSON: a name twice")
    return members


def _refuse(text: str) -> Any:
    raise Malformed("JSON: not an integer")


def _check_surrogates(value: Any) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise Malformed("JSON: surrogate") from error
    elif isinstance(value, list):
        for item in value:
            _check_surrogates(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_surrogates(name)
            _check_surrogates(item)


def dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def canonical(value: Any) -> str:
    """The JSON Canonicalization Scheme of RFC 8785."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(float(value))
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"


def _number(value: float) -> str:
    """A number as ECMAScript writes it; repr() gives the same shortest digits."""
    if not math.isfinite(value):
        raise Malformed("JCS: number")
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        rest = f".{digits[1:]}" if len(digits) > 1 else ""
        text = f"{digits[0]}{rest}e{point - 1:+d}"
    return "-" + text if value < 0 else text
