"""What scikit-learn's forests say of the cases that `compare-scikit-learn.ts` writes: one JSON line a case.

Python with the packages of scripts/requirements.txt; the one argument is the folder of the cases.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.metrics import log_loss, r2_score, roc_auc_score

KINDS = {
    ("randomForest", "classification"): RandomForestClassifier,
    ("randomForest", "regression"): RandomForestRegressor,
    ("extraTrees", "classification"): ExtraTreesClassifier,
    ("extraTrees", "regression"): ExtraTreesRegressor,
}
FEATURES = {"sqrt": "sqrt", "all": 1.0}


def quality(case, folder):
    rows, columns = case["rows"], case["columns"]
    X = np.fromfile(folder / f"{case['name']}.x", np.float64).reshape(-1, columns)
    y = np.fromfile(folder / f"{case['name']}.y", np.float64)
    if case["task"] == "anomalies":
        began = time.perf_counter()
        model = IsolationForest(n_estimators=case["trees"], random_state=case["seed"]).fit(X[:rows])
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "auroc": roc_auc_score(y[rows:], -model.score_samples(X[rows:]))}
    kind = KINDS[case["kind"], case["task"]]
    model = kind(
        n_estimators=case["trees"],
        max_features=FEATURES[case["features"]],
        random_state=case["seed"],
        n_jobs=case["threads"],
    )
    began = time.perf_counter()
    model.fit(X[:rows], y[:rows])
    seconds = time.perf_counter() - began
    if case["task"] == "regression":
        return {"seconds": seconds, "r2": r2_score(y[rows:], model.predict(X[rows:]))}
    probabilities = model.predict_proba(X[rows:])
    right = float(np.mean(probabilities.argmax(1) == y[rows:]))
    clipped = np.clip(probabilities, 1e-3, 1)
    clipped /= clipped.sum(1, keepdims=True)
    return {"seconds": seconds, "accuracy": right, "logLoss": log_loss(y[rows:], clipped)}


folder = Path(sys.argv[1])
for line in (folder / "cases.jsonl").read_text().splitlines():
    case = json.loads(line)
    print(json.dumps({"name": case["name"], "seed": case["seed"], **quality(case, folder)}), flush=True)
