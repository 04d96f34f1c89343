"""A responder, whatever the transport: handshakes, records, tasks and their answers."""

from __future__ import annotations

import hmac
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from . import gzip, handshake, schemas, strict_json, tasks
from .bytes import b64, sha256, unb64
from .errors import Malformed, PlainError, TaskError, Untrusted
from .identity import Resolver, did_key_encode, make_card
from .keys import signing_public, x25519_public
from .metrics import Metrics
from .names import SECOND, is_token, parse_time
from .records import OVERHEAD, request_aad, response_aad
from .session import Exhausted, Nonces, Session, Sessions
from .stream import Stream

log = logging.getLogger("sage")

# Headers that repeat members of the body, in lower case.
_HINTS = {
    "x-sage-did": "did",
    "x-sage-message-id": "id",
    "x-sage-context-id": "context_id",
    "x-sage-task-id": "task_id",
}

Headers = dict[str, list[str]]


@dataclass
class Opened:
    """A session message whose record has opened."""

    message: dict[str, Any]
    session: Session
    plaintext: bytes
    record_hash: bytes
    transport: str
    arrived: float
    error: TaskError | None = None
    request: tasks.Request = field(init=False)

    @property
    def stream(self) -> dict[str, Any] | None:
        return self.message.get("stream")

    @property
    def task_id(self) -> str:
        return self.message["task_id"]


@dataclass(frozen=True)
class Outcome:
    """What became of a request: the plaintext of its answer, or an error."""

    plaintext: bytes = b""
    error: str | None = None


