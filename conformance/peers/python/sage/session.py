"""The sessions of a responder, and the nonces that it remembers."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from typing import TYPE_CHECKING

from .errors import PlainError, Untrusted
from .records import Window, key_schedule, seal

if TYPE_CHECKING:
    from .stream import Stream

NONCE_SECONDS = 600


class Exhausted(Exception):
    """No sequence number is left to seal with."""


class Session:
    """One session: keys, the window of what came, the number of what goes."""

    def __init__(self, kid: str, ctx: str, did: str, seed: bytes, limits: dict[str, int]) -> None:
        _, _, keys = key_schedule(seed)
        self.kid = kid
        self.ctx = ctx
        self.did = did
        self.key_in = keys.c2s_enc
        self._key_out = keys.s2c_enc
        self.window = Window(limits["maxSessionRecords"])
        self.made = self.used = time.monotonic()
        self.confirmed = False
        self.exhausted = False
        self.streams: set[Stream] = set()
        self._limits = limits
        self._next = 0

    def alive(self, now: float) -> bool:
        limits = self._limits
        return (
            not self.exhausted
            and now - self.made < limits["maxSessionAgeSeconds"]
            and now - self.used < limits["maxSessionIdleSeconds"]
            and (self.confirmed or now - self.made < limits["provisionalSeconds"])
        )

    def receive(self, caller_aad: bytes, record: bytes) -> bytes:
        _, plaintext = self.window.receive(self.key_in, caller_aad, record)
        self.used, self.confirmed = time.monotonic(), True
        return plaintext

    def seal(self, caller_aad: bytes, plaintext: bytes) -> bytes:
        if self._next >= self._limits["maxSessionRecords"]:
            self.exhausted = True
            raise Exhausted
        record = seal(self._key_out, self._next, caller_aad, plaintext)
        self._next += 1
        self.used = time.monotonic()
        return record


class Sessions:
    """All sessions that are held; a cap refuses, and never evicts."""

    def __init__(self, limits: dict[str, int], cap: int = 10000) -> None:
        self._limits = limits
        self._cap = cap
        self._by_kid: dict[str, Session] = {}
        self._of_did: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._by_kid)

    def full(self) -> bool:
        return len(self._by_kid) >= self._cap

    def full_for(self, did: str) -> bool:
        return self._of_did[did] >= self._limits["maxSessionsPerDid"]

    def add(self, ctx: str, did: str, seed: bytes) -> Session:
        session = Session(f"kid-{uuid.uuid4()}", ctx, did, seed, self._limits)
        self._by_kid[session.kid] = session
        self._of_did[did] += 1
        return session

    def get(self, kid: str) -> Session:
        session = self._by_kid.get(kid)
        if session is not None and not session.alive(time.monotonic()):
            self.end(session)
            session = None
        if session is None:
            raise PlainError("session_unknown")
        return session

    def end(self, session: Session) -> None:
        """Forget a session; what it has opened before may still be answered."""
        if self._by_kid.pop(session.kid, None) is None:
            return
        self._of_did[session.did] -= 1
        if not self._of_did[session.did]:
            del self._of_did[session.did]
        for stream in list(session.streams):
            stream.fail("cancelled")

    def purge(self) -> None:
        now = time.monotonic()
        for session in [session for session in self._by_kid.values() if not session.alive(now)]:
            self.end(session)

    def count(self) -> tuple[int, int]:
        """(live, provisional)"""
        live = sum(session.confirmed for session in self._by_kid.values())
        return live, len(self._by_kid) - live


class Nonces:
    """(initDid, nonce) pairs, each kept for 600 seconds whatever comes."""

    def __init__(self, cap: int = 100000) -> None:
        self._cap = cap
        self._seen: dict[tuple[str, str], float] = {}  # in the order of time

    def full(self) -> bool:
        return len(self._seen) >= self._cap

    def purge(self) -> None:
        oldest = time.monotonic() - NONCE_SECONDS
        while self._seen:
            pair, moment = next(iter(self._seen.items()))
            if moment >= oldest:
                break
            del self._seen[pair]

    def use(self, did: str, nonce: str) -> None:
        self.purge()
        if (did, nonce) in self._seen:
            raise Untrusted("nonce")
        self._seen[did, nonce] = time.monotonic()
