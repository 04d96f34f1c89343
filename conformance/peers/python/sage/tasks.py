"""The tasks of spec/messages.md that are served here, as once and as streams."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .errors import TaskError
from .stream import Chunk, Stream

PING = "sage/ping@v1"
CLOSE = "sage/close@v1"
ECHO = "sage/echo@v1"

_DELAY = re.compile(r"0|[1-9][0-9]{0,3}")
_CHUNK_SIZE = re.compile(r"[1-9][0-9]{0,6}")
_PING_LIMIT = 4096
_MOST_CHUNKS = 1024


@dataclass(frozen=True)
class Request:
    """What a task sees of a message."""

    plaintext: bytes
    metadata: dict[str, str]


Task = Callable[[Request], Awaitable[bytes]]
StreamTask = Callable[[Request, Stream], Awaitable[None]]


async def ping(request: Request) -> bytes:
    if len(request.plaintext) > _PING_LIMIT:
        raise TaskError("payload_too_large")
    return request.plaintext


async def close(request: Request) -> bytes:
    """The answer alone: the responder has ended the session already."""
    return b""


async def _delay(request: Request) -> None:
    delay = request.metadata.get("delay-ms", "0")
    if not _DELAY.fullmatch(delay):
        raise TaskError("malformed")
    await asyncio.sleep(int(delay) / 1000)


async def echo(request: Request) -> bytes:
    await _delay(request)
    return request.plaintext


async def echo_stream(request: Request, stream: Stream) -> None:
    first = await stream.take()
    sizes = request.metadata.get("chunk_size")
    pieces: list[Chunk] | None = None
    if sizes is not None:
        if not _CHUNK_SIZE.fullmatch(sizes) or not first.end:
            raise TaskError("malformed")
        pieces = _pieces(first, int(sizes))
    await _delay(request)
    if pieces is not None:
        for piece in pieces:
            await stream.send(piece)
        return
    await stream.send(first)
    while not first.end:
        first = await stream.take()
        await stream.send(first)


def _pieces(chunk: Chunk, size: int) -> list[Chunk]:
    data = chunk.plaintext
    starts = range(0, max(len(data), 1), size)
    if len(starts) > _MOST_CHUNKS:
        raise TaskError("malformed")
    return [Chunk(data[i:i + size], chunk.encoding, i == starts[-1]) for i in starts]
