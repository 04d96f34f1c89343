"""DIDs, their keys, and the agent card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import schemas, strict_json
from .bytes import b64u, unb64u
from .errors import Malformed, Untrusted
from .keys import check_signing_key, sign, signing_public, verify
from .names import SECOND, format_time, parse_did, parse_time

Resolver = Callable[[str], bytes | None]

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PREFIX = "did:key:z"
_MULTICODEC = b"\xed\x01"
_CARD_LABEL = b"sage/card|v1\n"
_DAY = 86400 * SECOND
CLOCK_SKEW = 120 * SECOND

DEFAULT_LIMITS: dict[str, int] = {
    "maxMessageBytes": 8388608,
    "maxBatch": 64,
    "maxSessionAgeSeconds": 3600,
    "maxSessionIdleSeconds": 600,
    "maxSessionRecords": 1000000,
    "maxSessionsPerDid": 1000,
    "provisionalSeconds": 60,
    "maxStreams": 64,
    "streamWindow": 32,
}


def did_key_encode(key: bytes) -> str:
    number, text = int.from_bytes(_MULTICODEC + check_signing_key(key), "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return _PREFIX + text


def did_key_decode(did: str) -> bytes:
    parse_did(did)
    if not did.startswith(_PREFIX) or len(did) > 64:
        raise Untrusted("did:key")
    number = 0
    for character in did[len(_PREFIX):]:
        digit = _BASE58.find(character)
        if digit < 0:
            raise Untrusted("did:key: base58")
        number = number * 58 + digit
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(data) != 34 or data[:2] != _MULTICODEC or did_key_encode(data[2:]) != did:
        raise Untrusted("did:key")
    return data[2:]


def resolve(did: str, resolver: Resolver | None = None) -> bytes:
    """The signing key of a DID; methods other than `key` are the deployer's resolver's."""
    if did.startswith("did:key:"):
        return did_key_decode(did)
    key = resolver(did) if resolver else None
    if key is None:
        raise Untrusted("DID does not resolve")
    return check_signing_key(key)


def sign_card(seed: bytes, card: dict[str, Any]) -> tuple[str, bytes]:
    """(canonical text, signature) of a card without its signature."""
    text = strict_json.canonical(card)
    return text, sign(seed, _CARD_LABEL + text.encode())


def make_card(
    seed: bytes,
    kem_public: bytes,
    endpoints: dict[str, str],
    capabilities: list[str],
    limits: dict[str, int],
    now: int,
    name: str,
) -> dict[str, Any]:
    signing = signing_public(seed)
    card: dict[str, Any] = {
        "sage": "1.0",
        "did": did_key_encode(signing),
        "name": name,
        "keys": {
            "signing": {"kty": "OKP", "crv": "Ed25519", "x": b64u(signing)},
            "kem": {"kty": "OKP", "crv": "X25519", "x": b64u(kem_public)},
        },
        "endpoints": endpoints,
        "capabilities": sorted(capabilities),
        "limits": limits,
        "issuedAt": format_time(now),
        "expiresAt": format_time(now + _DAY),
    }
    return {**card, "signature": b64u(sign_card(seed, card)[1])}


def verify_card(
    data: bytes,
    now: int,
    resolver: Resolver | None = None,
    expected_did: str | None = None,
    latest_issued_at: int | None = None,
) -> dict[str, Any]:
    """The card, if a reader may accept it."""
    card = strict_json.parse(data)
    if not schemas.agent_card(card):
        raise Malformed("card: schema")
    capabilities = card["capabilities"]
    if capabilities != sorted(set(capabilities)):
        raise Malformed("card: capabilities are not sorted and unique")
    for name in ("ws", "health", "metrics"):
        if (name in card["endpoints"]) != (name in capabilities):
            raise Malformed(f"card: {name} is not both declared and an endpoint")
    issued, expires = parse_time(card["issuedAt"]), parse_time(card["expiresAt"])
    if expected_did is not None and card["did"] != expected_did:
        raise Untrusted("card: not the expected DID")
    key = resolve(card["did"], resolver)
    if unb64u(card["keys"]["signing"]["x"]) != key:
        raise Untrusted("card: signing key")
    unsigned = {name: value for name, value in card.items() if name != "signature"}
    verify(key, _CARD_LABEL + strict_json.canonical(unsigned).encode(), unb64u(card["signature"]))
    if now >= expires or issued > now + CLOCK_SKEW:
        raise Untrusted("card: expired or not yet issued")
    if not issued < expires <= issued + 30 * _DAY:
        raise Untrusted("card: lifetime")
    if latest_issued_at is not None and issued < latest_issued_at:
        raise Untrusted("card: superseded")
    return card
