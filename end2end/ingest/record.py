"""Records what the real packages send, as the fixtures of the Rust tests: record.py FOLDER"""

import asyncio
import gzip
import json
import os
import sys
from http.server import BaseHTTPRequestHandler
from importlib.metadata import version
from pathlib import Path

import provider
import traffic

PACKAGES = ["litellm", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
bodies: list[bytes] = []


class Recorder(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def as_otlp_json(request: bytes) -> str:
    """The same spans in OTLP's JSON, whose ids are hexadecimal and whose enumerations are numbers."""
    import base64

    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    message = ExportTraceServiceRequest.FromString(request)
    document = json_format.MessageToDict(message, use_integers_for_enums=True)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in ("traceId", "spanId", "parentSpanId"):
                    if name in span:
                        span[name] = base64.b64decode(span[name]).hex()
    return json.dumps(document, indent=1)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    address = provider.serve(Recorder)
    asyncio.run(traffic.litellm_calls(provider.serve(), address, "none"))
    os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = address
    traffic.send_spans()
    *logs, spans = bodies
    # Successes and failures come from two callbacks, each body twice.
    calls = {call["id"]: call for log in logs for call in json.loads(log)}
    calls = sorted(calls.values(), key=lambda call: call["startTime"])
    assert [call["status"] for call in calls] == ["success", "success", "failure"]
    (folder / "litellm.json").write_text("[\n" + ",\n".join(json.dumps(call) for call in calls) + "\n]\n")
    (folder / "traces.pb").write_bytes(spans)
    (folder / "traces.json").write_text(as_otlp_json(spans))
    made_by = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    (folder / "README.md").write_text(
        "# Fixtures\n\n"
        f"Recorded by `end2end/ingest/record.py` from what {made_by} sent.\n\n"
        "| File | What |\n|---|---|\n"
        "| `litellm.json` | the calls that LiteLLM's `generic_api` callback sent, in one array: three, of which the last failed |\n"
        "| `traces.pb` | the body of the OTLP/HTTP exporter: six spans |\n"
        "| `traces.json` | the same spans in OTLP's JSON |\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
