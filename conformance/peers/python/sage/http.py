"""HTTP/1.1 on asyncio streams, and the HTTP binding of spec/http.md."""

from __future__ import annotations

import asyncio
import email.utils
import http
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import strict_json
from .batch import answer_batch
from .errors import Malformed, PlainError, TaskError
from .metrics import MEDIA_TYPE as METRICS_MEDIA_TYPE
from .responder import Headers, Opened, Outcome, Responder
from .stream import Stream

log = logging.getLogger("sage")

HEAD_LIMIT = 65536  # bytes of a request line or status line and the headers
IDLE_SECONDS = 60  # until a request begins and its head is whole
BODY_SECONDS = 30  # until a body is whole
LINGER_SECONDS = 1  # between an answer to a body that was not read and the end

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
_JSON = re.compile(r'application/json(?:[ \t]*;[ \t]*charset=(?:utf-8|"utf-8"))?', re.IGNORECASE)
_LOOPBACK = re.compile(r"(?:localhost|\[::1\]|127(?:\.(?:0|[1-9][0-9]{0,2})){3})(?::[0-9]{1,5})?", re.IGNORECASE)


class BadHttp(Exception):
    """A request or a response that is not HTTP as it is read here."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


def parse_head(head: bytes) -> tuple[str, Headers]:
    """The first line, and the headers by their names in lower case."""
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers: Headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.strip(" \t")
        if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise BadHttp
        headers.setdefault(name.lower(), []).append(value)
    return first, headers


async def read_head(reader: asyncio.StreamReader) -> tuple[str, Headers]:
    try:
        return parse_head(await reader.readuntil(b"\r\n\r\n"))
    except asyncio.LimitOverrunError as error:
        raise BadHttp(431) from error


def body_length(headers: Headers) -> int | None:
    """Bytes of a body, or None if it is chunked."""
    lengths = set(headers.get("content-length", []))
    codings = headers.get("transfer-encoding")
    if codings is not None:
        if lengths or [coding.lower() for coding in codings] != ["chunked"]:
            raise BadHttp
        return None
    if not lengths:
        return 0
    length = lengths.pop()
    if lengths or not re.fullmatch(r"[0-9]{1,18}", length):
        raise BadHttp
    return int(length)


async def read_chunk(reader: asyncio.StreamReader, limit: int) -> bytes:
    """One chunk of a chunked body; empty after the last one and its trailers."""
    match = _CHUNK.fullmatch(await reader.readuntil(b"\r\n"))
    if match is None:
        raise BadHttp
    size = int(match[1], 16)
    if size > limit:
        raise BadHttp(413)
    data = await reader.readexactly(size)
    if size == 0:
        while await reader.readuntil(b"\r\n") != b"\r\n":
            pass
    elif await reader.readexactly(2) != b"\r\n":
        raise BadHttp
    return data


async def read_body(reader: asyncio.StreamReader, length: int | None, limit: int) -> bytes:
    if length is not None:
        if length > limit:
            raise BadHttp(413)
        return await reader.readexactly(length)
    parts: list[bytes] = []
    while part := await read_chunk(reader, limit):
        limit -= len(part)
        parts.append(part)
    return b"".join(parts)


def tokens(headers: Headers, name: str) -> list[str]:
    """The members of a header that is a list."""
    return [item.strip(" \t") for item in ",".join(headers.get(name, [])).split(",") if item.strip(" \t")]


@dataclass
class Request:
    method: str
    version: str
    path: str
    query: str
    headers: Headers
    length: int | None
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    arrived: float
    body_read: bool = False

    @property
    def keep_alive(self) -> bool:
        options = [item.lower() for item in tokens(self.headers, "connection")]
        return self.version == "HTTP/1.1" and "close" not in options

    async def body(self, limit: int) -> bytes:
        if self.length is not None and self.length > limit:
            raise BadHttp(413)
        if [item.lower() for item in tokens(self.headers, "expect")] == ["100-continue"]:
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        async with asyncio.timeout(BODY_SECONDS):
            data = await read_body(self.reader, self.length, limit)
        self.body_read = True
        return data


@dataclass
class Response:
    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    close: bool = False


NO_STORE = {"Cache-Control": "no-store"}
Handler = Callable[[Request], Awaitable[Response | None]]


def head(response: Response, length: int | None, keep_alive: bool) -> bytes:
    reason = http.HTTPStatus(response.status).phrase
    headers = {
        "Date": email.utils.formatdate(usegmt=True),
        "Content-Type": response.media_type,
        **({"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}),
        **response.headers,
        **({} if keep_alive else {"Connection": "close"}),
    }
    lines = [f"HTTP/1.1 {response.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Server:
    """Serves a responder: its card, messages, batches, health, metrics, and what is added to `routes`."""

    def __init__(self, responder: Responder, loopback: bool) -> None:
        self.responder = responder
        self.busy = 0
        self._loopback = loopback
        base = urlsplit(responder.endpoints["http"]).path.removesuffix("/")
        self.routes: dict[str, Handler] = {
            "/.well-known/sage.json": self._card,
            f"{base}/messages": self._messages,
        }
        if "batch" in responder.capabilities:
            self.routes[f"{base}/batch"] = self._batch
        for name, handler in (("health", self._health), ("metrics", self._metrics)):
            if name in responder.capabilities:
                self.routes[urlsplit(responder.endpoints[name]).path or "/"] = handler

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; the callback of asyncio.start_server with `limit=HEAD_LIMIT`."""
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass
        except Exception:
            log.exception("connection failed")
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may carry another request."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                request = _request(*await read_head(reader), reader, writer)
        except BadHttp as error:
            await self._refuse(reader, writer, Response(error.status))
            return False
        self.busy += 1
        try:
            response = await self._respond(request)
        finally:
            self.busy -= 1
        if response is None:
            return False
        whole = request.body_read or request.length == 0
        if response.close or not whole or not request.keep_alive:
            await self._refuse(reader, writer, response, request.method == "HEAD", linger=not whole)
            return False
        writer.write(head(response, len(response.body), True) + (b"" if request.method == "HEAD" else response.body))
        await writer.drain()
        return True

    async def _refuse(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        response: Response,
        bodiless: bool = False,
        linger: bool = True,
    ) -> None:
        """Answer and end, and let what is still on its way not reset the connection too early."""
        writer.write(head(response, len(response.body), False) + (b"" if bodiless else response.body))
        await writer.drain()
        if linger:
            writer.write_eof()
            try:
                async with asyncio.timeout(LINGER_SECONDS):
                    while await reader.read(HEAD_LIMIT):
                        pass
            except TimeoutError:
                pass

    async def _respond(self, request: Request) -> Response | None:
        hosts = request.headers.get("host", [])
        if self._loopback and (len(hosts) != 1 or not is_loopback(hosts[0])):
            return error_response(PlainError("malformed"), close=True)
        handler = self.routes.get(request.path)
        if handler is None:
            return Response(404, media_type="text/plain")
        try:
            return await handler(request)
        except BadHttp as error:
            if error.status == 413:
                return error_response(PlainError("payload_too_large"), close=True)
            return Response(error.status, close=True)
        except PlainError as error:
            return error_response(error)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            raise
        except Exception:
            log.exception("request failed")
            return error_response(PlainError("internal"))

    # What is served.

    async def _card(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(405, headers={"Allow": "GET, HEAD"})
        return Response(200, self.responder.card())

    async def _read(self, request: Request) -> tuple[dict[str, Any], float]:
        """A POST with JSON, up to the JSON, and when it had arrived."""
        if request.method != "POST":
            raise PlainError("method_not_allowed")
        media_types = request.headers.get("content-type", [])
        if len(media_types) != 1 or not _JSON.fullmatch(media_types[0]) or "content-encoding" in request.headers:
            raise PlainError("unsupported_media_type")
        if self.responder.draining:
            raise PlainError("unavailable")
        data = await request.body(self.responder.limits["maxMessageBytes"])
        arrived = time.monotonic()
        try:
            return strict_json.parse(data), arrived
        except Malformed as error:
            raise PlainError("malformed") from error

    async def _messages(self, request: Request) -> Response | None:
        message, arrived = await self._read(request)
        if "kid" not in message:
            return json_response(self.responder.shake_hands(message, request.headers))
        opened = self.responder.open(message, "http", arrived, request.headers)
        if opened.stream is not None and "stream" in self.responder.capabilities:
            return await self._stream(request, opened)
        return json_response(self.responder.answer(opened, await self.responder.run(opened)))

    async def _stream(self, request: Request, opened: Opened) -> Response | None:
        """A line for each part of the answer, as it is made."""
        responder, member = self.responder, opened.stream
        assert member is not None
        if opened.error is None and (
            member.get("seq") != 0 or not member["end"] or opened.task_id not in responder.stream_tasks
        ):
            opened.error = TaskError("stream_violation")
        response = Response(200, media_type="application/x-ndjson", headers=NO_STORE)
        if opened.error is not None:
            response.body = strict_json.dump(responder.answer(opened, Outcome(error=opened.error.code))) + b"\n"
            return response
        writer, chunked = request.writer, request.version == "HTTP/1.1"
        begun = head(response, None, keep_alive=False)
        if not chunked:
            begun = begun.replace(b"Transfer-Encoding: chunked\r\n", b"")
        writer.write(begun)

        def send(answer: dict[str, Any]) -> None:
            line = strict_json.dump(answer) + b"\n"
            writer.write(b"%x\r\n%s\r\n" % (len(line), line) if chunked else line)

        stream = Stream(responder, opened, None, send, writer.drain)
        stream.receive(opened.message, opened.plaintext)
        stream.task = asyncio.create_task(responder.run_stream(stream))
        await asyncio.wait([stream.task])
        if chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        return None

    async def _batch(self, request: Request) -> Response:
        batch, arrived = await self._read(request)
        return json_response(await answer_batch(self.responder, batch, arrived))

    async def _health(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(405, headers={"Allow": "GET, HEAD", **NO_STORE})
        probes = [value for name, value in parse_qsl(request.query, keep_blank_values=True) if name == "probe"]
        if probes not in ([], ["live"], ["ready"]):
            return Response(400, headers=NO_STORE)
        passed = probes == ["live"] or self.responder.ready()
        body = strict_json.dump({"status": "pass" if passed else "fail"})
        return Response(200 if passed else 503, body, "application/health+json", NO_STORE)

    async def _metrics(self, request: Request) -> Response:
        if not self.responder.may_read_metrics(request.headers.get("authorization", [])):
            return Response(403, headers=NO_STORE)
        if request.method not in ("GET", "HEAD"):
            return Response(405, headers={"Allow": "GET, HEAD", **NO_STORE})
        return Response(200, self.responder.metrics_text(), METRICS_MEDIA_TYPE, NO_STORE)


def _request(line: str, headers: Headers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    match = re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) (HTTP/1\.[01])", line.lstrip("\r\n"))
    if match is None:
        raise BadHttp
    method, target, version = match.groups()
    if target.startswith(("http://", "https://")):
        target = "/" + target.split("/", 3)[3] if target.count("/") > 2 else "/"
    path, _, query = target.partition("?")
    return Request(method, version, path, query, headers, body_length(headers), reader, writer, time.monotonic())


def is_loopback(host: str) -> bool:
    if not _LOOPBACK.fullmatch(host):
        return False
    name = host.split(":")[0]
    return not name.startswith("127.") or all(int(part) <= 255 for part in name.split("."))


def json_response(answer: dict[str, Any]) -> Response:
    if "error" in answer and "kid" not in answer:
        return error_response(PlainError(answer["error"], answer.get("message_id")))
    return Response(200, strict_json.dump(answer), headers=NO_STORE)


def error_response(error: PlainError, close: bool = False) -> Response:
    headers = dict(NO_STORE)
    if error.status == 401:
        headers["WWW-Authenticate"] = "SAGE"
    elif error.status == 405:
        headers["Allow"] = "POST"
    elif error.status in (429, 503):
        headers["Retry-After"] = "1"
    return Response(error.status, strict_json.dump(error.body()), headers=headers, close=close)
