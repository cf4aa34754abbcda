"""Writes vectors/prepare/geo/great-circle.json: distances and directions on the sphere, in fifty digits, rounded once.

Run it with Python and the packages of scripts/requirements-prepare.txt; it gives the same file each time. Vectors in space,
not haversines: another way than the one that is held against it.
"""

import json
import pathlib
import random

import mpmath as mp

mp.mp.dps = 50
OUT = pathlib.Path(__file__).parent.parent / "vectors" / "prepare" / "geo"
OUT.mkdir(parents=True, exist_ok=True)
random.seed(5)
RADIUS = mp.mpf("6371008.8")


def answer(lat_a, lon_a, lat_b, lon_b):
    a, b = mp.radians(mp.mpf(lat_a)), mp.radians(mp.mpf(lat_b))
    off = mp.radians(mp.mpf(lon_b) - mp.mpf(lon_a))
    east = mp.cos(b) * mp.sin(off)
    north = mp.cos(a) * mp.sin(b) - mp.sin(a) * mp.cos(b) * mp.cos(off)
    along = mp.sin(a) * mp.sin(b) + mp.cos(a) * mp.cos(b) * mp.cos(off)
    metres = RADIUS * mp.atan2(mp.sqrt(east * east + north * north), along)
    degrees = mp.degrees(mp.atan2(east, north)) % 360
    return [lat_a, lon_a, lat_b, lon_b, float(metres), float(degrees)]


def spread(size):
    return random.uniform(-size, size)


def longitude():
    return spread(180)


PLACES = {
    # Metres apart, all over the world.
    "local": lambda: (lambda lat, lon: (lat, lon, lat + spread(1e-4), lon + spread(1e-4)))(spread(80), longitude()),
    "north": lambda: (90 - random.uniform(0, 1e-3), longitude(), 90 - random.uniform(0, 1e-3), longitude()),
    "south": lambda: (-90 + random.uniform(0, 1e-5), longitude(), -90 + random.uniform(0, 1e-5), longitude()),
    "dateLine": lambda: (lambda lat: (lat, 180 - random.uniform(0, 1e-3), lat + spread(1e-3), -180 + random.uniform(0, 1e-3)))(spread(60)),
    "wound": lambda: (lambda lat, lon: (lat, lon + 360, lat + spread(0.1), lon + spread(0.1) - 720))(spread(60), longitude()),
    "opposite": lambda: (lambda lat, lon: (lat, lon, -lat + spread(1e-4), lon + 180 + spread(1e-4)))(spread(80), longitude()),
    "anywhere": lambda: (spread(90), longitude(), spread(90), longitude()),
}
cases = {name: [answer(*place()) for _ in range(12)] for name, place in PLACES.items()}
cases["north"].append(answer(90.0, 0.0, 89.9995, 33.0))
text = json.dumps(cases, separators=(",", ":")) + "\n"
(OUT / "great-circle.json").write_text(text)
print("great-circle", len(text))
