#!/usr/bin/env python3
"""careshed beside pyogrio and pandas, reading the same files in turn: python3 benches/peers/files.py CITY

CITY is a folder made by `careshed synth` (3,000 communities have a million demand points). Its communities are written as a shapefile, its demand
points as CSV, GeoJSON and GeoPackage; then careshed (`check`, step `read`: everything checked, every problem named) and the peer (to a data frame) read each pair of
files, and the table of medians says how many times faster careshed is. Wall-clock seconds of the reading alone.
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile

from common import Cost, need

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("city", help="a folder of careshed synth")
    parser.add_argument("--careshed", default=os.path.join(PROJECT, "target", "release", "careshed"), help="the program")
    parser.add_argument("--repeat", type=int, default=5, help="rounds; the median counts (default 5)")
    parser.add_argument("--keep", help="folder for the converted files, kept for the next time")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = make(args.city, args.keep or folder)
        print("| read | careshed | pyogrio, pandas | times faster |")
        print("|---|---|---|---|")
        for demand in made["demand"]:
            ours, theirs = [], []
            for _ in range(args.repeat):
                ours.append(careshed(args.careshed, made["communities"], demand))
                theirs.append(peers(made["communities"], demand))
            ours, theirs = statistics.median(ours), statistics.median(theirs)
            kind = os.path.splitext(demand)[1][1:]
            print(f"| communities shp, demand {kind} | {ours:.2f} s | {theirs:.2f} s | {theirs / ours:.2f} |")


def make(city, folder):
    """The files to read; made once."""
    pyogrio, pandas, geopandas = need("pyogrio", "pandas", "geopandas")
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    if not os.path.exists(path("communities.shp")):
        pyogrio.write_dataframe(pyogrio.read_dataframe(os.path.join(city, "communities.geojson")), path("communities.shp"), encoding="UTF-8")
    demand = [path(name) for name in ("demand.csv", "demand.geojson", "demand.gpkg")]
    if not all(map(os.path.exists, demand)):
        table = pandas.read_csv(os.path.join(city, "demand.csv"), dtype={"id": str, "community_code": str})
        table.to_csv(demand[0], index=False)
        points = geopandas.GeoDataFrame(
            table.drop(columns=["lon", "lat"]), geometry=geopandas.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326"
        )
        for path_ in demand[1:]:
            pyogrio.write_dataframe(points, path_)
    return {"communities": path("communities.shp"), "demand": demand}


def careshed(program, communities, demand):
    """Seconds of the step `read`."""
    words = [program, "check", "--communities", communities, "--demand", demand, "--timings", "--threads", "0"]
    told = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"timing read wall_s=([0-9.]+)", told.stderr)
    if not found:
        raise SystemExit(f"{' '.join(words)}\n{told.stderr}")
    return float(found.group(1))


def peers(communities, demand):
    """Seconds to data frames."""
    pyogrio, pandas = need("pyogrio", "pandas")
    with Cost() as cost:
        pyogrio.read_dataframe(communities)
        if demand.endswith(".csv"):
            pandas.read_csv(demand, dtype={"id": str, "community_code": str})
        else:
            pyogrio.read_dataframe(demand)
    return cost.wall


if __name__ == "__main__":
    main()
