"""An initiator: cards, handshakes, sessions, over HTTP and WebSocket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import os
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from . import gzip, schemas, strict_json
from .bytes import b64, sha256, unb64, unb64u
from .errors import Malformed, Untrusted
from .frames import Ended, Failed, FrameConnection, accept_key
from .handshake import Offer
from .http import HEAD_LIMIT, BadHttp, body_length, read_body, read_chunk, read_head, tokens
from .identity import DEFAULT_LIMITS, Resolver, did_key_encode, verify_card
from .keys import signing_public
from .names import parse_time
from .records import Window, key_schedule, request_aad, response_aad, seal
from .tasks import CLOSE

CARD_LIMIT = 1 << 20
_ENDLESS = 1 << 62  # a stream has lines of limited length, and any number of them
SECONDS = 8.0  # until a request counts as not answered


class Unknown(Exception):
    """There is no authenticated answer: the request may have been carried out, or not. It is never sent again."""


class Failure(Exception):
    """An authenticated answer that says an error."""

    def __init__(self, code: str, plaintext: bytes) -> None:
        super().__init__(code)
        self.code = code
        self.plaintext = plaintext


@contextlib.contextmanager
def outcome_unknown() -> Iterator[None]:
    """Whatever goes wrong on the way, or with an answer, leaves the outcome unknown."""
    try:
        yield
    except (OSError, EOFError, BadHttp, ValueError) as error:  # Malformed, Untrusted and TooLong are ValueErrors
        raise Unknown(repr(error)) from error


@dataclass(frozen=True)
class Peer:
    """A responder: from its card, or as it was configured."""

    did: str
    kem_public: bytes
    endpoints: dict[str, str]
    capabilities: frozenset[str]
    limits: dict[str, int]
    url_only: bool = False  # nobody has said which DID to expect: its identity is as good as the URL


def configured_peer(did: str, kem_public: bytes, url: str) -> Peer:
    return Peer(did, kem_public, {"http": url}, frozenset(), DEFAULT_LIMITS)


# HTTP.


async def _connect(url: SplitResult, secure: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host = url.hostname or ""
    if not secure and not _is_loopback(host):
        raise Unknown("neither TLS nor a loopback address")
    port = url.port or (443 if secure else 80)
    return await asyncio.open_connection(host, port, ssl=True if secure else None, limit=HEAD_LIMIT)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class HttpAnswer:
    """A response whose head has arrived."""

    def __init__(self, reader: asyncio.StreamReader, status: int, headers: dict[str, list[str]]) -> None:
        self.status = status
        self.media_type = headers.get("content-type", [""])[0].partition(";")[0].strip().lower()
        self._reader = reader
        self._length = body_length(headers)
        self._until_end = self._length == 0 and "content-length" not in headers

    async def body(self, limit: int) -> bytes:
        if not self._until_end:
            return await read_body(self._reader, self._length, limit)
        return b"".join([part async for part in self._parts(limit)])

    async def _parts(self, limit: int) -> AsyncIterator[bytes]:
        """The body as it comes, up to `limit` bytes."""
        left = self._length
        while True:
            if left is None:
                part = await read_chunk(self._reader, limit)
            elif self._until_end:
                part = await self._reader.read(HEAD_LIMIT)
            else:
                part = await self._reader.read(min(left, HEAD_LIMIT))
                left -= len(part)
            if not part:
                return
            limit -= len(part)
            if limit < 0:
                raise BadHttp(413)
            yield part

    async def lines(self, limit: int) -> AsyncIterator[bytes]:
        """Whole lines, each of up to `limit` bytes; what follows the last line feed is no line."""
        rest = bytearray()
        async for part in self._parts(_ENDLESS):
            rest += part
            while (end := rest.find(b"\n")) >= 0:
                line = bytes(rest[:end])
                del rest[:end + 1]
                yield line
            if len(rest) > limit:
                raise BadHttp(413)
        if rest:
            raise Unknown("a line that is cut off")


class _Http:
    """One request on a connection of its own. No redirect is followed."""

    def __init__(self, url: str, method: str, body: bytes = b"") -> None:
        self._url = urlsplit(url)
        self._method = method
        self._body = body

    async def __aenter__(self) -> HttpAnswer:
        reader, self._writer = await _connect(self._url, self._url.scheme == "https")
        lines = [f"{self._method} {self._url.path or '/'} HTTP/1.1", f"Host: {self._url.netloc}", "Connection: close"]
        if self._body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self._body)}"]
        try:
            self._writer.write("\r\n".join([*lines, "", ""]).encode() + self._body)
            status = 100
            while 100 <= status < 200:
                line, headers = await read_head(reader)
                version, _, rest = line.partition(" ")
                if version not in ("HTTP/1.1", "HTTP/1.0") or not rest[:3].isdigit():
                    raise BadHttp
                status = int(rest[:3])
            return HttpAnswer(reader, status, headers)
        except BaseException:
            self._writer.close()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()


# The two ways on which messages go.


class HttpWay:
    has_credit = False

    def __init__(self, peer: Peer) -> None:
        self._base = peer.endpoints["http"].removesuffix("/")
        self._limit = peer.limits["maxMessageBytes"]

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with _Http(f"{self._base}/{path}", "POST", _dump(body, self._limit)) as answer:
            data = await answer.body(self._limit)
            if answer.status != 200:
                raise Unknown(f"HTTP {answer.status}")
            return strict_json.parse(data)

    async def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        return await self._post("messages", message)

    async def batch(self, messages: list[dict[str, Any]]) -> list[Any]:
        answers = (await self._post("batch", {"messages": messages})).get("responses")
        if not isinstance(answers, list) or len(answers) != len(messages):
            raise Unknown("not as many answers as messages")
        return answers

    async def stream(self, message: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        async with _Http(f"{self._base}/messages", "POST", _dump(message, self._limit)) as answer:
            if answer.status != 200 or answer.media_type != "application/x-ndjson":
                raise Unknown(f"HTTP {answer.status}")
            async for line in answer.lines(self._limit):
                yield strict_json.parse(line)

    async def tell(self, message: dict[str, Any]) -> None:
        raise Unknown("there are no controls over HTTP")

    async def close(self) -> None:
        pass


class WsWay:
    has_credit = True

    def __init__(self, frames: FrameConnection, limit: int, room: int) -> None:
        self._frames = frames
        self._limit = limit
        self._room = room  # answers that one request may have waiting here
        self._waiting: dict[str, asyncio.Queue[dict[str, Any] | None]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, peer: Peer) -> WsWay:
        url = urlsplit(peer.endpoints["ws"])
        reader, writer = await _connect(url, url.scheme == "wss")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {url.path or '/'} HTTP/1.1",
            f"Host: {url.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: sage.v1",
        ]
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode())
            line, headers = await read_head(reader)
            if (
                line.split(" ")[:2] != ["HTTP/1.1", "101"]
                or [item.lower() for item in tokens(headers, "upgrade")] != ["websocket"]
                or "upgrade" not in [item.lower() for item in tokens(headers, "connection")]
                or headers.get("sec-websocket-accept") != [accept_key(key)]
                or headers.get("sec-websocket-protocol") != ["sage.v1"]
                or tokens(headers, "sec-websocket-extensions")
            ):
                raise Unknown("no WebSocket connection")
        except BaseException:
            writer.close()
            raise
        limit = peer.limits["maxMessageBytes"]
        return cls(FrameConnection(reader, writer, limit, client=True), limit, peer.limits["streamWindow"] + 16)

    async def _read(self) -> None:
        """Give each answer to whom it answers; what answers nobody is ignored."""
        try:
            while True:
                data = await self._frames.receive()
                try:
                    answer = strict_json.parse(data)
                except Malformed:
                    continue
                name = answer.get("message_id")
                queue = self._waiting.get(name) if isinstance(name, str) else None
                if queue is not None and not queue.full():
                    queue.put_nowait(answer)
                elif queue is not None:
                    self._waiting.pop(name)
        except Failed as error:
            self._frames.close(error.code, str(error))
        except (Ended, ConnectionError):
            pass
        finally:
            for queue in self._waiting.values():
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(None)
            self._waiting.clear()
            await self._frames.finish()

    async def stream(self, message: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        name = message["id"]
        queue = self._waiting[name] = asyncio.Queue(self._room)
        try:
            await self.tell(message)
            while (answer := await queue.get()) is not None:
                yield answer
            raise Unknown("the connection has ended")
        finally:
            self._waiting.pop(name, None)

    async def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        answers = self.stream(message)
        try:
            return await anext(answers)
        finally:
            await answers.aclose()

    async def tell(self, message: dict[str, Any]) -> None:
        if self._reading.done() or self._frames.closing:
            raise Unknown("the connection has ended")
        self._frames.send_text(_dump(message, self._limit))
        await self._frames.drain()

    async def close(self) -> None:
        self._frames.close(1000)
        await asyncio.wait([self._reading], timeout=3)
        self._frames.abort()


def _dump(message: dict[str, Any], limit: int) -> bytes:
    data = strict_json.dump(message)
    if len(data) > limit:
        raise ValueError("longer than maxMessageBytes of the responder")
    return data


# Sessions.


@dataclass(frozen=True)
class Sent:
    """What an answer is held against."""

    message: dict[str, Any]
    record_hash: bytes

    def asked_for(self, encoding: str) -> bool:
        accepted = self.message.get("metadata", {}).get("accept-encoding")
        return encoding == "gzip" and "gzip" in (self.message.get("encoding"), accepted)


class Session:
    def __init__(self, peer: Peer, way: HttpWay | WsWay, did: str, ctx: str, kid: str, seed: bytes) -> None:
        _, _, keys = key_schedule(seed)
        self.peer = peer
        self.kid = kid
        self._way = way
        self._did = did
        self._ctx = ctx
        self._key_out = keys.c2s_enc
        self._key_in = keys.s2c_enc
        self._window = Window(peer.limits["maxSessionRecords"])
        self._next = 0
        self._over = False

    def _seal(self, task: str, plaintext: bytes, compress: bool = False, **members: Any) -> Sent:
        if self._over or self._next >= self.peer.limits["maxSessionRecords"]:
            self._over = True
            raise Unknown("the session is over")
        message = {"id": str(uuid.uuid4()), "context_id": self._ctx, "task_id": task, "did": self._did, "kid": self.kid}
        message |= members
        if "gzip" in self.peer.capabilities and compress:
            message["metadata"] = {**message.get("metadata", {}), "accept-encoding": "gzip"}
            if len(plaintext) >= gzip.SMALLEST:
                message["encoding"] = "gzip"
                plaintext = gzip.compress(plaintext)
        record = seal(self._key_out, self._next, request_aad(message), plaintext)
        self._next += 1
        message["payload"] = b64(record)
        return Sent(message, sha256(record))

    def _open(self, sent: Sent, answer: Any) -> bytes:
        """The plaintext of an answer that may be honoured."""
        message = sent.message
        if not schemas.session_response(answer):
            code = answer.get("error") if isinstance(answer, dict) else None
            raise Unknown(f"not a session response: {code!r}")
        if any(answer[name] != message[other] for name, other in _REPEATED):
            raise Unknown("an answer to something else")
        if answer.get("stream", {}).get("id") != message.get("stream", {}).get("id"):
            raise Unknown("another stream, or one that was not asked for")
        encoding = answer.get("encoding")
        if encoding is not None and not sent.asked_for(encoding):
            raise Unknown("an encoding that was not asked for")
        record = unb64(answer["data"])
        _, plaintext = self._window.receive(self._key_in, response_aad(answer, sent.record_hash), record)
        if encoding is not None:
            plaintext = gzip.inflate(plaintext, self.peer.limits["maxMessageBytes"])
        return plaintext

    def _honour(self, sent: Sent, answer: Any) -> bytes:
        plaintext = self._open(sent, answer)
        if not answer["success"]:
            raise Failure(answer["error"], plaintext)
        return plaintext

    async def request(self, task: str, plaintext: bytes, compress: bool = False, **members: Any) -> bytes:
        sent = self._seal(task, plaintext, compress, **members)
        with outcome_unknown():
            async with asyncio.timeout(SECONDS):
                return self._honour(sent, await self._way.ask(sent.message))

    async def batch(self, task: str, plaintexts: list[bytes], compress: bool = False) -> list[bytes]:
        """Several requests in one POST; the answers in the same order."""
        if "batch" not in self.peer.capabilities or len(plaintexts) > self.peer.limits["maxBatch"]:
            raise ValueError("more than the responder takes")
        sent = [self._seal(task, plaintext, compress) for plaintext in plaintexts]
        with outcome_unknown():
            async with asyncio.timeout(SECONDS):
                answers = await HttpWay(self.peer).batch([item.message for item in sent])
                return [self._honour(*pair) for pair in zip(sent, answers)]

    async def stream(self, task: str, plaintext: bytes, compress: bool = False) -> AsyncIterator[bytes]:
        """Open a stream with one chunk; the plaintexts of the answer. An end without the last chunk raises."""
        if "stream" not in self.peer.capabilities:
            raise ValueError("the responder does not declare stream")
        name = str(uuid.uuid4())
        sent = self._seal(task, plaintext, compress, stream={"id": name, "seq": 0, "end": True})
        window = self.peer.limits["streamWindow"]
        taken, given = 0, window
        answers = self._way.stream(sent.message)
        try:
            while True:
                with outcome_unknown():
                    async with asyncio.timeout(SECONDS):
                        answer = await anext(answers, None)
                    part = self._open(sent, answer)
                member = answer["stream"]
                if "seq" not in member:
                    if not self._way.has_credit or "cancel" in member or not answer["success"] or part:
                        raise Unknown("a control that is none of a responder's")
                    continue
                if member["seq"] != taken:
                    raise Unknown("a chunk is missing")
                if not answer["success"]:
                    raise Failure(answer["error"], part)
                if self._way.has_credit and taken >= given:
                    raise Unknown("a chunk beyond the credit")
                taken += 1
                yield part
                if member["end"]:
                    return
                if self._way.has_credit and given - taken <= window // 2:
                    given = taken + window
                    await self._way.tell(self._seal(task, b"", stream={"id": name, "credit": given}).message)
        finally:
            await answers.aclose()

    async def close(self) -> None:
        try:
            await self.request(CLOSE, b"")
        finally:
            self._over = True
            self._key_out = self._key_in = b""


_REPEATED = (("message_id", "id"), ("task_id", "task_id"), ("kid", "kid"))


class Initiator:
    def __init__(self, signing_seed: bytes | None = None, resolver: Resolver | None = None) -> None:
        self._seed = signing_seed or os.urandom(32)
        self.did = did_key_encode(signing_public(self._seed))
        self._resolver = resolver
        self._issued: dict[str, int] = {}  # of the latest card accepted, by DID
        self._sessions: dict[tuple[str, str], Session] = {}

    async def peer(self, url: str, expected_did: str | None = None) -> Peer:
        """Read and verify the card at a URL."""
        with outcome_unknown():
            card_url = url.removesuffix("/") + "/.well-known/sage.json"
            async with asyncio.timeout(SECONDS), _Http(card_url, "GET") as answer:
                data = await answer.body(CARD_LIMIT)
                if answer.status != 200 or answer.media_type != "application/json":
                    raise Unknown("no card")
            card = verify_card(data, time.time_ns(), self._resolver, expected_did)
            latest = self._issued.get(card["did"])
            issued = parse_time(card["issuedAt"])
            if latest is not None and issued < latest:
                raise Untrusted("card: superseded")
        self._issued[card["did"]] = issued
        return Peer(
            card["did"],
            unb64u(card["keys"]["kem"]["x"]),
            card["endpoints"],
            frozenset(card["capabilities"]),
            card["limits"],
            url_only=expected_did is None,
        )

    async def connect(self, peer: Peer, transport: str = "http") -> HttpWay | WsWay:
        if transport == "http":
            return HttpWay(peer)
        with outcome_unknown():
            async with asyncio.timeout(SECONDS):
                return await WsWay.connect(peer)

    async def handshake(self, peer: Peer, way: HttpWay | WsWay) -> Session:
        with outcome_unknown():
            offer = Offer(self.did, peer.did, peer.kem_public)
            async with asyncio.timeout(SECONDS):
                response = await way.ask(offer.message(self._seed, time.time_ns()))
            kid, seed = offer.accept(response, time.time_ns(), self._resolver)
            if (peer.did, kid) in self._sessions:
                raise Untrusted("the kid of another session")
        session = self._sessions[peer.did, kid] = Session(peer, way, self.did, offer.ctx, kid, seed)
        return session
