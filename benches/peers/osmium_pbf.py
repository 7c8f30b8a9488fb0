"""pyosmium: the walkable ways of an OSM PBF as edges between shared nodes, measured: osmium_pbf.py FILE

A plain reading with pyosmium's own loop, locations joined by the library, edges cut where ways meet. Rules are simpler than careshed's.
"""

import math
import sys
from collections import Counter

from common import Cost, need

osmium = need("osmium")
CLOSED = {"motorway", "motorway_link", "construction", "proposed", "raceway", "corridor"}
with Cost() as cost:
    ways = []
    uses = Counter()
    reader = osmium.FileProcessor(sys.argv[1]).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
    for way in reader:
        if not way.is_way() or way.tags["highway"] in CLOSED or way.tags.get("foot") == "no" or way.tags.get("access") in ("no", "private"):
            continue
        nodes = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
        ways.append(nodes)
        uses.update(n[0] for n in nodes)
    edges = []
    for nodes in ways:
        start, metres = 0, 0.0
        for i in range(1, len(nodes)):
            (_, x, y), (ref, x2, y2) = nodes[i - 1], nodes[i]
            metres += math.hypot((x2 - x) * math.cos(math.radians(y)), y2 - y) * 111_195
            if uses[ref] > 1 or i + 1 == len(nodes):
                edges.append((nodes[start][0], ref, metres))
                start, metres = i, 0.0
cost.say()
print(f"edges={len(edges)}\nmetres={sum(e[2] for e in edges):.0f}")
