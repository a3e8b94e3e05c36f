"""A tally counts what all forked processes do, whoever of them is killed."""

from __future__ import annotations

import os
import signal

from serving.tally import Tally


def test_tally_counts_for_all_forked_processes() -> None:
    tally, rounds = Tally(), 2_000
    assert tally.count == 0
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            for _ in range(rounds):
                tally.add_one()
            os.kill(os.getpid(), signal.SIGKILL)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert tally.count == 3 * rounds


def test_tallies_do_not_share_their_counts() -> None:
    one, other = Tally(), Tally()
    one.add_one()
    assert (one.count, other.count) == (1, 0)
