"""Writes vectors/tree/bin.json: how many rows LightGBM puts into each bin of small seeded columns.

Usage: python3 scripts/vectors-tree-bin.py [DIRECTORY]   (default: vectors/tree beside this script's parent)

It needs the packages of scripts/requirements-trees.txt. All values are positive: LightGBM gives 0 a bin of its own, the
first, which is empty then and is left out here together with its place in `max_bin`.
"""

import json
import pathlib
import sys
import tempfile

import lightgbm
import numpy as np


def counts(values, bins, min_bin_rows):
    """Rows of each bin, in order."""
    parameters = {
        "max_bin": bins + 1,
        "min_data_in_bin": min_bin_rows,
        "min_data_in_leaf": 1,
        "feature_pre_filter": False,
        "verbose": -1,
    }
    table = lightgbm.Dataset(values.reshape(-1, 1), params=parameters).construct()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "bins.txt"
        table._dump_text(str(path))
        text = path.read_text()
    rows = [int(line.split(",")[0]) for line in text.splitlines() if line[:1].isdigit()]
    assert len(rows) == len(values) and min(rows) >= 1
    return np.bincount(np.array(rows) - 1).tolist()


def main(directory):
    random = np.random.default_rng(5)
    columns = {
        "uniform": random.uniform(1, 2, 300),
        "many magnitudes": np.exp(random.normal(size=300) * 3) + 0.001,
        "few values": random.integers(1, 12, 200),
        "counts": random.geometric(0.1, 400),
        "one value of a third": np.where(random.uniform(size=300) < 0.33, 1.5, random.uniform(1, 2, 300)),
        "large and rare values": np.repeat(np.arange(1, 61), random.integers(1, 4, 60) ** 3),
        "runs of two": np.repeat(random.uniform(1, 9, 150), 2),
    }
    cases = []
    for name, values in columns.items():
        values = np.round(np.asarray(values, dtype=np.float64), 3)
        for bins, min_bin_rows in [(5, 3), (16, 1), (63, 3), (63, 10), (255, 1)]:
            cases.append({"name": name, "bins": bins, "minBinRows": min_bin_rows, "counts": counts(values, bins, min_bin_rows)})
    document = {
        "lightgbm": lightgbm.__version__,
        "columns": {name: np.round(values, 3).tolist() for name, values in columns.items()},
        "cases": cases,
    }
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "bin.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    default = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "tree"
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default)
