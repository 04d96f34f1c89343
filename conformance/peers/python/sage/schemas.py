"""The closed objects of schemas/, as predicates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .names import is_did, is_task, is_token

Check = Callable[[Any], bool]


def text(pattern: str = "", low: int = 0, high: int | None = None) -> Check:
    compiled = re.compile(pattern or r".*", re.DOTALL)

    def check(value: Any) -> bool:
        if not isinstance(value, str) or len(value) < low or (high is not None and len(value) > high):
            return False
        return compiled.fullmatch(value) is not None

    return check


def integer(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def constant(expected: Any) -> Check:
    return lambda value: type(value) is type(expected) and value == expected


def one_of(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def closed(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    members = {**required, **(optional or {})}

    def check(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and all(name in value for name in required)
            and all(name in members and members[name](item) for name, item in value.items())
        )

    return check


def is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def is_metadata(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= 32
        and all(_METADATA_NAME.fullmatch(name) and _METADATA_VALUE(item) for name, item in value.items())
    )


_METADATA_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_METADATA_VALUE = text(r"[\x20-\x7e]{0,1024}")

is_encoding = text(r"[a-z][a-z0-9-]{0,31}")
is_bytes32 = text(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
is_signature_b64u = text(r"[A-Za-z0-9_-]{85}[AQgw]")
is_signature_b64 = text(r"[A-Za-z0-9+/]{85}[AQgw]==")
is_time_text = text(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?Z"
)

U32 = 2**32 - 1
is_chunk = closed({"id": is_token, "seq": integer(0, U32), "end": is_boolean})
is_credit = closed({"id": is_token, "credit": integer(0, U32)})
is_cancel = closed({"id": is_token, "cancel": constant(True)})
is_stream = one_of(is_chunk, is_credit, is_cancel)

handshake_message = closed(
    {
        "id": is_token,
        "context_id": is_token,
        "task_id": is_task,
        "did": is_did,
        "payload": text(),
        "signature": is_signature_b64,
    },
    {"role": constant("user")},
)

handshake_payload = closed(
    {
        "enc": is_bytes32,
        "ephC": is_bytes32,
        "exportCtx": text(high=4096),
        "info": text(high=4096),
        "initDid": is_did,
        "nonce": is_token,
        "respDid": is_did,
        "ts": is_time_text,
    }
)

handshake_response = closed(
    {
        "success": constant(True),
        "message_id": is_token,
        "task_id": constant("hpke/complete@v1"),
        "data": text(),
    }
)

handshake_response_data = closed(
    {
        "v": text(high=16),
        "task": text(high=128),
        "ctx": is_token,
        "kid": is_token,
        "ephS": is_bytes32,
        "ackTagB64": is_bytes32,
        "ts": is_time_text,
        "did": is_did,
        "infoHash": is_bytes32,
        "exportCtxHash": is_bytes32,
        "enc": is_bytes32,
        "ephC": is_bytes32,
        "sigB64": is_signature_b64u,
    }
)

session_message = closed(
    {
        "id": is_token,
        "context_id": is_token,
        "task_id": is_task,
        "did": is_did,
        "kid": is_token,
        "payload": text(),
    },
    {"encoding": is_encoding, "stream": is_stream, "metadata": is_metadata},
)

_answer = {"message_id": is_token, "task_id": is_task, "kid": is_token, "data": text()}
_sealed_error = text(
    "malformed|task_unsupported|payload_too_large|internal|encoding_unsupported"
    "|stream_violation|cancelled|application_failed"
)
session_response = one_of(
    closed({"success": constant(True), **_answer}, {"encoding": is_encoding, "stream": is_stream}),
    closed(
        {"success": constant(False), "error": _sealed_error, **_answer},
        {"encoding": is_encoding, "stream": is_stream},
    ),
)

LIMIT_RANGES = {
    "maxMessageBytes": (65536, 2**30),
    "maxBatch": (1, 1024),
    "maxSessionAgeSeconds": (1, 86400),
    "maxSessionIdleSeconds": (1, 86400),
    "maxSessionRecords": (16, 2**32),
    "maxSessionsPerDid": (1, 10**6),
    "provisionalSeconds": (1, 300),
    "maxStreams": (1, 1024),
    "streamWindow": (1, 1024),
}
limits = closed({name: integer(*bounds) for name, bounds in LIMIT_RANGES.items()})


def _url(scheme: str) -> Check:
    return text(
        rf"(?:{scheme}s?)://(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?"
        r"(?:/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?",
        high=2048,
    )


def _jwk(curve: str) -> Check:
    return closed({"kty": constant("OKP"), "crv": constant(curve), "x": is_bytes32})


def _capabilities(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 64 and all(is_encoding(name) for name in value)


agent_card = closed(
    {
        "sage": constant("1.0"),
        "did": is_did,
        "keys": closed({"signing": _jwk("Ed25519"), "kem": _jwk("X25519")}),
        "endpoints": closed(
            {"http": _url("http")},
            {"ws": _url("ws"), "health": _url("http"), "metrics": _url("http")},
        ),
        "capabilities": _capabilities,
        "limits": limits,
        "issuedAt": is_time_text,
        "expiresAt": is_time_text,
        "signature": is_signature_b64u,
    },
    {
        "name": text(
            "[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*",
            low=1,
            high=128,
        )
    },
)
