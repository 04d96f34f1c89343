#!/usr/bin/env python3
"""Answers `sage-conformance vectors run` over standard input and output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from sage import gzip, handshake, identity, keys, names, records, schemas, strict_json
from sage.bytes import b64, b64u, be64, hkdf_expand, hkdf_extract, sha256, unb64, unb64u
from sage.errors import Malformed, PlainError, Untrusted

Input = dict[str, Any]
Output = dict[str, Any]
h = bytes.fromhex


def resolver(given: Input) -> identity.Resolver:
    known = {did: h(key) for did, key in given.get("keys", {}).items()}
    return known.get


def hkdf(i: Input) -> Output:
    prk = hkdf_extract(h(i["salt"]), h(i["ikm"]))
    return {"prk": prk, "okm": hkdf_expand(prk, h(i["info"]), i["length"])}


def export_sender(i: Input) -> Output:
    enc, exported = keys.hpke_export_sender(
        h(i["ikmE"]), h(i["pkR"]), h(i["info"]), h(i["exporterContext"]), i["length"]
    )
    return {"enc": enc, "exported": exported}


def export_receiver(i: Input) -> Output:
    arguments = h(i["skR"]), h(i["enc"]), h(i["info"]), h(i["exporterContext"]), i["length"]
    return {"exported": keys.hpke_export_receiver(*arguments)}


def verify(i: Input) -> Output:
    keys.verify(h(i["publicKey"]), h(i["message"]), h(i["signature"]))
    return {}


def public_key(i: Input) -> Output:
    keys.check_signing_key(h(i["publicKey"]))
    return {}


def aead_open(i: Input) -> Output:
    try:
        return {"plaintext": ChaCha20Poly1305(h(i["key"])).decrypt(h(i["nonce"]), h(i["ciphertext"]), h(i["aad"]))}
    except InvalidTag as error:
        raise Untrusted("tag") from error


def offer(i: Input) -> handshake.Offer:
    return handshake.Offer(
        i["initDid"],
        i["respDid"],
        h(i["kemPublicKey"]),
        message_id=i.get("id", ""),
        ctx=i["ctx"],
        nonce=i.get("nonce", ""),
        ikm=h(i["ikmE"]),
        private=h(i["ephCPrivateKey"]),
    )


def initiator(i: Input) -> Output:
    o = offer(i)
    shared = keys.x25519(o.private, h(i["ephS"]))
    prk, seed = handshake.combine(o.export_ctx, o.exporter, shared)
    return {
        "info": o.info,
        "exportCtx": o.export_ctx,
        "enc": o.enc,
        "ephC": o.eph_c,
        "exporter": o.exporter,
        "ssE2E": shared,
        "prk": prk,
        "seed": seed,
    }


def responder(i: Input) -> Output:
    info, export_ctx = handshake.info_text(i["ctx"], i["initDid"], i["respDid"]), handshake.export_text(i["ctx"])
    exporter = keys.hpke_export_receiver(h(i["kemPrivateKey"]), h(i["enc"]), info.encode(), export_ctx.encode(), 32)
    private = h(i["ephSPrivateKey"])
    shared = keys.x25519(private, h(i["ephC"]))
    prk, seed = handshake.combine(export_ctx, exporter, shared)
    return {
        "info": info,
        "exportCtx": export_ctx,
        "ephS": keys.x25519_public(private),
        "exporter": exporter,
        "ssE2E": shared,
        "prk": prk,
        "seed": seed,
    }


def ack_tag(i: Input) -> Output:
    points = h(i["enc"]), h(i["ephC"]), h(i["ephS"])
    key, th, tag = handshake.ack_tag(
        h(i["seed"]), i["ctx"], i["nonce"], i["kid"], i["initDid"], i["respDid"], *points
    )
    info = handshake.info_text(i["ctx"], i["initDid"], i["respDid"])
    return {"info": info, "exportCtx": handshake.export_text(i["ctx"]), "ackKey": key, "th": th, "ackTag": tag}


def sign_response(i: Input) -> Output:
    info_hash, export_hash = sha256(i["info"].encode()), sha256(i["exportCtx"].encode())
    text = handshake.signed_text(
        {
            "v": "v1",
            "task": handshake.TASK,
            "ctx": i["ctx"],
            "kid": i["kid"],
            "ephS": b64u(h(i["ephS"])),
            "ackTagB64": b64u(h(i["ackTag"])),
            "ts": i["ts"],
            "did": i["respDid"],
            "infoHash": b64u(info_hash),
            "exportCtxHash": b64u(export_hash),
            "enc": b64u(h(i["enc"])),
            "ephC": b64u(h(i["ephC"])),
        }
    )
    signature = b64u(keys.sign(h(i["privateKey"]), text.encode()))
    return {"infoHash": info_hash, "exportCtxHash": export_hash, "signedText": text, "sigB64": signature}


def open_request(i: Input) -> Output:
    message = strict_json.parse(i["message"].encode())
    if not schemas.handshake_message(message):
        raise Malformed("handshake message")
    raw, payload = handshake.check_payload(message)
    now = names.parse_time(i["now"])
    request = handshake.check_request(message, raw, payload, i["respDid"], now, resolver(i))
    handshake.agree(request, i["respDid"], os.urandom(32))
    return {
        "ctx": request.ctx,
        "initDid": request.init_did,
        "nonce": request.nonce,
        "enc": request.enc,
        "ephC": request.eph_c,
    }


def open_response(i: Input) -> Output:
    response = strict_json.parse(i["response"].encode())
    kid, seed = offer(i["request"]).accept(response, names.parse_time(i["now"]), resolver(i))
    return {"kid": kid, "seed": seed}


def key_schedule(i: Input) -> Output:
    sid, prk, six = records.key_schedule(h(i["seed"]))
    shown = dict(zip(("encryptKey", "signingKey", "c2sEnc", "c2sSign", "s2cEnc", "s2cSign"), six))
    return {"sid": sid, "sessionPrk": prk, **shown}


def record_seal(i: Input) -> Output:
    seq, caller_aad = int(i["seq"]), h(i["callerAad"])
    record = records.seal(h(i["key"]), seq, caller_aad, h(i["plaintext"]), h(i["nonce"]))
    return {"aad": be64(seq) + caller_aad, "record": record}


def record_open(i: Input) -> Output:
    seq, plaintext = records.open_record(h(i["key"]), h(i["callerAad"]), h(i["record"]))
    return {"seq": str(seq), "plaintext": plaintext}


def record_receive(i: Input) -> Output:
    window = records.Window(int(i["maxSessionRecords"]))
    results: list[Output] = []
    for delivery in i["deliveries"]:
        try:
            seq, plaintext = window.receive(h(i["key"]), h(delivery["callerAad"]), h(delivery["record"]))
            results.append({"accepted": True, "seq": str(seq), "plaintext": plaintext.hex()})
        except Untrusted:
            results.append({"accepted": False})
    return {"results": results}


def aad_response(i: Input) -> Output:
    request_hash = sha256(h(i["requestRecord"]))
    return {"requestHash": request_hash, "aad": records.response_aad(i, request_hash)}


def matches(check: Callable[[object], bool]) -> Callable[[Input], Output]:
    def op(i: Input) -> Output:
        if not check(i["text"]):
            raise Malformed("name")
        return {}

    return op


def json_parse(i: Input) -> Output:
    strict_json.parse(h(i["bytes"]))
    return {}


def card_sign(i: Input) -> Output:
    text, signature = identity.sign_card(h(i["privateKey"]), i["card"])
    return {"canonical": text, "signature": signature}


def card_verify(i: Input) -> Output:
    latest = names.parse_time(i["latestIssuedAt"]) if "latestIssuedAt" in i else None
    card = identity.verify_card(
        i["card"].encode(), names.parse_time(i["now"]), resolver(i), i.get("expectedDid"), latest
    )
    return {"did": card["did"]}


OPS: dict[str, Callable[[Input], Output]] = {
    "hkdf": hkdf,
    "hpke.export-sender": export_sender,
    "hpke.export-receiver": export_receiver,
    "x25519": lambda i: {"sharedSecret": keys.x25519(h(i["privateKey"]), h(i["publicKey"]))},
    "ed25519.sign": lambda i: {
        "publicKey": keys.signing_public(h(i["privateKey"])),
        "signature": keys.sign(h(i["privateKey"]), h(i["message"])),
    },
    "ed25519.verify": verify,
    "ed25519.public-key": public_key,
    "aead.seal": lambda i: {
        "ciphertext": ChaCha20Poly1305(h(i["key"])).encrypt(h(i["nonce"]), h(i["plaintext"]), h(i["aad"]))
    },
    "aead.open": aead_open,
    "handshake.initiator": initiator,
    "handshake.responder": responder,
    "handshake.ack-tag": ack_tag,
    "handshake.sign-request": lambda i: {"signature": b64(keys.sign(h(i["privateKey"]), i["payload"].encode()))},
    "handshake.sign-response": sign_response,
    "handshake.open-request": open_request,
    "handshake.open-response": open_response,
    "key-schedule": key_schedule,
    "record.seal": record_seal,
    "record.open": record_open,
    "record.receive": record_receive,
    "aad.request": lambda i: {"aad": records.request_aad(i)},
    "aad.response": aad_response,
    "gzip.open": lambda i: {"plaintext": gzip.inflate(h(i["bytes"]), i["max"])},
    "base64.decode": lambda i: {"bytes": unb64(i["text"])},
    "base64url.decode": lambda i: {"bytes": unb64u(i["text"])},
    "token.parse": matches(names.is_token),
    "task.parse": matches(names.is_task),
    "did.parse": lambda i: dict(zip(("method", "id"), names.parse_did(i["text"]))),
    "did-key.decode": lambda i: {"publicKey": identity.did_key_decode(i["did"])},
    "did-key.encode": lambda i: {"did": identity.did_key_encode(h(i["publicKey"]))},
    "time.parse": lambda i: {"unixNanoseconds": str(names.parse_time(i["text"]))},
    "json.parse": json_parse,
    "jcs": lambda i: {"canonical": strict_json.canonical(strict_json.parse_any(i["json"].encode()))},
    "card.sign": card_sign,
    "card.verify": card_verify,
}


def answer(op: str, given: Input) -> Output:
    if op not in OPS:
        return {"outcome": "unsupported"}
    try:
        output = OPS[op](given)
    except (Malformed, Untrusted, PlainError, UnicodeEncodeError, gzip.TooLong):
        return {"outcome": "reject"}
    shown = {name: value.hex() if isinstance(value, bytes) else value for name, value in output.items()}
    return {"outcome": "accept", "output": shown}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"], **answer(question["op"], question["input"])}), flush=True)
