"""Integers, base64 and hashes: the notation of spec/conventions.md."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from .errors import Malformed

_B64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_B64U = re.compile(r"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?")


def u8(n: int) -> bytes:
    return n.to_bytes(1, "big")


def be16(n: int) -> bytes:
    return n.to_bytes(2, "big")


def be32(n: int) -> bytes:
    return n.to_bytes(4, "big")


def be64(n: int) -> bytes:
    return n.to_bytes(8, "big")


def len16(text: str) -> bytes:
    data = text.encode()
    return be16(len(data)) + data


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    """Decode the one canonical base64 of some bytes; refuse any other."""
    if not _B64.fullmatch(text):
        raise Malformed("base64")
    data = base64.b64decode(text)
    if b64(data) != text:
        raise Malformed("base64: unused bits")
    return data


def unb64u(text: str) -> bytes:
    """Decode the one canonical base64url, without padding, of some bytes."""
    if not _B64U.fullmatch(text):
        raise Malformed("base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise Malformed("base64url: unused bits")
    return data


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def hkdf_extract(salt: bytes, ikm: bytes) -> bytes:
    return hmac_sha256(salt, ikm)


def hkdf_expand(prk: bytes, info: bytes, length: int) -> bytes:
    if not 0 <= length <= 255 * 32:
        raise Malformed("HKDF: length")
    okm = block = b""
    while len(okm) < length:
        block = hmac_sha256(prk, block + info + u8(len(okm) // 32 + 1))
        okm += block
    return okm[:length]
