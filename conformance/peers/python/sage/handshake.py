"""The handshake of spec/handshake.md: derivation, and what each side refuses."""

from __future__ import annotations

import hmac
import json
import os
import uuid
from dataclasses import dataclass, field
from typing import Any

from . import schemas, strict_json
from .bytes import b64, b64u, be32, hkdf_expand, hkdf_extract, hmac_sha256, len16, sha256, unb64, unb64u
from .errors import Malformed, PlainError, Untrusted
from .identity import CLOCK_SKEW, Resolver, resolve
from .keys import hpke_export_receiver, hpke_export_sender, sign, verify, x25519, x25519_public
from .names import format_time, parse_time

TASK = "hpke/complete@v1"
_SUITE = "v1|suite=hpke-base+x25519+hkdf-sha256|combiner=e2e-x25519-hkdf-v1|ctx="
_SIGNED = ("v", "task", "ctx", "kid", "ephS", "ackTagB64", "ts", "did", "infoHash", "exportCtxHash", "enc", "ephC")


def info_text(ctx: str, init_did: str, resp_did: str) -> str:
    return f"sage/hpke-info|{_SUITE}{ctx}|init={init_did}|resp={resp_did}"


def export_text(ctx: str) -> str:
    return f"sage/hpke-export|{_SUITE}{ctx}"


def combine(export_ctx: str, exporter: bytes, shared: bytes) -> tuple[bytes, bytes]:
    """(prk, seed)"""
    prk = hkdf_extract(export_ctx.encode(), exporter + shared)
    return prk, hkdf_expand(prk, b"SAGE-HPKE+E2E-Combiner", 32)


def ack_tag(
    seed: bytes, ctx: str, nonce: str, kid: str, init_did: str, resp_did: str, enc: bytes, eph_c: bytes, eph_s: bytes
) -> tuple[bytes, bytes, bytes]:
    """(ackKey, th, ackTag)"""
    key = hmac_sha256(seed, b"SAGE-ack-key-v1" + be32(1))
    info, export_ctx = info_text(ctx, init_did, resp_did).encode(), export_text(ctx).encode()
    parts = (info, export_ctx, enc, eph_c, eph_s, init_did.encode(), resp_did.encode())
    th = sha256(b"".join(b"\x00" + part for part in parts))
    return key, th, hmac_sha256(key, b"SAGE-ack-msg|v1|" + len16(ctx) + len16(nonce) + len16(kid) + th)


def signed_text(data: dict[str, str]) -> str:
    return json.dumps({name: data[name] for name in _SIGNED}, separators=(",", ":"))


def fresh(ts: str, now: int) -> bool:
    return abs(parse_time(ts) - now) <= CLOCK_SKEW


# The responder's side.


@dataclass(frozen=True)
class Request:
    """A handshake that every rule before the nonce has passed."""

    ctx: str
    init_did: str
    nonce: str
    enc: bytes
    eph_c: bytes


