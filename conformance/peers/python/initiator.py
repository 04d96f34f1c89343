#!/usr/bin/env python3
"""A SAGE 1.0 initiator that is told by its environment what to ask: the contract of `sage-conformance run-client`."""

from __future__ import annotations

import asyncio
import os
import sys

from sage.bytes import unb64u
from sage.client import Failure, Initiator, Session, Unknown, configured_peer


async def ask(session: Session, task: str, payload: bytes) -> list[bytes]:
    environment = os.environ
    compress = environment.get("SAGE_ENCODING") == "gzip"
    count = int(environment.get("SAGE_REQUESTS", "1"))
    if environment.get("SAGE_STREAM") == "1":
        return [part async for part in session.stream(task, payload, compress)]
    if environment.get("SAGE_BATCH") == "1":
        return await session.batch(task, [payload] * count, compress)
    requests = (session.request(task, payload, compress) for _ in range(count))
    answers = await asyncio.gather(*requests, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if isinstance(answer, bytes)]


async def main() -> None:
    environment = os.environ
    url, did = environment["SAGE_URL"], environment.get("SAGE_EXPECTED_DID")
    initiator = Initiator()
    kem_key = environment.get("SAGE_KEM_KEY")
    if kem_key and did:
        peer = configured_peer(did, unb64u(kem_key), url)
    else:
        peer = await initiator.peer(url, did)
    if peer.url_only:
        print(f"the identity of {peer.did} rests on the URL alone", file=sys.stderr)
    transport = environment.get("SAGE_TRANSPORT") or ("ws" if "ws" in peer.endpoints else "http")
    way = await initiator.connect(peer, transport)
    try:
        session = await initiator.handshake(peer, way)
        answers = await ask(session, environment["SAGE_TASK"], environment.get("SAGE_PAYLOAD", "").encode())
        try:
            await asyncio.wait_for(session.close(), 2)
        except (Unknown, Failure, TimeoutError) as error:
            print(f"close: {error}", file=sys.stderr)
    finally:
        await way.close()
    for answer in answers:
        sys.stdout.buffer.write(answer + b"\n")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (Unknown, Failure, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(1)
