"""What the peers' scripts share: a stopwatch, and saying which package is absent."""

import importlib
import sys
import time


def need(*names):
    """Imports packages; says by name which one is absent and ends."""
    found = []
    for name in names:
        try:
            found.append(importlib.import_module(name))
        except Exception as error:  # an import may fail in many ways
            print(f"absent={name}")
            print(f"{name}: {error}", file=sys.stderr)
            sys.exit(0)
    return found if len(found) > 1 else found[0]


class Cost:
    """Wall-clock and processor seconds of a block, all threads together."""

    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu

    def say(self, name=""):
        print(f"{name}wall_s={self.wall:.5f}")
        print(f"{name}cpu_s={self.cpu:.5f}")


def differ(what, ours, theirs):
    """Compares two mappings of answers exactly, and says what it came to."""
    wrong = [k for k in ours.keys() | theirs.keys() if ours.get(k) != theirs.get(k)]
    print(f"compared={len(ours)}")
    print(f"different={len(wrong)}")
    for key in sorted(wrong)[:5]:
        print(f"{what} {key}: careshed {ours.get(key)}, peer {theirs.get(key)}", file=sys.stderr)
