#!/usr/bin/env python3
"""Throughput of the server in requests a second, by wrk on the same machine.

Works on the folder of profiling/benchmark.py (--folder). wrk is a package of most systems: apt install wrk.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

from rich.console import Console

from profiling.servers import MakeRequest, SampleRequests, folder_parser, server, settings
from recommender.models.registry import DEFAULT_ALGORITHM

console = Console()

PREPARED = 2_000  # different requests, sent in turn
BARS = {"suggestions": 1_500, DEFAULT_ALGORITHM: 250}  # requests a second
SCRIPT = """
local requests, turn = {}, 0
%s
function request()
  turn = turn %% #requests + 1
  return requests[turn]
end
function setup(thread) end
function init(arguments)
  local format = wrk.format
  for i, r in ipairs(requests) do
    requests[i] = format(r.method, r.path, {["Content-Type"] = "application/json"}, r.body)
  end
  turn = math.random(#requests)
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT {"requests": %%d, "seconds": %%f, "errors": %%d, "p50": %%f, "p99": %%f}\\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""


def main(argv: list[str] | None = None) -> int:
    """Load the suggestions and the default algorithm in turn; exit code 1 if a request failed."""
    parser = folder_parser(__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--connections", type=int, default=16)
    arguments = parser.parse_args(argv)
    environ = settings(arguments.folder, arguments.database_url)
    requests = SampleRequests(environ)
    loads: dict[str, MakeRequest] = {
        "suggestions": requests.suggestion,
        DEFAULT_ALGORITHM: requests.for_list(DEFAULT_ALGORITHM, requests.favorites),
    }
    failed = 0
    with server(environ):
        for name, make_request in loads.items():
            result = load(environ["PORT"], make_request, arguments.seconds, arguments.connections)
            rate = result["requests"] / result["seconds"]
            failed += int(result["errors"])
            console.print(
                f"{name}: {rate:,.0f} requests/s (bar: {BARS[name]:,}), p50 {result['p50']:.1f} ms, "
                f"p99 {result['p99']:.1f} ms (bar: 100), {result['errors']} errors in {result['requests']:,}",
                highlight=False,
            )
    return 1 if failed else 0


def load(port: str, make_request: MakeRequest, seconds: int, connections: int) -> dict[str, float]:
    """wrk's figures: `requests`, `seconds`, `errors`, and `p50` and `p99` in milliseconds."""
    prepared = [make_request() for _ in range(PREPARED)]
    lines = [
        f"requests[{number}] = {{method={json.dumps(request.method)}, path={json.dumps(request.path)}, "
        f"body={json.dumps(request.body.decode()) if request.body else 'nil'}}}"
        for number, request in enumerate(prepared, start=1)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(SCRIPT % "\n".join(lines))
        script.flush()
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", script.name]
        outcome = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
        )
    line = next(line for line in outcome.stdout.splitlines() if line.startswith("RESULT "))
    result: dict[str, float] = json.loads(line.removeprefix("RESULT "))
    return result


if __name__ == "__main__":
    sys.exit(main())
