#!/usr/bin/env python3
"""Write .env from .env.example with a fresh SECRET_KEY, if there is none yet."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(root: Path = ROOT) -> int:
    """Leaves an existing .env alone."""
    target = root / ".env"
    if not target.exists():
        text = (root / ".env.example").read_text("utf-8")
        lines = [
            f"SECRET_KEY={secrets.token_hex(32)}" if line.startswith("SECRET_KEY=") else line
            for line in text.splitlines()
        ]
        target.touch(mode=0o600)
        target.write_text("\n".join(lines) + "\n", "utf-8")
        print("Wrote .env with a fresh SECRET_KEY.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
