"""Records, the window, the key schedule, and what a record binds."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from .bytes import b64u, be16, be32, be64, hkdf_expand, hkdf_extract, len16, sha256, u8
from .errors import Malformed, Untrusted

OVERHEAD = 36  # sequence number, nonce, tag
WINDOW = 1024


class Keys(NamedTuple):
    encrypt_key: bytes
    signing_key: bytes
    c2s_enc: bytes
    c2s_sign: bytes
    s2c_enc: bytes
    s2c_sign: bytes


def key_schedule(seed: bytes) -> tuple[str, bytes, Keys]:
    """(sid, sessionPrk, the six keys)"""
    if len(seed) != 32:
        raise Malformed("seed")
    sid = b64u(sha256(b"sage/hpke+e2e v1" + seed)[:16])
    prk = hkdf_extract(sid.encode(), seed)
    block = hkdf_expand(prk, b"sage-session-keys-v1", 64) + hkdf_expand(prk, b"sage-directional-keys-v1", 128)
    return sid, prk, Keys(*(block[i:i + 32] for i in range(0, 192, 32)))


def seal(key: bytes, seq: int, caller_aad: bytes, plaintext: bytes, nonce: bytes | None = None) -> bytes:
    nonce = os.urandom(12) if nonce is None else nonce
    return be64(seq) + nonce + ChaCha20Poly1305(key).encrypt(nonce, plaintext, be64(seq) + caller_aad)


def open_record(key: bytes, caller_aad: bytes, record: bytes) -> tuple[int, bytes]:
    """(sequence number, plaintext)"""
    if len(record) < OVERHEAD:
        raise Untrusted("record: length")
    try:
        plaintext = ChaCha20Poly1305(key).decrypt(record[8:20], record[20:], record[:8] + caller_aad)
    except InvalidTag as error:
        raise Untrusted("record: tag") from error
    return int.from_bytes(record[:8], "big"), plaintext


class Window:
    """Which sequence numbers of one direction have been accepted."""

    def __init__(self, max_records: int) -> None:
        self._max_records = max_records
        self._highest = -1
        self._accepted = 0  # bit i: highest - i

    def receive(self, key: bytes, caller_aad: bytes, record: bytes) -> tuple[int, bytes]:
        """Open a record and mark it; a record that is refused changes nothing."""
        if len(record) < OVERHEAD:
            raise Untrusted("record: length")
        seq = int.from_bytes(record[:8], "big")
        behind = self._highest - seq
        if seq >= self._max_records:
            raise Untrusted("record: sequence number")
        if behind >= WINDOW:
            raise Untrusted("record: window")
        if behind >= 0 and self._accepted >> behind & 1:
            raise Untrusted("record: replay")
        opened = open_record(key, caller_aad, record)
        if behind < 0:
            # A jump past the whole window must not shift by up to 2^32 bits.
            self._accepted = self._accepted << -behind if -behind < WINDOW else 0
            self._accepted = (self._accepted | 1) & (1 << WINDOW) - 1
            self._highest = seq
        else:
            self._accepted |= 1 << behind
        return opened


def _stream_aad(stream: dict[str, Any] | None) -> bytes:
    if stream is None:
        return u8(0)
    name = len16(stream["id"])
    if "seq" in stream:
        return u8(1) + name + be32(stream["seq"]) + u8(stream["end"])
    return u8(2) + name + be32(stream.get("credit", 0)) + u8(stream.get("cancel", False))


def request_aad(message: dict[str, Any]) -> bytes:
    metadata = sorted(message.get("metadata", {}).items())
    return (
        b"sage/request|v1"
        + b"".join(len16(message[name]) for name in ("id", "context_id", "task_id", "did", "kid"))
        + len16(message.get("encoding", ""))
        + _stream_aad(message.get("stream"))
        + be16(len(metadata))
        + b"".join(len16(name) + len16(value) for name, value in metadata)
    )


def response_aad(response: dict[str, Any], request_hash: bytes) -> bytes:
    return (
        b"sage/response|v1"
        + b"".join(len16(response[name]) for name in ("message_id", "task_id", "kid"))
        + u8(response["success"])
        + len16(response.get("error", ""))
        + len16(response.get("encoding", ""))
        + _stream_aad(response.get("stream"))
        + request_hash
    )
