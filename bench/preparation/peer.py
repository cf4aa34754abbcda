"""The peers of the preparation bench: peer.py <case> <library> <folder> <rows> [<way>]; prints one line of JSON, see message.ts."""

import importlib
import json
import os
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "side"))
from resident import resident

STARTED = resident("VmRSS")
NAME, LIBRARY, FOLDER, ROWS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
WAY = sys.argv[5] if len(sys.argv) > 5 else None
MODULES = {"pandas": "pandas", "polars": "polars", "sklearn": "sklearn", "numpy": "scipy", "pillow": "PIL"}


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    module = importlib.import_module(f"peer_{NAME}")
    load, run, digest = module.sides(LIBRARY, FOLDER, ROWS)
    if WAY is not None:
        load, run = (lambda: None), (lambda _: module.ways(LIBRARY, FOLDER, ROWS)[WAY]())
    loaded = load()
    before, start = cpu(), time.perf_counter()
    result = run(loaded)
    seconds, used = time.perf_counter() - start, cpu() - before
    peak = resident("VmHWM")
    version = f"{LIBRARY} {importlib.import_module(MODULES[LIBRARY]).__version__}"
    sums = {name: float(value) for name, value in digest(result).items()}
    print(json.dumps({"version": version, "imported": STARTED, "seconds": seconds, "cpu": used, "peak": peak, "digest": sums}))


main()
