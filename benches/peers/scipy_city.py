"""SciPy's bounded Dijkstra on a city that careshed has read: scipy_city.py FOLDER LIMIT_M [compare]"""

import sys

from common import Cost, differ, need

numpy, sparse, graph = need("numpy", "scipy.sparse", "scipy.sparse.csgraph")
import city

folder, limit = sys.argv[1], float(sys.argv[2]) * 1000
nodes, edges, sources = city.read(folder)
# Of streets between the same two nodes SciPy's matrix would add the lengths: the shortest is kept. One of no length would vanish.
shortest = {}
for a, b, mm in edges:
    for key in ((a, b), (b, a)):
        shortest[key] = min(mm, shortest.get(key, mm))
rows, columns = zip(*shortest)
streets = sparse.csr_matrix((numpy.array(list(shortest.values()), dtype=float), (rows, columns)), shape=(len(nodes), len(nodes)))
with Cost() as cost:
    table = graph.dijkstra(streets, indices=sources, limit=limit)
cost.say()
print(f"sources={len(sources)}\nsources_per_cpu_s={len(sources) / cost.cpu:.0f}")
if len(sys.argv) > 3:
    theirs = {}
    for source, row in zip(sources, table):
        theirs.update({(int(source), int(n)): int(row[n]) for n in numpy.flatnonzero(numpy.isfinite(row))})
    differ("source, node", city.answers(folder), city.comparable(nodes, theirs))
