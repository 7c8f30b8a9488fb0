#!/usr/bin/env python3
"""careshed beside its peers, on the same input in the same run: python3 benches/peers/run.py

Builds careshed, makes a synthetic city, runs every pair several times in turn, compares the answers once and prints a Markdown table of medians and
ratios. A peer that is not installed, and data that are not there, are named and skipped. Nothing is downloaded.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5, help="rounds; the median counts (default 5)")
    parser.add_argument("--communities", type=int, default=300, help="size of the synthetic city (default 300; 3000 is a million points)")
    parser.add_argument("--data", default=os.environ.get("CARESHED_DATA", os.path.join(PROJECT, "..", "shared", "data")), help="real data")
    parser.add_argument("--python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--only", help="only pairs whose name contains this")
    parser.add_argument("--side", type=int, default=1000, help="corners along one side of the grid (default 1000)")
    args = parser.parse_args()

    careshed, bench = build()
    with tempfile.TemporaryDirectory() as folder:
        city = os.path.join(folder, "city")
        subprocess.run([careshed, "synth", "--communities", str(args.communities), "--out", city], check=True, stdout=sys.stderr)
        rows = []
        for pair in pairs(args, city):
            if args.only and args.only not in pair.name:
                continue
            rows += pair.run(bench, args, os.path.join(folder, pair.name.replace(" ", "-")))
    say(args, rows)


def build():
    """The program and its side of the comparison, in one go so that both share one library."""
    told = subprocess.run(
        ["cargo", "build", "--release", "--bin", "careshed", "--bench", "peers", "--message-format=json"],
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    messages = [json.loads(line) for line in told.stdout.splitlines()]
    made = {m["target"]["name"]: m["executable"] for m in messages if m.get("reason") == "compiler-artifact" and m.get("executable")}
    return made["careshed"], made["peers"]


class Pair:
    """One piece of work: careshed's words, and for each peer its script and words. `{}` is the folder of answers."""

    def __init__(self, name, careshed, peers, figures=("",), needs=(), writes=True):
        self.name, self.careshed, self.peers, self.figures, self.needs, self.writes = name, careshed, peers, figures, needs, writes

    def run(self, bench, args, folder):
        for path in self.needs:
            if not os.path.exists(path):
                return [skipped(self.name, "", f"{os.path.basename(path)} is not there")]
        os.makedirs(folder)
        fill = lambda words, to: [w.replace("{}", to) for w in words]
        script = lambda name: [args.python, os.path.join(HERE, name)]
        if self.writes:
            figures_of([bench] + fill(self.careshed, folder), 1)
        rows, absent, compared = [], {}, {}
        for name, file, words, compare in self.peers:
            if compare:
                said = figures_of(script(file) + fill(compare, folder), 1)
                absent[name] = said.get("absent")
                compared[name] = said
        ours, theirs = [], {name: [] for name, *_ in self.peers}
        for _ in range(args.repeat):
            ours.append(figures_of([bench] + fill(self.careshed, "-"), 1))
            for name, file, words, _ in self.peers:
                if not absent.get(name):
                    said = figures_of(script(file) + fill(words, folder), 1)
                    absent[name] = said.get("absent")
                    theirs[name].append(said)
        for name, *_ in self.peers:
            if absent.get(name):
                rows.append(skipped(self.name, name, f"{absent[name]} is not installed"))
                continue
            for figure in self.figures:
                rows.append(row(f"{self.name} {figure.strip('_')}".strip(), name, figure, ours, theirs[name], compared.get(name, {})))
        return rows


def pairs(args, city):
    data = lambda name: os.path.join(args.data, name)
    helsinki, malta, made = data("helsinki/helsinki.osm.pbf"), data("malta/malta.osm.pbf"), os.path.join(city, "roads.osm.pbf")
    side = str(args.side)
    yield Pair(
        "grid",
        ["grid", side, "84", "10000", "1200", "20", "{}"],
        [("SciPy", "scipy_grid.py", [side, "84", "200", "1200"], [side, "84", "1", "1200", "{}/grid.csv"])],
    )
    for name, file in [("Helsinki", helsinki), ("Malta", malta), ("synthetic", made)]:
        yield Pair(
            f"{name} 1,000 m",
            ["city", file, "1000", "1000", "{}"],
            [
                ("SciPy", "scipy_city.py", ["{}", "1000"], ["{}", "1000", "compare"]),
                ("pandana", "pandana_city.py", ["{}", "1000"], ["{}", "1000", "compare"]),
            ],
            needs=[file],
        )
    for name, file in [("Helsinki", helsinki), ("Malta", malta), ("synthetic", made)]:
        yield Pair(
            f"{name} PBF",
            ["pbf", file],
            [("pyrosm", "pyrosm_pbf.py", [file], None), ("pyosmium", "osmium_pbf.py", [file], None)],
            needs=[file],
            writes=False,
        )
    yield Pair("snap", ["snap", made, "50000", "{}"], [("GeoPandas", "geopandas_snap.py", ["{}"], ["{}", "compare"])])
    yield Pair(
        "read and place",
        ["within", os.path.join(city, "study.toml"), "{}"],
        [("GeoPandas", "geopandas_within.py", [city], [city, "{}/within.csv"])],
        figures=("geojson_", "csv_", "lookup_"),
    )


def figures_of(words, threads):
    """Runs a program and answers the `key=value` lines it printed."""
    limited = {key: str(threads) for key in ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]}
    ran = subprocess.run(words, env={**os.environ, **limited}, stdout=subprocess.PIPE, text=True)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(words)} ended with {ran.returncode}")
    return dict(line.split("=", 1) for line in ran.stdout.splitlines() if "=" in line)


def row(work, peer, figure, ours, theirs, compared):
    """Seconds of one unit of work (a source, else the whole), medians, and the ratio of medians."""

    def unit(said, key):
        return float(said[figure + key]) / float(said.get("sources", 1))

    columns = {}
    for key in ["cpu_s", "wall_s"]:
        a, b = statistics.median(unit(s, key) for s in ours), statistics.median(unit(s, key) for s in theirs)
        columns[key] = (a, b, b / a if a else float("inf"))
    same = "" if "compared" not in compared else f"{int(compared['compared']) - int(compared['different'])} of {compared['compared']}"
    return {"work": work, "peer": peer, "same": same, "per": "source" if "sources" in ours[0] else "whole", **columns}


def skipped(work, peer, why):
    print(f"{work} {peer} skipped: {why}", file=sys.stderr)
    return {"work": work, "peer": peer, "skipped": why}


def seconds(s):
    return f"{s * 1e6:.1f} µs" if s < 1e-3 else f"{s * 1e3:.1f} ms" if s < 1 else f"{s:.2f} s"


def say(args, rows):
    print(f"\n{time.strftime('%Y-%m-%d')}, {processor()}, {args.repeat} rounds, one thread each, medians\n")
    print("| work | peer | per | careshed CPU | peer CPU | ratio (CPU) | ratio (wall) | same answers |")
    print("|---|---|---|---:|---:|---:|---:|---|")
    for r in rows:
        if "skipped" in r:
            print(f"| {r['work']} | {r['peer']} | | | | | | skipped: {r['skipped']} |")
            continue
        a, b, ratio = r["cpu_s"]
        print(f"| {r['work']} | {r['peer']} | {r['per']} | {seconds(a)} | {seconds(b)} | {ratio:.1f} | {r['wall_s'][2]:.1f} | {r['same']} |")


def processor():
    try:
        with open("/proc/cpuinfo") as info:
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
