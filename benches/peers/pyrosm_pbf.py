"""pyrosm: an OSM PBF to its walking graph: pyrosm_pbf.py FILE"""

import sys
import warnings

from common import Cost, need

warnings.filterwarnings("ignore")
pyrosm = need("pyrosm")
with Cost() as cost:
    osm = pyrosm.OSM(sys.argv[1])
    nodes, edges = osm.get_network(network_type="walking", nodes=True)
cost.say()
print(f"nodes={len(nodes)}\nedges={len(edges)}")
with Cost() as graph:
    try:
        osm.to_graph(nodes, edges, graph_type="networkx", network_type="walking")
    except Exception as error:  # the figure above stands by itself
        print(f"to_graph: {error}", file=sys.stderr)
        sys.exit(0)
print(f"routable_wall_s={cost.wall + graph.wall:.4f}\nroutable_cpu_s={cost.cpu + graph.cpu:.4f}")