def check_payload(message: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The signed bytes and the object in them: task and schema, the rules with answers of their own."""
    if message["task_id"] != TASK:
        raise PlainError("task_unsupported")
    try:
        raw = unb64(message["payload"])
        payload = strict_json.parse(raw)
        if not schemas.handshake_payload(payload):
            raise Malformed("handshake payload")
        parse_time(payload["ts"])
    except Malformed as error:
        raise PlainError("malformed") from error
    return raw, payload


def check_request(
    message: dict[str, Any],
    raw: bytes,
    payload: dict[str, Any],
    resp_did: str,
    now: int,
    resolver: Resolver | None = None,
) -> Request:
    """From the DID to exportCtx, in the order of the chapter."""
    did, ctx = message["did"], message["context_id"]
    verify(resolve(did, resolver), raw, unb64(message["signature"]))
    if payload["initDid"] != did:
        raise Untrusted("initDid")
    if payload["respDid"] != resp_did:
        raise Untrusted("respDid")
    if not fresh(payload["ts"], now):
        raise Untrusted("ts")
    if payload["info"] != info_text(ctx, did, resp_did):
        raise Untrusted("info")
    if payload["exportCtx"] != export_text(ctx):
        raise Untrusted("exportCtx")
    return Request(ctx, did, payload["nonce"], unb64u(payload["enc"]), unb64u(payload["ephC"]))


def agree(request: Request, resp_did: str, kem_private: bytes) -> tuple[bytes, bytes]:
    """(ephS, seed), with an ephemeral key that lives no longer than this call."""
    info, export_ctx = info_text(request.ctx, request.init_did, resp_did), export_text(request.ctx)
    exporter = hpke_export_receiver(kem_private, request.enc, info.encode(), export_ctx.encode(), 32)
    private = os.urandom(32)
    _, seed = combine(export_ctx, exporter, x25519(private, request.eph_c))
    return x25519_public(private), seed


def response_data(
    request: Request, resp_did: str, seed: bytes, eph_s: bytes, kid: str, now: int, signing_seed: bytes
) -> dict[str, str]:
    ctx, init_did = request.ctx, request.init_did
    _, _, tag = ack_tag(seed, ctx, request.nonce, kid, init_did, resp_did, request.enc, request.eph_c, eph_s)
    data = {
        "v": "v1",
        "task": TASK,
        "ctx": ctx,
        "kid": kid,
        "ephS": b64u(eph_s),
        "ackTagB64": b64u(tag),
        "ts": format_time(now),
        "did": resp_did,
        "infoHash": b64u(sha256(info_text(ctx, init_did, resp_did).encode())),
        "exportCtxHash": b64u(sha256(export_text(ctx).encode())),
        "enc": b64u(request.enc),
        "ephC": b64u(request.eph_c),
    }
    return {**data, "sigB64": b64u(sign(signing_seed, signed_text(data).encode()))}


# The initiator's side.


@dataclass
class Offer:
    """What an initiator keeps between its request and the response."""

    init_did: str
    resp_did: str
    kem_public: bytes
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    ctx: str = field(default_factory=lambda: f"ctx-{uuid.uuid4()}")
    nonce: str = field(default_factory=lambda: str(uuid.uuid4()))
    ikm: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    private: bytes = field(default_factory=lambda: os.urandom(32), repr=False)

    def __post_init__(self) -> None:
        self.info = info_text(self.ctx, self.init_did, self.resp_did)
        self.export_ctx = export_text(self.ctx)
        self.eph_c = x25519_public(self.private)
        self.enc, self.exporter = hpke_export_sender(
            self.ikm, self.kem_public, self.info.encode(), self.export_ctx.encode(), 32
        )

    def message(self, signing_seed: bytes, now: int) -> dict[str, Any]:
        payload = strict_json.dump(
            {
                "enc": b64u(self.enc),
                "ephC": b64u(self.eph_c),
                "exportCtx": self.export_ctx,
                "info": self.info,
                "initDid": self.init_did,
                "nonce": self.nonce,
                "respDid": self.resp_did,
                "ts": format_time(now),
            }
        )
        return {
            "id": self.message_id,
            "context_id": self.ctx,
            "task_id": TASK,
            "did": self.init_did,
            "payload": b64(payload),
            "signature": b64(sign(signing_seed, payload)),
            "role": "user",
        }

    def accept(self, response: dict[str, Any], now: int, resolver: Resolver | None = None) -> tuple[str, bytes]:
        """(kid, seed), if nothing in the response is to be refused."""
        if not schemas.handshake_response(response) or response["message_id"] != self.message_id:
            raise Untrusted("handshake response")
        data = strict_json.parse(unb64(response["data"]))
        if not schemas.handshake_response_data(data):
            raise Malformed("handshake response data")
        expected = {
            "v": "v1",
            "task": TASK,
            "ctx": self.ctx,
            "enc": b64u(self.enc),
            "ephC": b64u(self.eph_c),
            "did": self.resp_did,
            "infoHash": b64u(sha256(self.info.encode())),
            "exportCtxHash": b64u(sha256(self.export_ctx.encode())),
        }
        for name, value in expected.items():
            if data[name] != value:
                raise Untrusted(f"handshake response: {name}")
        if not fresh(data["ts"], now):
            raise Untrusted("handshake response: ts")
        eph_s = unb64u(data["ephS"])
        _, seed = combine(self.export_ctx, self.exporter, x25519(self.private, eph_s))
        _, _, tag = ack_tag(
            seed, self.ctx, self.nonce, data["kid"], self.init_did, self.resp_did, self.enc, self.eph_c, eph_s
        )
        if not hmac.compare_digest(tag, unb64u(data["ackTagB64"])):
            raise Untrusted("handshake response: ackTag")
        verify(resolve(self.resp_did, resolver), signed_text(data).encode(), unb64u(data["sigB64"]))
        return data["kid"], seed
