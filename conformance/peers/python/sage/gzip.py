"""Plaintexts with `encoding` `gzip`: one member, inflated up to a limit."""

from __future__ import annotations

import zlib

from .errors import Malformed

SMALLEST = 1024
_GZIP = 16 + zlib.MAX_WBITS


class TooLong(ValueError):
    """The inflated plaintext is longer than allowed."""


def compress(data: bytes) -> bytes:
    member = zlib.compressobj(wbits=_GZIP)
    return member.compress(data) + member.flush()


def inflate(data: bytes, limit: int) -> bytes:
    member = zlib.decompressobj(wbits=_GZIP)
    try:
        plaintext = member.decompress(data, limit + 1)
    except zlib.error as error:
        raise Malformed("gzip") from error
    if len(plaintext) > limit:
        raise TooLong("gzip")
    if not member.eof or member.unused_data:
        raise Malformed("gzip: not exactly one member")
    return plaintext
