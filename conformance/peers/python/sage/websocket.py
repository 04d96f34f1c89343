"""The WebSocket binding of a responder, spec/websocket.md and spec/stream.md."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Coroutine
from typing import Any

from . import strict_json
from .errors import Malformed, PlainError, TaskError
from .frames import CLOSE_SECONDS, Ended, Failed, FrameConnection, accept_key
from .http import NO_STORE, Request, Response, tokens
from .names import is_token
from .responder import Opened, Outcome, Responder
from .stream import Stream

SUBPROTOCOL = "sage.v1"
FIRST_MESSAGE_SECONDS = 30
PING_SECONDS = 20
DEAD_SECONDS = 20
IN_FLIGHT = 64
MAX_CONNECTIONS = 1000


class WebSockets:
    """The route of `endpoints.ws`."""

    def __init__(self, responder: Responder, origins: frozenset[str] = frozenset()) -> None:
        self._responder = responder
        self._origins = origins
        self._open: set[Connection] = set()

    async def upgrade(self, request: Request) -> Response | None:
        headers = request.headers
        if request.method != "GET":
            return Response(405, headers={"Allow": "GET", **NO_STORE})
        upgrades = [item.lower() for item in tokens(headers, "upgrade")]
        if "websocket" not in upgrades or "upgrade" not in [item.lower() for item in tokens(headers, "connection")]:
            return Response(426, headers={"Upgrade": "websocket", "Connection": "Upgrade"}, close=True)
        if headers.get("sec-websocket-version") != ["13"]:
            return Response(426, headers={"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}, close=True)
        if any(origin not in self._origins for origin in headers.get("origin", [])):
            return Response(403)
        keys = headers.get("sec-websocket-key", [])
        if len(keys) != 1 or not re.fullmatch(r"[A-Za-z0-9+/]{21}[AQgw]==", keys[0]):
            return Response(400)
        if SUBPROTOCOL not in tokens(headers, "sec-websocket-protocol"):
            return Response(400)
        if self._responder.draining or len(self._open) >= MAX_CONNECTIONS:
            return Response(503, headers={"Retry-After": "1"})
        connection = Connection(self._responder, request)
        self._open.add(connection)
        self._responder.connections += 1
        try:
            request.writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n"
                % (accept_key(keys[0]).encode(), SUBPROTOCOL.encode())
            )
            await connection.run()
        finally:
            self._open.discard(connection)
            self._responder.connections -= 1
        return None

    @property
    def busy(self) -> bool:
        return any(connection.in_flight for connection in self._open)

    async def close_all(self) -> None:
        for connection in self._open:
            connection.frames.close(1001, "going away")
        closing = time.monotonic()
        while self._open and time.monotonic() - closing < CLOSE_SECONDS:
            await asyncio.sleep(0.05)
        for connection in self._open:
            connection.frames.abort()


class Connection:
    """One connection: messages of any sessions, answered in any order."""

    def __init__(self, responder: Responder, request: Request) -> None:
        self.frames = FrameConnection(
            request.reader, request.writer, responder.limits["maxMessageBytes"], client=False
        )
        self._responder = responder
        self._tasks: set[asyncio.Task[None]] = set()
        self.in_flight = 0
        self._useful = False  # a handshake or a record has been accepted
        self._streams: dict[tuple[str, str], Stream] = {}

    async def run(self) -> None:
        watch = asyncio.create_task(self._watch())
        try:
            while not self.frames.closing:
                self._take(await self.frames.receive())
        except Failed as error:
            self.frames.close(error.code, str(error))
        except (Ended, ConnectionError):
            pass
        finally:
            watch.cancel()
            for stream in list(self._streams.values()):
                stream.abandon()
            for task in self._tasks:
                task.cancel()
            await self.frames.finish()

    async def _watch(self) -> None:
        """End a connection that is of no use, ping the others, and end those that are dead."""
        opened = pinged = time.monotonic()
        asked: float | None = None
        while True:
            await asyncio.sleep(0.5)
            now = time.monotonic()
            if not self._useful and now - opened >= FIRST_MESSAGE_SECONDS:
                self.frames.close(1008, "no handshake and no record")
                break
            if asked is not None and self.frames.heard > asked:
                asked = None
            if asked is not None and now - asked >= DEAD_SECONDS:
                break
            if now - pinged >= PING_SECONDS:
                self.frames.send_ping()
                pinged = now
                asked = now if asked is None else asked
        await asyncio.sleep(1)
        self.frames.abort()

    def _send(self, answer: dict[str, Any]) -> None:
        self.frames.send_text(strict_json.dump(answer))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _take(self, data: bytes) -> None:
        """One message. Records are opened here, in the order in which they come."""
        arrived = time.monotonic()
        try:
            message = strict_json.parse(data)
        except Malformed as error:
            raise Failed(1007, "not a JSON object") from error
        try:
            if "kid" not in message:
                answer = self._responder.shake_hands(message)
                self._useful = True
                self._send(answer)
            else:
                self._take_session_message(message, arrived)
        except PlainError as error:
            if error.message_id is None:
                raise Failed(1008, "no id") from error
            self._send(error.body())

    def _take_session_message(self, message: dict[str, Any], arrived: float) -> None:
        responder = self._responder
        if (self.in_flight >= IN_FLIGHT or responder.draining) and is_token(message.get("id")):
            responder.refuse_record("ws", arrived)
            raise PlainError("unavailable", message["id"])
        opened = responder.open(message, "ws", arrived)
        self._useful = True
        if opened.stream is not None and "stream" in responder.capabilities:
            self._take_stream_message(opened)
        else:
            self.in_flight += 1
            self._start(self._answer(opened))

    async def _answer(self, opened: Opened) -> None:
        try:
            outcome = await self._responder.run(opened)
        finally:
            self.in_flight -= 1
        self._send(self._responder.answer(opened, outcome))

    def _take_stream_message(self, opened: Opened) -> None:
        responder, member = self._responder, opened.stream
        assert member is not None
        name = (opened.session.kid, member["id"])
        live = self._streams.get(name)
        if live is not None:
            try:
                if opened.error is not None:
                    raise opened.error
                live.receive(opened.message, opened.plaintext)
            except TaskError as error:
                live.fail(error.code)
            return
        if "seq" not in member:
            return  # a control that comes too late
        crowded = len(self._streams) >= responder.limits["maxStreams"]
        if opened.error is None and (member["seq"] or opened.task_id not in responder.stream_tasks or crowded):
            opened.error = TaskError("stream_violation")
        if opened.error is not None:
            self._send(responder.answer(opened, Outcome(error=opened.error.code)))
            return
        window = responder.limits["streamWindow"]
        stream = Stream(responder, opened, window, self._send, self.frames.drain)
        stream.on_end = lambda: self._streams.pop(name, None)
        self._streams[name] = stream
        stream.receive(opened.message, opened.plaintext)
        stream.task = self._start(responder.run_stream(stream))
