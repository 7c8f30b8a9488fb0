"""pandana's range query on a city that careshed has read: pandana_city.py FOLDER LIMIT_M [compare]

pandana holds lengths as whole thousandths of its unit, so metres are given and come back as whole millimetres.
"""

import sys

from common import Cost, differ, need

numpy, pandas, pandana = need("numpy", "pandas", "pandana")
import city

folder, limit = sys.argv[1], float(sys.argv[2])
nodes, edges, sources = city.read(folder)
frame = pandas.DataFrame({"from": edges[:, 0], "to": edges[:, 1], "metres": edges[:, 2] / 1000.0})
network = pandana.Network(
    pandas.Series(nodes[:, 0]), pandas.Series(nodes[:, 1]), frame["from"], frame["to"], frame[["metres"]], twoway=True
)
with Cost() as cost:
    found = network.nodes_in_range(sources, limit)
cost.say()
print(f"sources={len(sources)}\nsources_per_cpu_s={len(sources) / cost.cpu:.0f}")
if len(sys.argv) > 3:
    columns = list(found.columns)
    theirs = {(int(s), int(n)): round(float(d) * 1000) for s, n, d in zip(found["source"], found[columns[1]], found[columns[2]])}
    differ("source, node", city.answers(folder), city.comparable(nodes, theirs))
