"""SciPy's bounded Dijkstra on a grid: scipy_grid.py SIDE METRES SOURCES LIMIT_M [ANSWERS]

SciPy makes a row of all nodes for each source, so a sample of sources is asked, one at a time. With ANSWERS (grid.csv of careshed) the sources
are those of the file, and every distance is compared.
"""

import sys

from common import Cost, differ, need

numpy, sparse, graph = need("numpy", "scipy.sparse", "scipy.sparse.csgraph")
side, metres, count, limit = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
numbers = numpy.arange(side * side, dtype=numpy.int32).reshape(side, side)
a = numpy.concatenate([numbers[:, :-1].ravel(), numbers[:-1, :].ravel()])
b = numpy.concatenate([numbers[:, 1:].ravel(), numbers[1:, :].ravel()])
length = numpy.full(len(a), round(metres * 1000), dtype=float)
streets = sparse.csr_matrix(
    (numpy.concatenate([length, length]), (numpy.concatenate([a, b]), numpy.concatenate([b, a]))), shape=(side * side, side * side)
)
if len(sys.argv) > 5:
    ours = {}
    for line in open(sys.argv[5]).read().splitlines()[1:]:
        source, node, mm = map(int, line.split(","))
        ours[source, node] = mm
    theirs = {}
    for source in sorted({key[0] for key in ours}):
        row = graph.dijkstra(streets, indices=source, limit=limit * 1000)
        theirs.update({(source, int(n)): int(row[n]) for n in numpy.flatnonzero(numpy.isfinite(row))})
    differ("source, node", ours, theirs)
else:
    sources = [i * 618_033_989 % (side * side) for i in range(count)]
    with Cost() as cost:
        for source in sources:
            graph.dijkstra(streets, indices=source, limit=limit * 1000)
    cost.say()
    print(f"sources={count}\nsources_per_cpu_s={count / cost.cpu:.1f}")