class Responder:
    def __init__(
        self,
        signing_seed: bytes,
        kem_private: bytes,
        endpoints: dict[str, str],
        capabilities: Sequence[str],
        limits: dict[str, int],
        name: str = "SAGE in Python",
        resolver: Resolver | None = None,
        metrics_token: str | None = None,
        metrics_public: bool = False,
    ) -> None:
        self.did = did_key_encode(signing_public(signing_seed))
        self.capabilities = frozenset(capabilities)
        self.limits = limits
        self.endpoints = endpoints
        self.sessions = Sessions(limits)
        self.metrics = Metrics(capabilities)
        self.streams = 0
        self.connections = 0
        self.draining = False
        self._nonces = Nonces()
        self._signing_seed = signing_seed
        self._kem_private = kem_private
        self._name = name
        self._resolver = resolver
        self._metrics_token = metrics_token
        self._metrics_public = metrics_public
        self._card: dict[str, Any] = {}
        self.tasks: dict[str, tasks.Task] = {tasks.PING: tasks.ping, tasks.CLOSE: tasks.close}
        self.stream_tasks: dict[str, tasks.StreamTask] = {}
        if "echo" in self.capabilities:
            self.tasks[tasks.ECHO] = tasks.echo
            if "stream" in self.capabilities:
                self.stream_tasks[tasks.ECHO] = tasks.echo_stream

    # What is published.

    def card(self) -> bytes:
        """The agent card, signed anew when half of its life is over."""
        now = time.time_ns()
        if not self._card or parse_time(self._card["expiresAt"]) - now < 12 * 3600 * SECOND:
            public = x25519_public(self._kem_private)
            self._card = make_card(
                self._signing_seed, public, self.endpoints, sorted(self.capabilities), self.limits, now, self._name
            )
        return strict_json.dump(self._card)

    def ready(self) -> bool:
        return not self.draining and not self.sessions.full() and not self._nonces.full()

    def may_read_metrics(self, authorization: list[str]) -> bool:
        if self._metrics_public:
            return True
        if self._metrics_token is None or len(authorization) != 1:
            return False
        expected = f"Bearer {self._metrics_token}".encode()
        return hmac.compare_digest(authorization[0].encode("latin-1"), expected)

    def metrics_text(self) -> bytes:
        self.sessions.purge()
        live, provisional = self.sessions.count()
        self.metrics.sessions.set("live", amount=live)
        self.metrics.sessions.set("provisional", amount=provisional)
        self.metrics.streams.set(amount=self.streams)
        self.metrics.connections.set(amount=self.connections)
        return self.metrics.text()

    # From a message to an opened request.

    def shake_hands(self, message: dict[str, Any], headers: Headers | None = None) -> dict[str, Any]:
        """Answer a message without `kid`."""
        message_id = message["id"] if is_token(message.get("id")) else None
        outcome = "refused"
        try:
            _check_envelope(message, schemas.handshake_message, headers)
            response = self._shake_hands(message)
            outcome = "accepted"
            return response
        except PlainError as error:
            raise PlainError(error.code, message_id) from error
        except (Untrusted, Malformed) as error:
            log.info("handshake refused: %s", error)
            raise PlainError("authentication_failed", message_id) from error
        finally:
            self.metrics.handshakes.add(outcome)

    def _shake_hands(self, message: dict[str, Any]) -> dict[str, Any]:
        raw, payload = handshake.check_payload(message)
        self.sessions.purge()
        self._nonces.purge()
        if self.draining or self.sessions.full() or self._nonces.full():
            raise PlainError("unavailable")
        now = time.time_ns()
        request = handshake.check_request(message, raw, payload, self.did, now, self._resolver)
        if self.sessions.full_for(request.init_did):
            raise PlainError("unavailable")
        self._nonces.use(request.init_did, request.nonce)
        eph_s, seed = handshake.agree(request, self.did, self._kem_private)
        session = self.sessions.add(request.ctx, request.init_did, seed)
        data = handshake.response_data(request, self.did, seed, eph_s, session.kid, now, self._signing_seed)
        return {
            "success": True,
            "message_id": message["id"],
            "task_id": handshake.TASK,
            "data": b64(strict_json.dump(data)),
        }

    def open(self, message: dict[str, Any], transport: str, arrived: float, headers: Headers | None = None) -> Opened:
        """Open a message with `kid`, and find what is wrong with it after that.

        A close ends its session here, so that it does so before anything that came later is opened.
        """
        message_id = message["id"] if is_token(message.get("id")) else None
        try:
            opened = self._open(message, transport, arrived, headers)
        except PlainError as error:
            self.refuse_record(transport, arrived)
            raise PlainError(error.code, message_id) from error
        except Untrusted as error:
            log.info("record refused: %s", error)
            self.refuse_record(transport, arrived)
            raise PlainError("authentication_failed", message_id) from error
        self.metrics.records.add("opened")
        try:
            self._judge(opened)
        except TaskError as error:
            opened.error = error
        return opened

    def _open(self, message: dict[str, Any], transport: str, arrived: float, headers: Headers | None) -> Opened:
        _check_envelope(message, schemas.session_message, headers)
        record = unb64(message["payload"])
        self.metrics.bytes.observe(transport, "in", amount=len(record))
        session = self.sessions.get(message["kid"])
        if message["did"] != session.did or message["context_id"] != session.ctx:
            raise Untrusted("did or context_id")
        plaintext = session.receive(request_aad(message), record)
        return Opened(message, session, plaintext, sha256(record), transport, arrived)

    def _judge(self, opened: Opened) -> None:
        """Task, encoding, inflation; streams are the transport's, arguments and outcome the task's."""
        message = opened.message
        if message["task_id"] not in self.tasks:
            raise TaskError("task_unsupported")
        encoding = message.get("encoding")
        if encoding is not None:
            if encoding != "gzip" or "gzip" not in self.capabilities:
                raise TaskError("encoding_unsupported")
            try:
                opened.plaintext = gzip.inflate(opened.plaintext, self.limits["maxMessageBytes"])
            except gzip.TooLong as error:
                raise TaskError("payload_too_large") from error
            except Malformed as error:
                raise TaskError("malformed") from error
        opened.request = tasks.Request(opened.plaintext, message.get("metadata", {}))
        if "stream" in message:
            if "stream" not in self.capabilities:
                raise TaskError("stream_violation")
        elif message["task_id"] == tasks.CLOSE:
            self.sessions.end(opened.session)

    def refuse_record(self, transport: str, arrived: float) -> None:
        """Count a message with `kid` that is answered with a plain error."""
        self.metrics.records.add("refused")
        self.metrics.seconds.observe(transport, amount=time.monotonic() - arrived)

    # From an opened request to its answer.

    async def run(self, opened: Opened) -> Outcome:
        """Do what a request without a stream asks for."""
        try:
            if opened.error is not None:
                raise opened.error
            return Outcome(await self.tasks[opened.task_id](opened.request))
        except TaskError as error:
            return Outcome(error.plaintext, error.code)
        except Exception:
            log.exception("task failed")
            return Outcome(error="internal")

    async def run_stream(self, stream: Stream) -> None:
        """Do what a request with a stream asks for; the stream is over afterwards."""
        opened = stream.opening
        try:
            await self.stream_tasks[opened.task_id](opened.request, stream)
            stream.fail("internal")  # nothing, if the task has sent its last chunk
        except TaskError as error:
            stream.fail(error.code, error.plaintext)
        except (ConnectionError, TimeoutError):
            stream.abandon()
        except Exception:
            if not stream.over:
                log.exception("task failed")
                stream.fail("internal")

    def answer(self, opened: Opened, outcome: Outcome, room: int | None = None) -> dict[str, Any]:
        """The one response to a request; `room` is how many bytes it may have."""
        stream = None
        if opened.stream is not None and "stream" in self.capabilities:
            stream = {"id": opened.stream["id"], "seq": 0, "end": True}
        encoding = None if outcome.error is not None else self._encoding(opened, outcome.plaintext)
        try:
            try:
                return self.seal(opened, outcome.plaintext, outcome.error, encoding, stream, room=room)
            except TaskError as error:
                return self.seal(opened, b"", error.code, None, stream)
        except Exhausted:
            self.sessions.end(opened.session)
            self.count_answer(opened, "session_unknown")
            return PlainError("session_unknown", opened.message["id"]).body()

    def _encoding(self, opened: Opened, plaintext: bytes) -> str | None:
        asked = opened.message.get("encoding")
        if opened.task_id == tasks.ECHO:
            return asked
        if "gzip" in self.capabilities and opened.request.metadata.get("accept-encoding") == "gzip":
            asked = "gzip"
        return asked if len(plaintext) >= gzip.SMALLEST else None

    def seal(
        self,
        opened: Opened,
        plaintext: bytes,
        error: str | None,
        encoding: str | None = None,
        stream: dict[str, Any] | None = None,
        last: bool = True,
        room: int | None = None,
    ) -> dict[str, Any]:
        """A session response; TaskError where it would be longer than allowed, before any number is used."""
        response: dict[str, Any] = {"success": error is None}
        if error is not None:
            response["error"] = error
        response |= {"message_id": opened.message["id"], "task_id": opened.task_id, "kid": opened.session.kid}
        if encoding is not None:
            response["encoding"] = encoding
            plaintext = gzip.compress(plaintext)
        if stream is not None:
            response["stream"] = stream
        size = len(strict_json.dump({**response, "data": ""})) + -(-(OVERHEAD + len(plaintext)) // 3) * 4
        if plaintext and size > (self.limits["maxMessageBytes"] if room is None else room):
            raise TaskError("payload_too_large")
        record = opened.session.seal(response_aad(response, opened.record_hash), plaintext)
        self.metrics.bytes.observe(opened.transport, "out", amount=len(record))
        if last:
            self.count_answer(opened, error)
        return {**response, "data": b64(record)}

    def count_answer(self, opened: Opened, error: str | None) -> None:
        self.metrics.requests.add("success" if error is None else "error")
        self.metrics.seconds.observe(opened.transport, amount=time.monotonic() - opened.arrived)


def _check_envelope(message: dict[str, Any], schema: schemas.Check, headers: Headers | None) -> None:
    """Schema, base64, and headers that repeat the body: `malformed`, all of them."""
    if not schema(message):
        raise PlainError("malformed")
    try:
        unb64(message["payload"])
    except Malformed as error:
        raise PlainError("malformed") from error
    for header, member in _HINTS.items():
        values = (headers or {}).get(header, [])
        if len(values) > 1 or any(value != message[member] for value in values):
            raise PlainError("malformed")


def new_identity() -> tuple[bytes, bytes]:
    """(signing seed, KEM private key), drawn at random."""
    return os.urandom(32), os.urandom(32)
