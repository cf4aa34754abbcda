"""LightGBM's side of scripts/nightly/boost-objective.ts: labels and columns from files in, raw predictions as a file out."""

import json
import sys

import lightgbm
import numpy

folder, columns, groups = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(name):
    return numpy.fromfile(f"{folder}/{name}.bin", dtype="<f8")


train, held = read("train").reshape(-1, columns), read("held").reshape(-1, columns)
for line in sys.stdin:
    case = json.loads(line)
    group = [groups] * (len(train) // groups) if case["params"]["objective"] == "lambdarank" else None
    data = lightgbm.Dataset(train, read(case["label"]), group=group)
    model = lightgbm.train({"verbose": -1, "num_threads": 1, **case["params"]}, data, 100)
    model.predict(held, raw_score=True).astype("<f8").tofile(f"{folder}/scores.bin")
    print(json.dumps({"case": case["name"]}), flush=True)
