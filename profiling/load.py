#!/usr/bin/env python3
"""How many requests a second the server answers, by wrk on the same machine.

Works on the folder of profiling/benchmark.py (--folder). wrk is a package of most systems: apt install wrk.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

from profiling.servers import Ask, Questions, folder_parser, server, settings
from scripts.console import console

PREPARED = 2_000  # different requests, sent in turn
BARS = {"suggestions": 1_500, "hybrid": 250}  # requests a second
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
    """Load the suggestions and `hybrid`, one after the other; exit code 1 if a request failed."""
    parser = folder_parser(__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--connections", type=int, default=16)
    arguments = parser.parse_args(argv)
    environ = settings(arguments.folder, arguments.database_url)
    questions = Questions(environ)
    asked: dict[str, Ask] = {
        "suggestions": questions.suggestion,
        "hybrid": questions.stateless("hybrid", questions.favorites),
    }
    failed = 0
    with server(environ):
        for what, question in asked.items():
            found = _load(environ["PORT"], question, arguments.seconds, arguments.connections)
            rate = found["requests"] / found["seconds"]
            failed += int(found["errors"])
            console.print(
                f"{what}: {rate:,.0f} requests/s (bar: {BARS[what]:,}), p50 {found['p50']:.1f} ms, "
                f"p99 {found['p99']:.1f} ms (bar: 100), {found['errors']} errors in {found['requests']:,}",
                highlight=False,
            )
    return 1 if failed else 0


def _load(port: str, question: Ask, seconds: int, connections: int) -> dict[str, float]:
    prepared = [question() for _ in range(PREPARED)]
    lines = [
        f"requests[{number}] = {{method={json.dumps(asked.method)}, path={json.dumps(asked.path)}, "
        f"body={json.dumps(asked.body.decode()) if asked.body else 'nil'}}}"
        for number, asked in enumerate(prepared, start=1)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(SCRIPT % "\n".join(lines))
        script.flush()
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", script.name]
        outcome = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
        )
    result = next(line for line in outcome.stdout.splitlines() if line.startswith("RESULT "))
    found: dict[str, float] = json.loads(result.removeprefix("RESULT "))
    return found


if __name__ == "__main__":
    sys.exit(main())
