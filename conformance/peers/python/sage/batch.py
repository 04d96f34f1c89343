"""Batches: several session messages in one POST, opened in order, each judged alone."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from . import strict_json
from .errors import PlainError
from .names import is_token
from .records import OVERHEAD
from .responder import Opened, Outcome, Responder


async def answer_batch(responder: Responder, batch: dict[str, Any], arrived: float) -> dict[str, Any]:
    messages = batch.get("messages")
    if set(batch) != {"messages"} or not isinstance(messages, list) or not messages:
        raise PlainError("malformed")
    if len(messages) > responder.limits["maxBatch"]:
        raise PlainError("payload_too_large")
    responder.metrics.batches.add()
    opened = [_open(responder, message, arrived) for message in messages]
    outcomes = await asyncio.gather(*(_run(responder, item) for item in opened))
    # Each answer may take what is left, save what the smallest answers to the others need.
    answers: list[dict[str, Any]] = []
    room = responder.limits["maxMessageBytes"] - len('{"responses":[]}')
    reserved = [_smallest(item) for item in opened]
    rest = sum(reserved)
    for item, outcome, smallest in zip(opened, outcomes, reserved):
        rest -= smallest
        answer = item if isinstance(item, dict) else responder.answer(item, outcome, room - rest - 1)
        room -= len(strict_json.dump(answer)) + 1
        answers.append(answer)
    return {"responses": answers}


def _open(responder: Responder, message: Any, arrived: float) -> Opened | dict[str, Any]:
    try:
        if not isinstance(message, dict):
            raise PlainError("malformed")
        message_id = message["id"] if is_token(message.get("id")) else None
        if "kid" not in message:
            responder.metrics.handshakes.add("refused")
            raise PlainError("malformed", message_id)
        if "stream" in message:
            responder.refuse_record("http", arrived)
            raise PlainError("malformed", message_id)
        return responder.open(message, "http", time.monotonic())
    except PlainError as error:
        return error.body()


async def _run(responder: Responder, item: Opened | dict[str, Any]) -> Outcome:
    return await responder.run(item) if isinstance(item, Opened) else Outcome()


def _smallest(item: Opened | dict[str, Any]) -> int:
    """Bytes of an answer that says an error, and the comma after it."""
    if isinstance(item, dict):
        return len(strict_json.dump(item)) + 1
    error = {
        "success": False,
        "error": "encoding_unsupported",
        "message_id": item.message["id"],
        "task_id": item.task_id,
        "kid": item.session.kid,
        "data": "",
    }
    return len(strict_json.dump(error)) + -(-OVERHEAD // 3) * 4 + 1
