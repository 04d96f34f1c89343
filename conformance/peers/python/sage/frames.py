"""The frames of RFC 6455, for both ends of a connection, as spec/websocket.md narrows them."""

from __future__ import annotations

import asyncio
import base64
import codecs
import hashlib
import os
import struct
import time

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MAX_FRAMES = 1024
CLOSE_SECONDS = 2
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Failed(Exception):
    """What arrived is to be answered with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Ended(Exception):
    """The other side has closed, or is gone."""


def accept_key(key: str) -> str:
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()


def _masked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    pad = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")


def frame(opcode: int, data: bytes, mask: bool) -> bytes:
    size, bit = len(data), 0x80 if mask else 0
    first = bytes([0x80 | opcode])
    if size < 126:
        first += bytes([bit | size])
    elif size < 65536:
        first += struct.pack(">BH", bit | 126, size)
    else:
        first += struct.pack(">BQ", bit | 127, size)
    if not mask:
        return first + data
    key = os.urandom(4)
    return first + key + _masked(data, key)


class FrameConnection:
    """Text messages in and out. `client` tells which side masks."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int, client: bool
    ) -> None:
        self.heard = time.monotonic()
        self.closing = False  # a close frame has been sent
        self._reader = reader
        self._writer = writer
        self._limit = limit
        self._client = client
        self._peer_closed = False
        # Whoever waits for drain() waits while more than `limit` bytes have not been taken.
        writer.transport.set_write_buffer_limits(high=limit, low=limit // 2)

    def _write(self, opcode: int, data: bytes) -> None:
        if not self.closing and not self._writer.is_closing():
            self._writer.write(frame(opcode, data, self._client))

    def send_text(self, data: bytes) -> None:
        self._write(TEXT, data)

    def send_ping(self) -> None:
        self._write(PING, os.urandom(4))

    async def drain(self) -> None:
        if self.closing:
            raise ConnectionResetError
        await self._writer.drain()

    def close(self, code: int | None, reason: str = "") -> None:
        self._write(CLOSE, b"" if code is None else struct.pack(">H", code) + reason.encode()[:123])
        self.closing = True

    async def _read(self, size: int) -> bytes:
        """Exactly `size` bytes; anything that arrives is a sign of life."""
        parts: list[bytes] = []
        while size:
            part = await self._reader.read(min(size, 65536))
            if not part:
                raise Ended
            self.heard = time.monotonic()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    async def receive(self) -> bytes:
        """The next text message; pings are answered meanwhile."""
        parts: list[bytes] = []
        size = frames = 0
        utf8 = codecs.getincrementaldecoder("utf-8")()
        while True:
            final, opcode, length, mask = await self._header(frames > 0)
            if opcode >= CLOSE:
                self._control(opcode, await self._payload(length, mask))
                continue
            if opcode == BINARY:
                raise Failed(1003, "binary")
            size += length
            frames += 1
            if size > self._limit:
                raise Failed(1009, "too big")
            if frames > MAX_FRAMES:
                raise Failed(1008, "too many frames")
            while length:
                piece = await self._payload(min(length, 65536), mask)
                length -= len(piece)
                parts.append(piece)
                try:
                    utf8.decode(piece)
                except UnicodeDecodeError as error:
                    raise Failed(1007, "not UTF-8") from error
            if final:
                try:
                    utf8.decode(b"", final=True)
                except UnicodeDecodeError as error:
                    raise Failed(1007, "not UTF-8") from error
                return b"".join(parts)

    async def _header(self, inside: bool) -> tuple[bool, int, int, bytes]:
        await self._writer.drain()
        first, second = await self._read(2)
        final, opcode, length = bool(first & 0x80), first & 15, second & 127
        if first & 0x70 or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise Failed(1002, "reserved")
        if bool(second & 0x80) == self._client:
            raise Failed(1002, "mask")
        if opcode >= CLOSE and (not final or length > 125):
            raise Failed(1002, "control frame")
        if opcode < CLOSE and inside != (opcode == CONTINUATION):
            raise Failed(1002, "fragments")
        if length >= 126:
            width = 2 if length == 126 else 8
            length = int.from_bytes(await self._read(width), "big")
            if length < (126 if width == 2 else 65536) or length >> 63:
                raise Failed(1002, "length")
        mask = b"" if self._client else await self._read(4)
        return final, opcode, length, mask

    async def _payload(self, size: int, mask: bytes) -> bytes:
        """A multiple of four bytes, or the rest of a frame, so that the mask needs no turning."""
        data = await self._read(size)
        return _masked(data, mask) if mask else data

    def _control(self, opcode: int, data: bytes) -> None:
        if opcode == PING:
            self._write(PONG, data)
        elif opcode == CLOSE:
            self._peer_closed = True
            if len(data) == 1:
                raise Failed(1002, "close code")
            code = struct.unpack(">H", data[:2])[0] if data else None
            if code is not None and not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
                raise Failed(1002, "close code")
            try:
                data[2:].decode()
            except UnicodeDecodeError as error:
                raise Failed(1007, "close reason") from error
            self.close(code)
            raise Ended

    async def finish(self) -> None:
        """After a close frame has gone out: wait for the other's, then end the connection."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._writer.drain()
                while self.closing and not self._peer_closed:
                    first, second = await self._read(2)
                    size = second & 127
                    if size >= 126:
                        size = int.from_bytes(await self._read(2 if size == 126 else 8), "big")
                    if second & 0x80:
                        await self._read(4)
                    self._peer_closed = first & 15 == CLOSE
                    while size:
                        size -= len(await self._read(min(size, 65536)))
        except (Ended, ConnectionError, TimeoutError):
            pass
        finally:
            self._writer.close()

    def abort(self) -> None:
        self._writer.transport.abort()
