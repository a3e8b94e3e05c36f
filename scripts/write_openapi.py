#!/usr/bin/env python3
"""Write the OpenAPI document to frontend/openapi.json, from which the web app's client is typed."""

from __future__ import annotations

import argparse
import json

from api.openapi import describe
from app import make_api
from config import ROOT
from scripts.console import FAILED, OK, errors, run

TARGET = ROOT / "frontend" / "openapi.json"


def document() -> str:
    """The document as text: the same from the same code."""
    return json.dumps(describe(make_api()), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write the file; `npm run types` makes TypeScript of it.

    Exit code 1 with --check where the file is not what would be written.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    if parser.parse_args(argv).check:
        if TARGET.is_file() and TARGET.read_text("utf-8") == document():
            return OK
        errors.print(f"error: {TARGET.relative_to(ROOT)} does not describe the API as it is: run make types")
        return FAILED
    TARGET.write_text(document(), encoding="utf-8")
    print(f"Wrote {TARGET.relative_to(ROOT)}. Next: npm --prefix frontend run types")
    return OK


if __name__ == "__main__":
    run(main)
