"""The metrics of spec/metrics.md, in the text format of Prometheus 0.0.4."""

from __future__ import annotations

from collections.abc import Sequence

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def _labels(names: Sequence[str], values: Sequence[str], **more: str) -> str:
    pairs = [*zip(names, values), *more.items()]
    return "{" + ",".join(f'{name}="{value}"' for name, value in pairs) + "}" if pairs else ""


class Metric:
    """A metric whose label values are all known beforehand: no peer can add one."""

    kind = "counter"

    def __init__(
        self, name: str, help_text: str, labels: Sequence[str] = (), values: Sequence[tuple[str, ...]] = ((),)
    ) -> None:
        self.name = name
        self._help = help_text
        self._labels = labels
        self._series: dict[tuple[str, ...], float] = dict.fromkeys(values, 0)

    def add(self, *values: str, amount: float = 1) -> None:
        self._series[values] += amount

    def set(self, *values: str, amount: float) -> None:
        self._series[values] = amount

    def _samples(self) -> list[str]:
        return [f"{self.name}{_labels(self._labels, values)} {n!r}" for values, n in self._series.items()]

    def lines(self) -> list[str]:
        return [f"# HELP {self.name} {self._help}", f"# TYPE {self.name} {self.kind}", *self._samples()]


class Gauge(Metric):
    kind = "gauge"


class Histogram(Metric):
    kind = "histogram"

    def __init__(
        self,
        name: str,
        help_text: str,
        bounds: Sequence[float],
        labels: Sequence[str],
        values: Sequence[tuple[str, ...]],
    ) -> None:
        super().__init__(name, help_text, labels, values)
        self._bounds = bounds
        self._buckets = {series: [0] * (len(bounds) + 1) for series in values}

    def observe(self, *values: str, amount: float) -> None:
        self.add(*values, amount=amount)
        bucket = next((i for i, bound in enumerate(self._bounds) if amount <= bound), len(self._bounds))
        self._buckets[values][bucket] += 1

    def _samples(self) -> list[str]:
        lines = []
        for values, total in self._series.items():
            count = 0
            for bound, n in zip([*(f"{b:g}" for b in self._bounds), "+Inf"], self._buckets[values]):
                count += n
                lines.append(f"{self.name}_bucket{_labels(self._labels, values, le=bound)} {count}")
            lines.append(f"{self.name}_sum{_labels(self._labels, values)} {total!r}")
            lines.append(f"{self.name}_count{_labels(self._labels, values)} {count}")
        return lines


_OUTCOMES = (("accepted",), ("refused",))
_SECONDS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10)
_BYTES = (64, 1024, 16384, 262144, 4194304)


class Metrics:
    """What a responder counts. Gauges are set when they are read."""

    def __init__(self, capabilities: Sequence[str]) -> None:
        transports = ["http", "ws"] if "ws" in capabilities else ["http"]
        self.handshakes = Metric("sage_handshakes_total", "Handshake messages by outcome.", ["outcome"], _OUTCOMES)
        self.records = Metric(
            "sage_records_total", "Session messages by outcome.", ["outcome"], [("opened",), ("refused",)]
        )
        self.requests = Metric(
            "sage_requests_total",
            "Requests by the success of the last response.",
            ["outcome"],
            [("success",), ("error",)],
        )
        self.sessions = Gauge("sage_sessions", "Sessions held.", ["state"], [("live",), ("provisional",)])
        self.seconds = Histogram(
            "sage_request_seconds",
            "Seconds from a session message to its answer.",
            _SECONDS,
            ["transport"],
            [(transport,) for transport in transports],
        )
        self.bytes = Histogram(
            "sage_payload_bytes",
            "Bytes of records.",
            _BYTES,
            ["transport", "direction"],
            [(transport, direction) for transport in transports for direction in ("in", "out")],
        )
        self.batches = Metric("sage_batches_total", "Batches.")
        self.streams = Gauge("sage_streams", "Streams open.")
        self.connections = Gauge("sage_connections", "WebSocket connections open.")
        optional = {"batch": self.batches, "stream": self.streams, "ws": self.connections}
        self._shown = [self.handshakes, self.records, self.requests, self.sessions, self.seconds, self.bytes]
        self._shown += [metric for name, metric in optional.items() if name in capabilities]

    def text(self) -> bytes:
        return "".join(f"{line}\n" for metric in self._shown for line in metric.lines()).encode()
