"""The documents at two seeds with each engine on this machine, one after the other: seconds, and equal bits.

It needs a quiet machine, some ten minutes, and the data in the cache.

    python tests/benchmarks/ray_throughput.py
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from harness.app.run import RunOptions, run
from harness.records.record import Record
from harness.records.store import Store

LEAST = 0.95


def main() -> None:
    """Train with both engines, and print the ratio of their speeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["00*"], help="architectures, as names or globs")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--smoke", action="store_true", help="a few thousand examples: to see that it works")
    asked = parser.parse_args()
    seconds: dict[str, float] = {}
    bits: dict[str, dict[str, list[str]]] = {}
    for engine in ("local", "ray"):
        with tempfile.TemporaryDirectory(prefix="bench-throughput-") as folder:
            options = RunOptions(
                names=tuple(asked.names),
                seeds=tuple(range(asked.seeds)),
                engine=engine,
                smoke=asked.smoke,
                results=Path(folder),
            )
            started = time.perf_counter()
            done = run(options)
            seconds[engine] = time.perf_counter() - started
            bits[engine] = {record.name: digests(record) for record in Store(options.folder).load().records}
        print(f"{engine}: {done.sentence}, {seconds[engine]:.1f} s with the report")
    same = sum(bits["local"][name] == found for name, found in bits["ray"].items())
    print(f"same bits in {same} of {len(bits['local'])} trials")
    ratio = seconds["local"] / seconds["ray"]
    print(
        f"throughput of Ray: {ratio:.3f} of local processes ({'at least' if ratio >= LEAST else 'less than'} {LEAST})"
    )


def digests(record: Record) -> list[str]:
    """Return the digests of a record's weights."""
    epochs = record.measurement.epochs if record.measurement else ()
    return [epoch.weights_sha256 for epoch in epochs]


if __name__ == "__main__":
    main()
