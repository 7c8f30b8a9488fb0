"""careshed's plans beside HiGHS on siting instances: siting.py INSTANCES [--careshed PROGRAM] [--only U,A] [--limit 60] [--repeat 3]

INSTANCES holds folders with cover.csv (site,demand), demand.csv (demand,weight), and perhaps sites.csv (site,cost,group) and quota_P.csv
(group,quota), as siting instances of the literature are kept. Both get the same merged model in turn, one thread each; reading is not counted.
Prints a Markdown table of medians. Without highspy only careshed runs, and the table says so.
"""

import argparse
import csv
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

# Folder, number of sites, quota file.
RUNS = [
    ("U", 100, None),
    ("A", 100, None),
    ("B", 20, None),
    ("B", 100, None),
    ("C500", 50, None),
    ("C800", 50, None),
    ("C1500", 50, None),
    ("D", 10, None),
    ("E", 10, "quota_10.csv"),
    ("E", 50, "quota_50.csv"),
]


def careshed(program, folder, sites, quota, limit):
    with tempfile.TemporaryDirectory() as out:
        call = [program, "solve", f"{folder}/cover.csv", "--input", "cover", "--model", "mclp", "--demand", f"{folder}/demand.csv"]
        call += ["--sites", str(sites), "--time-limit", f"{limit}s", "--threads", "1", "--timings", "--out", out, "--lang", "en"]
        if quota:
            call += ["--site-file", f"{folder}/sites.csv", "--quota", f"{folder}/{quota}"]
        done = subprocess.run(call, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        cpu = float(re.search(r"timing solve .*cpu_s=([\d.]+)", done.stderr).group(1))
        with open(f"{out}/plan.json", encoding="utf-8") as file:
            plan = json.load(file)
    return cpu, plan["objective"], plan["bound"], plan["status"]


def merged(folder):
    """Rows of equal sites as one: their sites and weight."""
    with open(f"{folder}/demand.csv", newline="") as file:
        weight = {row["demand"]: int(row["weight"]) for row in csv.DictReader(file)}
    sites = {}
    with open(f"{folder}/cover.csv", newline="") as file:
        for row in csv.DictReader(file):
            sites.setdefault(row["demand"], []).append(row["site"])
    rows = {}
    for demand, list_ in sites.items():
        key = tuple(sorted(list_))
        rows[key] = rows.get(key, 0) + weight[demand]
    return rows


def highs(highspy, rows, sites, limit):
    names = sorted({site for row in rows for site in row})
    place = {site: k for k, site in enumerate(names)}
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("time_limit", float(limit))
    y = [model.addBinary() for _ in names]
    z = [model.addVariable(0, 1, obj=-w) for w in rows.values()]
    for variable, row in zip(z, rows):
        model.addConstr(variable <= sum(y[place[site]] for site in row))
    model.addConstr(sum(y) <= sites)
    begin = time.process_time()
    model.run()
    info = model.getInfo()
    return time.process_time() - begin, -info.objective_function_value, -info.mip_dual_bound


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("instances")
    parse.add_argument("--careshed", default="target/release/careshed")
    parse.add_argument("--only", default="")
    parse.add_argument("--limit", type=int, default=60)
    parse.add_argument("--repeat", type=int, default=3)
    args = parse.parse_args()
    try:
        import highspy
    except ImportError:
        highspy = None
        print("HiGHS is skipped: pip install highspy", file=sys.stderr)
    print("| instance | sites | CPU s | objective | bound | gap | HiGHS CPU s | its plan | its bound | ratio |\n|---|---|---|---|---|---|---|---|---|---|")
    for name, sites, quota in RUNS:
        folder = os.path.join(args.instances, name)
        if args.only and name not in args.only.split(","):
            continue
        if not os.path.isdir(folder):
            print(f"{name} is skipped: {folder} is not there", file=sys.stderr)
            continue
        ours, theirs = [], []
        rows = merged(folder) if highspy and not quota else None
        for _ in range(args.repeat):
            ours.append(careshed(args.careshed, folder, sites, quota, args.limit))
            if rows:
                theirs.append(highs(highspy, rows, sites, args.limit))
        cpu = statistics.median(run[0] for run in ours)
        _, objective, bound, status = ours[0]
        gap = "0" if status == "optimal" else f"{(bound - objective) / objective:.2%}"
        line = [name, sites, f"{cpu:.2f}", objective, bound, gap]
        if theirs:
            other = statistics.median(run[0] for run in theirs)
            if status == "optimal" and theirs[0][1] > objective + 0.5:
                sys.exit(f"{name}: HiGHS has a better plan, {theirs[0][1]}, than one said to be optimal, {objective}")
            line += [f"{other:.2f}", f"{theirs[0][1]:.0f}", f"{theirs[0][2]:.0f}", f"{other / max(cpu, 0.01):.1f}"]
        else:
            line += ["–"] * 4
        print("| " + " | ".join(map(str, line)) + " |", flush=True)


main()
