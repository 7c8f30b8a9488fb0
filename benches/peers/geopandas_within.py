"""GeoPandas: communities and demand read, each point to the community it lies in: geopandas_within.py STUDY_FOLDER [within.csv]"""

import os
import sys

from common import Cost, need

pandas, geopandas = need("pandas", "geopandas")
folder = sys.argv[1]
with Cost() as cost:
    communities = geopandas.read_file(os.path.join(folder, "communities.geojson"))
cost.say("geojson_")
with Cost() as cost:
    demand = pandas.read_csv(os.path.join(folder, "demand.csv"), dtype={"id": str, "community_code": str})
cost.say("csv_")
with Cost() as cost:
    points = geopandas.GeoDataFrame(demand[["id"]], geometry=geopandas.points_from_xy(demand.lon, demand.lat), crs=communities.crs)
    joined = points.sjoin(communities[["code", "geometry"]], how="left", predicate="within")
cost.say("lookup_")
found = joined[~joined.index.duplicated()].code
print(f"points={len(demand)}\nfound={found.notna().sum()}")
if len(sys.argv) > 2:
    ours = pandas.read_csv(sys.argv[2], dtype=str, skip_blank_lines=False)["code"]
    print(f"compared={len(ours)}\ndifferent={int((ours.fillna('').values != found.fillna('').values).sum())}")
