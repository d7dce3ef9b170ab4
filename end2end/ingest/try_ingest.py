"""Sends to a running Creditdesk what the real packages send, and compares what it charged: try_ingest.py URL KEY"""

import asyncio
import json
import os
import sys
import urllib.request
from urllib.parse import quote

import provider
import traffic

PRICES = {
    "version": 1,
    "min_balance": 0,
    "models": {
        "gpt-4o": "input_tokens * 0.001 + output_tokens * 0.01 + cache_read_tokens * 0.0001",
        "claude-sonnet-4-5": "input_tokens * 0.01 + output_tokens * 0.1"
        " + cache_read_tokens * 0.001 + cache_write_tokens * 0.02",
    },
}


class Desk:
    def __init__(self, url: str, key: str):
        self.url, self.key = f"{url}/api/v1", key

    def ask(self, method: str, path: str, body=None, key: str = ""):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def balances(self) -> tuple[float, float]:
        return tuple(self.ask("GET", f"/users/{user}/balance")["balance"] for user in ("ana", "bob"))


def expect(what: str, found, wanted) -> None:
    if found != wanted:
        sys.exit(f"error: {what}: {found}, not {wanted}")
    print(f"  {what}: {found}")


def main(url: str, key: str) -> None:
    desk = Desk(url, key)
    desk.ask("POST", "/pricing/versions", {"config": PRICES})
    for user in ("ana", "bob"):
        desk.ask("POST", f"/users/{user}/credits", {"amount": 100}, f"grant-{user}")

    print("== LiteLLM: three calls, each logged twice")
    asyncio.run(traffic.litellm_calls(provider.serve(), f"{desk.url}/ingest/litellm", key))
    expect("balances of ana and bob", desk.balances(), (96.2, 93.2))

    os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = f"{desk.url}/ingest/otlp/v1/traces"
    os.environ["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = f"Authorization={quote(f'Bearer {key}')}"
    print("== OpenTelemetry: six spans")
    traffic.send_spans()
    expect("balances of ana and bob", desk.balances(), (92.4, 91.9))
    print("== OpenTelemetry: six spans, packed with gzip")
    os.environ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"] = "gzip"
    traffic.send_spans()
    expect("balances of ana and bob", desk.balances(), (88.6, 90.6))

    charges = desk.ask("GET", "/users/ana/transactions?kind=usage")["items"]
    expect("charges of ana", sorted(charge["reference_type"] for charge in charges), ["litellm", "otlp", "otlp"])


if __name__ == "__main__":
    main(*sys.argv[1:])
