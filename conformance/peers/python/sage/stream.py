"""Streams: many plaintexts for one request, with credit in both directions."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import PlainError, TaskError
from .session import Exhausted

if TYPE_CHECKING:
    from .responder import Opened, Responder

Send = Callable[[dict[str, Any]], None]
Drain = Callable[[], Awaitable[None]]


class StreamOver(Exception):
    """The stream ended while its task was at it."""


class Chunk(NamedTuple):
    plaintext: bytes
    encoding: str | None
    end: bool


class Stream:
    """One stream of a responder. `window` is None over HTTP, which has no credit."""

    def __init__(self, responder: Responder, opening: Opened, window: int | None, send: Send, drain: Drain) -> None:
        self.opening = opening
        self.id: str = opening.message["stream"]["id"]
        self.over = False
        self.task: asyncio.Task[None] | None = None
        self.on_end: Callable[[], None] = lambda: None
        self._responder = responder
        self._window = window
        self._send = send
        self._drain = drain
        self._changed = asyncio.Event()
        self._chunks: deque[Chunk] = deque()
        self._next_in = self._taken = self._next_out = 0
        self._given = self._credit = window
        self._closed_in = False
        opening.session.streams.add(self)
        responder.streams += 1

    # What the initiator sends.

    def receive(self, message: dict[str, Any], plaintext: bytes) -> None:
        """Take a further message of this stream, the opening one included."""
        member = message["stream"]
        if message["task_id"] != self.opening.message["task_id"]:
            raise TaskError("stream_violation")
        if "seq" in member:
            self._receive_chunk(Chunk(plaintext, message.get("encoding"), member["end"]), member["seq"])
        elif plaintext:
            raise TaskError("stream_violation")
        elif "cancel" in member:
            raise TaskError("cancelled")
        else:
            if self._credit is None or member["credit"] < self._credit:
                raise TaskError("stream_violation")
            self._credit = member["credit"]
        self._changed.set()

    def _receive_chunk(self, chunk: Chunk, seq: int) -> None:
        beyond = self._given is not None and seq >= self._given
        if seq != self._next_in or self._closed_in or beyond:
            raise TaskError("stream_violation")
        self._chunks.append(chunk)
        self._next_in += 1
        self._closed_in = chunk.end

    # What the task does.

    async def take(self) -> Chunk:
        """The next chunk of the request. Not to be called after the last."""
        while not self._chunks:
            await self._wait()
        chunk = self._chunks.popleft()
        self._taken += 1
        if self._window is not None and not self._closed_in:
            self._given = self._taken + self._window
            self._emit({"id": self.id, "credit": self._given}, Chunk(b"", None, False))
        return chunk

    async def send(self, chunk: Chunk) -> None:
        """Send a chunk of the answer as soon as credit and the network allow it."""
        while self._credit is not None and self._next_out >= self._credit:
            await self._wait()
        await self._drain()
        self._emit({"id": self.id, "seq": self._next_out, "end": chunk.end}, chunk)
        self._next_out += 1
        if chunk.end:
            self._finish()

    async def _wait(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # The end.

    def fail(self, code: str, plaintext: bytes = b"") -> None:
        """End the stream with an error, which needs no credit."""
        if not self.over:
            member = {"id": self.id, "seq": self._next_out, "end": True}
            try:
                self._emit(member, Chunk(plaintext, None, True), code)
            except StreamOver:
                return
            self._finish()

    def abandon(self) -> None:
        """The connection is gone, and nobody to be told."""
        if not self.over:
            self._responder.count_answer(self.opening, "internal")
            self._finish()

    def _emit(self, member: dict[str, Any], chunk: Chunk, error: str | None = None) -> None:
        try:
            response = self._responder.seal(
                self.opening, chunk.plaintext, error, encoding=chunk.encoding, stream=member, last=chunk.end
            )
        except Exhausted:
            self._send(PlainError("session_unknown", self.opening.message["id"]).body())
            self.abandon()
            self._responder.sessions.end(self.opening.session)
            raise StreamOver from None
        self._send(response)

    def _finish(self) -> None:
        self.over = True
        self.opening.session.streams.discard(self)
        self._responder.streams -= 1
        if self.task is not None and self.task is not asyncio.current_task():
            self.task.cancel()
        self.on_end()
