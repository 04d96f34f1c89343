"""The errors of spec/errors.md."""

from __future__ import annotations

STATUS = {
    "malformed": 400,
    "authentication_failed": 401,
    "session_unknown": 401,
    "task_unsupported": 404,
    "method_not_allowed": 405,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "rate_limited": 429,
    "internal": 500,
    "unavailable": 503,
}


class Malformed(ValueError):
    """Bytes or text that are not what they ought to be."""


class Untrusted(ValueError):
    """Well-formed, and refused: a key, a signature, a time, a record."""


class PlainError(Exception):
    """An error found before a record has opened."""

    def __init__(self, code: str, message_id: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message_id = message_id

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def body(self) -> dict[str, object]:
        named = {} if self.message_id is None else {"message_id": self.message_id}
        return {"success": False, "error": self.code, **named}


class TaskError(Exception):
    """An error found after a record has opened; it is sealed into the answer."""

    def __init__(self, code: str, plaintext: bytes = b"") -> None:
        super().__init__(code)
        self.code = code
        self.plaintext = plaintext if code == "application_failed" else b""
