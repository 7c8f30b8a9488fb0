#!/usr/bin/env python3
"""Where the time goes: python3 benches/peers/steps.py [--communities 3000 30000] [--repeat 3]

Makes synthetic cities, runs `cover` and `rank` from files to files with --timings and prints a Markdown table of each step: median wall-clock and
processor seconds, and the peak of memory up to its end. With --study a study is run instead.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINE = re.compile(r"^timing (\w+) wall_s=([\d.]+) cpu_s=([\d.]+) peak_mb=([\d.]+)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--communities", type=int, nargs="*", default=[3000, 30000])
    parser.add_argument("--study", nargs="*", default=[], help="studies to run instead of synthetic cities")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--careshed", help="the program (default: built here)")
    args = parser.parse_args()
    careshed = args.careshed
    if not careshed:
        subprocess.run(["cargo", "build", "--release"], cwd=PROJECT, check=True)
        target = os.environ.get("CARGO_TARGET_DIR", os.path.join(PROJECT, "target"))
        careshed = os.path.join(target, "release", "careshed.exe" if os.name == "nt" else "careshed")
    with tempfile.TemporaryDirectory() as folder:
        studies = list(args.study)
        for count in [] if studies else args.communities:
            city = os.path.join(folder, f"{count} communities")
            subprocess.run([careshed, "synth", "--communities", str(count), "--out", city], check=True, stdout=sys.stderr)
            studies.append(os.path.join(city, "study.toml"))
        for study in studies:
            for command in ["cover", "rank"]:
                say(study, command, [run(careshed, command, study, folder, args.threads) for _ in range(args.repeat)])


def run(careshed, command, study, folder, threads):
    """The figures of one run, step after step."""
    out = os.path.join(folder, "out")
    words = [careshed, command, study, "--out", out, "--timings", "--threads", str(threads), "--lang", "en"]
    ran = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ran.returncode != 0:
        sys.exit(ran.stderr)
    shutil.rmtree(out)
    return [(m[1], float(m[2]), float(m[3]), float(m[4])) for m in map(LINE.match, ran.stderr.splitlines()) if m]


def say(study, command, runs):
    print(f"\n`careshed {command}`, {os.path.basename(os.path.dirname(os.path.abspath(study)))}, median of {len(runs)}:\n")
    print("| step | wall s | CPU s | peak MB |\n|---|---:|---:|---:|")
    middle = lambda step, figure: statistics.median(r[step][figure] for r in runs)
    for step, (name, *_) in enumerate(runs[0]):
        print(f"| {name} | {middle(step, 1):.2f} | {middle(step, 2):.2f} | {middle(step, 3):.0f} |")
    total = lambda figure: statistics.median(sum(s[figure] for s in r) for r in runs)
    print(f"| **all** | {total(1):.2f} | {total(2):.2f} | {max(s[3] for r in runs for s in r):.0f} |")


if __name__ == "__main__":
    main()
