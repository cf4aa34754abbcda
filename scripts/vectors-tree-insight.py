"""Writes what LightGBM says of its own models' features: contributions to raw scores, and importances.

Usage: python3 scripts/vectors-tree-insight.py [FOLDER]   (default: vectors/tree-insight)
Needs the packages of scripts/requirements-trees.txt.

Each file is a case:

    model          the model in LightGBM's text format
    features       names of the columns, in order
    rows           [rows][features]; null is missing; categories are numbers
    contributions  [rows][outputs * (features + 1)]: for each output the features' contributions and what they start from
    scores         [rows][outputs], raw
    gain, split    [features], LightGBM's importances
"""

import json
import pathlib
import sys

import lightgbm
import numpy

ROWS = 24


def numbers(values):
    return [[None if numpy.isnan(value) else float(value) for value in row] for row in values]


def case(folder, name, X, y, categorical=(), rounds=8, **parameters):
    features = [f"f{at}" for at in range(X.shape[1])]
    data = lightgbm.Dataset(X, y, feature_name=features, categorical_feature=list(categorical), free_raw_data=False)
    settings = dict(num_leaves=9, min_data_in_leaf=5, learning_rate=0.3, num_threads=1, deterministic=True, seed=1, verbose=-1)
    model = lightgbm.train({**settings, **parameters}, data, rounds)
    asked = X[:ROWS]
    scores = model.predict(asked, raw_score=True)
    value = dict(
        model=model.model_to_string(),
        features=features,
        rows=numbers(asked),
        contributions=model.predict(asked, pred_contrib=True).tolist(),
        scores=scores.reshape(ROWS, -1).tolist(),
        gain=model.feature_importance("gain").tolist(),
        split=model.feature_importance("split").tolist(),
    )
    (folder / f"{name}.json").write_text(json.dumps(value) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "vectors/tree-insight")
    folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(5)
    n = 600
    X = numpy.round(random.normal(size=(n, 6)), 2)
    raised = X[:, 0] * X[:, 1] + X[:, 2] ** 2 + X[:, 3]
    noise = 0.3 * random.normal(size=n)

    case(folder, "regression", X, raised + noise, objective="regression")
    case(folder, "binary", X, (raised + noise > 0.5).astype(int), objective="binary")
    case(folder, "multiclass", X, numpy.digitize(raised + noise, [-0.3, 1.2]), objective="multiclass", num_class=3, rounds=4)

    missing = X.copy()
    missing[random.random(X.shape) < 0.25] = numpy.nan
    missing[:, 5] = numpy.round(missing[:, 5])
    filled = numpy.nan_to_num(missing)
    target = filled[:, 0] + 2 * numpy.isnan(missing[:, 1]) + filled[:, 5] * filled[:, 2] + noise
    case(folder, "missing", missing, target, objective="regression")
    case(folder, "zero-missing", missing, target, objective="regression", zero_as_missing=True)

    # Two columns of categories: a few, and enough for sets of several words; some rows have none.
    few = random.integers(0, 5, n).astype(float)
    many = random.integers(0, 70, n).astype(float)
    few[::11] = numpy.nan
    table = numpy.column_stack([X[:, 0], few, many, X[:, 3]])
    effect = numpy.sin(7 * many) + numpy.array([1, -2, 0, 2, -1])[numpy.nan_to_num(few).astype(int)] * X[:, 0]
    case(folder, "categorical", table, effect + noise, categorical=["f1", "f2"], objective="regression",
         min_data_per_group=5, cat_smooth=2, cat_l2=1, max_cat_to_onehot=3)

    case(folder, "forest", X, raised + noise, objective="regression", boosting="rf", bagging_freq=1, bagging_fraction=0.7)


main()
