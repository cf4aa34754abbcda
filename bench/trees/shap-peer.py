"""LightGBM's side of bench/trees/shap.ts: explains the same rows with the same model. One call a line in, one answer a line out."""

import json
import sys
import time

import lightgbm
import numpy

model = rows = None
threads = 1
for line in sys.stdin:
    call = json.loads(line)
    if call["do"] == "open":
        model = lightgbm.Booster(model_file=call["model"])
        rows = numpy.fromfile(call["rows"], numpy.float32).reshape(call["columns"], -1).T
        threads = call["threads"]
        reply = {"version": "LightGBM " + lightgbm.__version__}
    else:
        started = time.perf_counter()
        found = model.predict(rows, pred_contrib=True, num_threads=threads)
        reply = {"seconds": time.perf_counter() - started}
        numpy.ascontiguousarray(found, numpy.float64).tofile(call["out"])
    print(json.dumps(reply), flush=True)
