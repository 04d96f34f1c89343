#!/usr/bin/env python3
"""A SAGE 1.0 responder over HTTP and WebSocket."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import logging
import signal
import socket
from urllib.parse import urlsplit

from sage.http import HEAD_LIMIT, Server
from sage.identity import DEFAULT_LIMITS
from sage.responder import Responder, new_identity
from sage.schemas import LIMIT_RANGES
from sage.websocket import WebSockets

CAPABILITIES = ["batch", "echo", "gzip", "health", "metrics", "stream", "ws"]
LOW_LIMITS = {
    "maxMessageBytes": 65536,
    "maxBatch": 4,
    "maxSessionAgeSeconds": 20,
    "maxSessionIdleSeconds": 2,
    "maxSessionRecords": 64,
    "maxSessionsPerDid": 8,
    "provisionalSeconds": 1,
    "maxStreams": 3,
    "streamWindow": 2,
}
DRAIN_SECONDS = 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address to listen on: there is no TLS here")
    parser.add_argument("--port", type=int, default=8801)
    parser.add_argument("--low-limits", action="store_true", help="limits that a tester reaches quickly")
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=N", help="one limit of the card")
    parser.add_argument("--without", action="append", default=[], choices=CAPABILITIES, help="a capability not to have")
    parser.add_argument("--origin", action="append", default=[], help="an Origin that may open WebSocket connections")
    parser.add_argument("--metrics-token", metavar="FILE", help="bearer token of whoever may read the metrics")
    parser.add_argument("--metrics-public", action="store_true", help="show the metrics to anybody")
    parser.add_argument("--verbose", action="store_true", help="say why something was refused")
    return parser.parse_args()


def limits(options: argparse.Namespace) -> dict[str, int]:
    chosen = {**DEFAULT_LIMITS, **(LOW_LIMITS if options.low_limits else {})}
    for setting in options.limit:
        name, _, value = setting.partition("=")
        low, high = LIMIT_RANGES[name]
        if not low <= int(value) <= high:
            raise SystemExit(f"{name}: {low} to {high}")
        chosen[name] = int(value)
    return chosen


async def serve(options: argparse.Namespace) -> None:
    if not ipaddress.ip_address(options.host).is_loopback:
        raise SystemExit("put a TLS proxy in front, and listen on a loopback address")
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listening = socket.create_server((options.host, options.port), family=family)
    port = listening.getsockname()[1]  # port 0 takes a free one
    authority = f"[{options.host}]:{port}" if family == socket.AF_INET6 else f"{options.host}:{port}"
    capabilities = [name for name in CAPABILITIES if name not in options.without]
    endpoints = {"http": f"http://{authority}/sage"}
    for name, url in (
        ("ws", f"ws://{authority}/sage/ws"),
        ("health", f"http://{authority}/health"),
        ("metrics", f"http://{authority}/metrics"),
    ):
        if name in capabilities:
            endpoints[name] = url
    token = None
    if options.metrics_token:
        with open(options.metrics_token, encoding="ascii") as file:
            token = file.read().strip()
    signing_seed, kem_private = new_identity()
    responder = Responder(
        signing_seed,
        kem_private,
        endpoints,
        capabilities,
        limits(options),
        metrics_token=token,
        metrics_public=options.metrics_public,
    )
    server = Server(responder, loopback=True)
    sockets = WebSockets(responder, frozenset(options.origin))
    if "ws" in endpoints:
        server.routes[urlsplit(endpoints["ws"]).path] = sockets.upgrade

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    listener = await asyncio.start_server(server.serve, sock=listening, limit=HEAD_LIMIT)
    print(f"listening at http://{authority} as {responder.did}", flush=True)
    while not stop.is_set():
        responder.sessions.purge()
        try:
            await asyncio.wait_for(stop.wait(), 1)
        except TimeoutError:
            pass

    # Draining: what runs is answered, what comes is `unavailable`, and the readiness probe fails.
    responder.draining = True
    for _ in range(DRAIN_SECONDS * 10):
        if server.busy <= responder.connections and not sockets.busy and not responder.streams:
            break
        await asyncio.sleep(0.1)
    await sockets.close_all()
    listener.close()
    await asyncio.sleep(0.1)


if __name__ == "__main__":
    options = arguments()
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING)
    asyncio.run(serve(options))
