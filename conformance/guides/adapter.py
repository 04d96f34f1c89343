"""An adapter for `sage-conformance vectors run`: JSON lines in, JSON lines out.

Replace what `ops` calls by your own code. An op that is not in it is answered with "unsupported".
"""

import base64
import hashlib
import hmac
import json
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

raw = bytes.fromhex


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def expand(prk, info, length):
    if length > 255 * 32:
        raise ValueError("HKDF gives no more than 8160 bytes")
    block, out = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = mac(prk, block + info + bytes([counter]))
        out += block
    return out[:length]


def hkdf(i):
    prk = mac(raw(i["salt"]), raw(i["ikm"]))
    return {"prk": prk.hex(), "okm": expand(prk, raw(i["info"]), i["length"]).hex()}


def x25519(i):
    own = X25519PrivateKey.from_private_bytes(raw(i["privateKey"]))
    other = X25519PublicKey.from_public_bytes(raw(i["publicKey"]))
    return {"sharedSecret": own.exchange(other).hex()}  # raises ValueError where the result is all zero


def key_schedule(i):
    seed = raw(i["seed"])
    if len(seed) != 32:
        raise ValueError("a seed has 32 bytes")
    sid = base64.urlsafe_b64encode(hashlib.sha256(b"sage/hpke+e2e v1" + seed).digest()[:16]).rstrip(b"=")
    prk = mac(sid, seed)
    block = expand(prk, b"sage-session-keys-v1", 64) + expand(prk, b"sage-directional-keys-v1", 128)
    names = ["encryptKey", "signingKey", "c2sEnc", "c2sSign", "s2cEnc", "s2cSign"]
    keys = {name: block[32 * n : 32 * n + 32].hex() for n, name in enumerate(names)}
    return {"sid": sid.decode(), "sessionPrk": prk.hex(), **keys}


def seal(i):
    seq = int(i["seq"]).to_bytes(8, "big")
    aad = seq + raw(i["callerAad"])
    sealed = ChaCha20Poly1305(raw(i["key"])).encrypt(raw(i["nonce"]), raw(i["plaintext"]), aad)
    return {"aad": aad.hex(), "record": (seq + raw(i["nonce"]) + sealed).hex()}


def open_record(i):
    record = raw(i["record"])
    if len(record) < 8 + 12 + 16:
        raise ValueError("too short for a record")
    seq, nonce, sealed = record[:8], record[8:20], record[20:]
    plaintext = ChaCha20Poly1305(raw(i["key"])).decrypt(nonce, sealed, seq + raw(i["callerAad"]))
    return {"seq": str(int.from_bytes(seq, "big")), "plaintext": plaintext.hex()}


ops = {"hkdf": hkdf, "x25519": x25519, "key-schedule": key_schedule, "record.seal": seal, "record.open": open_record}

for line in sys.stdin:
    request = json.loads(line)
    answer = {"id": request["id"], "outcome": "unsupported"}
    if request["op"] in ops:
        try:
            answer.update(outcome="accept", output=ops[request["op"]](request["input"]))
        except (ValueError, InvalidTag):
            answer.update(outcome="reject")
    print(json.dumps(answer), flush=True)
