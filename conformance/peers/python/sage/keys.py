"""Ed25519 as strict as spec/identity.md asks, X25519, and the exporter of HPKE."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from .bytes import be16, hkdf_expand, hkdf_extract
from .errors import Untrusted

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_MINUS_1 = pow(2, (_P - 1) // 4, _P)


def check_signing_key(key: bytes) -> bytes:
    """Refuse an Ed25519 key that is not canonical, not on the curve, or of small order."""
    if len(key) != 32:
        raise Untrusted("Ed25519 key: length")
    number = int.from_bytes(key, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= _P:
        raise Untrusted("Ed25519 key: not canonical")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _SQRT_MINUS_1 % _P
    if x * x % _P != square:
        raise Untrusted("Ed25519 key: no point")
    if x == 0 and sign:
        raise Untrusted("Ed25519 key: not canonical")
    # Three doublings in projective coordinates; the sign of x does not matter to the order.
    px, py, pz = x, y, 1
    for _ in range(3):
        xx, yy, b = px * px % _P, py * py % _P, (px + py) ** 2 % _P
        f = (yy - xx) % _P
        j = (f - 2 * pz * pz) % _P
        px, py, pz = (b - xx - yy) * j % _P, f * (-xx - yy) % _P, f * j % _P
    if px == 0 and py == pz:
        raise Untrusted("Ed25519 key: small order")
    return key


def signing_public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def verify(key: bytes, message: bytes, signature: bytes) -> None:
    """Without cofactor, S below the order, R compared in its bytes: the last is what OpenSSL does."""
    check_signing_key(key)
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= _L:
        raise Untrusted("signature")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature as error:
        raise Untrusted("signature") from error


def x25519_public(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def x25519(private: bytes, public: bytes) -> bytes:
    if len(private) != 32 or len(public) != 32:
        raise Untrusted("X25519: length")
    try:
        secret = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:  # OpenSSL refuses a result of all zero
        raise Untrusted("X25519: low order") from error
    if not any(secret):
        raise Untrusted("X25519: low order")
    return secret


_KEM = b"KEM\x00\x20"
_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hkdf_extract(salt, b"HPKE-v1" + suite + label + ikm)


def _labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return hkdf_expand(prk, be16(length) + b"HPKE-v1" + suite + label + info, length)


def _derive_key_pair(ikm: bytes) -> tuple[bytes, bytes]:
    private = _labeled_expand(_KEM, _labeled_extract(_KEM, b"", b"dkp_prk", ikm), b"sk", b"", 32)
    return private, x25519_public(private)


def _export(dh: bytes, enc: bytes, kem_public: bytes, info: bytes, context: bytes, length: int) -> bytes:
    if not 0 <= length <= 255 * 32:
        raise Untrusted("HPKE: length")
    prk = _labeled_extract(_KEM, b"", b"eae_prk", dh)
    shared = _labeled_expand(_KEM, prk, b"shared_secret", enc + kem_public, 32)
    psk_id_hash = _labeled_extract(_SUITE, b"", b"psk_id_hash", b"")
    info_hash = _labeled_extract(_SUITE, b"", b"info_hash", info)
    secret = _labeled_extract(_SUITE, shared, b"secret", b"")
    exporter = _labeled_expand(_SUITE, secret, b"exp", b"\x00" + psk_id_hash + info_hash, 32)
    return _labeled_expand(_SUITE, exporter, b"sec", context, length)


def hpke_export_sender(
    ikm: bytes, kem_public: bytes, info: bytes, context: bytes, length: int
) -> tuple[bytes, bytes]:
    """(enc, exported) of SetupBaseS."""
    private, enc = _derive_key_pair(ikm)
    return enc, _export(x25519(private, kem_public), enc, kem_public, info, context, length)


def hpke_export_receiver(kem_private: bytes, enc: bytes, info: bytes, context: bytes, length: int) -> bytes:
    """What SetupBaseR exports."""
    return _export(x25519(kem_private, enc), enc, x25519_public(kem_private), info, context, length)
