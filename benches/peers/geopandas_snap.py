"""GeoPandas: places to their nearest street within 100 m: geopandas_snap.py FOLDER [compare]

The folder holds careshed's places.csv and streets.csv. The join gives the street and the distance, not the place along it; both are projected
to UTM, whose metres differ from the geodesic by up to 0.04 %.
"""

import os
import sys

from common import Cost, need

pandas, shapely, geopandas = need("pandas", "shapely", "geopandas")
folder = sys.argv[1]
places = pandas.read_csv(os.path.join(folder, "places.csv"))
streets = geopandas.GeoDataFrame(geometry=shapely.from_wkt(pandas.read_csv(os.path.join(folder, "streets.csv"))["wkt"]), crs=4326)
points = geopandas.GeoDataFrame(places, geometry=geopandas.points_from_xy(places.lon, places.lat), crs=4326)
with Cost() as cost:
    utm = points.estimate_utm_crs()
    joined = points.to_crs(utm).sjoin_nearest(streets.to_crs(utm), max_distance=100, distance_col="metres")
cost.say()
nearest = joined[~joined.index.duplicated()]
print(f"places={len(places)}\nsnapped={len(nearest)}")
if len(sys.argv) > 2:
    both = nearest[nearest.leg_mm.notna()]
    apart = (both.metres - both.leg_mm / 1000).abs()
    # 0.04 % of 100 m, and the millimetre; a place at 100 m may be in for one and out for the other.
    edge = 0.0005 * 100 + 0.002
    near = places.leg_mm.notna().sum() - len(both) + (nearest.leg_mm.isna() & (nearest.metres < 100 - edge)).sum()
    print(f"compared={len(both)}\ndifferent={int((apart > 0.0005 * both.metres + 0.002).sum() + near)}")
