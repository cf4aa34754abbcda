"""Recomputes what the examples of trees claim, from the data sets' own files and without the project's code.

Usage: python3 scripts/audit-trees.py EVIDENCE [--data FOLDER] [--only NAME] [--seeds N] [--no-graph]

EVIDENCE is what `node examples/trees/<name>.ts --out EVIDENCE` wrote; FOLDER holds the data sets (adult, online-shoppers,
uci-har; default: beside the folder that TIDELINE_DATA names, else ../shared/data). For each example the script

- wants the predictions of seeds 1 to N (default 3), or of folds 1 to 5, and no others, so that none can be left out;
- reads labels (and people) from the original files and compares them with those that the predictions name;
- checks that the rows are all test rows, each once; for the shoppers that the folds hold every visit once, equal visits
  in one fold, and as many purchases in each as in the others, to a hundredth of its rows;
- recomputes accuracies, or areas under the ROC curve, from the predicted probabilities, and refuses several seeds with the same;
- runs the .onnx file on inputs that it builds itself from the original files and compares the probabilities: raw windows
  for the activities (whose features are part of the graph), numbers and codes for tables. By onnxruntime where it is
  installed, else by the reference evaluator of onnx with a TreeEnsembleRegressor written here (`--no-graph` leaves this out);
- recomputes the figure from what the graph says, which may differ by no more than the rows that differ.

One JSON object per example on stdout; status 1 where something does not hold or cannot be read, which is named; the other
examples are audited all the same. Needs numpy and one of the two runtimes.
"""

import argparse
import contextlib
import csv
import gzip
import importlib.util
import json
import os
import pathlib
import sys

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent


def load_nets():
    """The audit of nets, whose checks are shared."""
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("audit_nets", ROOT / "scripts" / "audit-nets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NETS = load_nets()
want, Broken, AGREE = NETS.want, NETS.Broken, NETS.AGREE

# Of windows whose features are computed by another runtime in another order, a few lie so near a threshold that they
# take another path; their probabilities differ by a leaf or two.
CROSSING = 0.01
CROSSING_SIZE = 0.05

CENSUS = (
    "age workclass fnlwgt education education-num marital-status occupation relationship race sex capital-gain "
    "capital-loss hours-per-week native-country"
).split()


class Source:
    """Test rows as the original files have them: labels, people, texts that equal rows share, and inputs."""

    def __init__(self, labels, inputs, people=None, keys=None, exact=True):
        self.labels, self.inputs, self.people, self.keys, self.exact = labels, inputs, people, keys, exact


def table_inputs(columns):
    """Rows as a graph takes them: numbers, and the places of categories in the lists that stand beside it."""

    def inputs(rows, features):
        out = numpy.full((len(rows), len(features)), numpy.nan, numpy.float32)
        for at, feature in enumerate(features):
            values = columns[feature["name"]]
            if feature["kind"] == "categorical":
                place = {name: code for code, name in enumerate(feature["categories"])}
                want(len(place) == len(feature["categories"]), f"{feature['name']}: a category twice")
                out[:, at] = [place.get(values[row], numpy.nan) for row in rows]
            else:
                out[:, at] = [float(values[row]) for row in rows]
        return {"x": out}

    return inputs


def census(folder):
    text = gzip.decompress((folder / "adult.test.gz").read_bytes()).decode()
    lines = [line.split(", ") for line in text.split("\n") if line and not line.startswith("|")]
    columns = {name: [line[at] for line in lines] for at, name in enumerate(CENSUS)}
    return Source([line[14].rstrip(".") for line in lines], table_inputs(columns))


def shoppers(folder):
    text = gzip.decompress((folder / "online_shoppers_intention.csv.gz").read_bytes()).decode()
    head, *lines = [line.split(",") for line in text.split()]
    columns = {name: [line[at] for line in lines] for at, name in enumerate(head[:-1])}
    labels = [{"FALSE": "no purchase", "TRUE": "purchase"}[line[-1].upper()] for line in lines]
    return Source(labels, table_inputs(columns), keys=[tuple(line[:-1]) for line in lines])


def har(folder):
    layout = json.loads((folder / "layout.json").read_text())
    with open(folder / "meta_test.csv", newline="") as file:
        meta = list(csv.DictReader(file))
    with open(folder / "meta_train.csv", newline="") as file:
        teachers = {row["subject"] for row in csv.DictReader(file)}
    raw = gzip.decompress((folder / "signals_test.f32.gz").read_bytes())
    signals = numpy.frombuffer(raw, "<f4").reshape(layout["test_shape"])
    people = [row["subject"] for row in meta]
    want(not teachers & set(people), "a person of the test part is in the training part")
    labels = [layout["labels"][row["label"]] for row in meta]
    return Source(labels, lambda rows, _: {"window": signals[rows]}, people=people, exact=False)


def tree_regressor():
    """TreeEnsembleRegressor as the standard has it, for the reference evaluator, all rows at a time."""
    from onnx.reference.op_run import OpRun

    asks = {
        "BRANCH_LEQ": numpy.less_equal,
        "BRANCH_LT": numpy.less,
        "BRANCH_GTE": numpy.greater_equal,
        "BRANCH_GT": numpy.greater,
        "BRANCH_EQ": numpy.equal,
        "BRANCH_NEQ": numpy.not_equal,
    }

    class TreeEnsembleRegressor(OpRun):
        op_domain = "ai.onnx.ml"

        def _run(self, x, **given):
            want(given.get("aggregate_function", "SUM") in ("SUM", b"SUM"), "trees that are not added up")
            take = lambda name: numpy.asarray(given[name])
            trees, ids = take("nodes_treeids"), take("nodes_nodeids")
            place = {key: at for at, key in enumerate(zip(trees.tolist(), ids.tolist()))}
            modes = [mode.decode() if isinstance(mode, bytes) else mode for mode in given["nodes_modes"]]
            kinds = numpy.array([[*asks, "LEAF"].index(mode) for mode in modes])
            leaf = kinds == len(asks)
            child = lambda name: numpy.array(
                [at if leaf[at] else place[tree, to] for at, (tree, to) in enumerate(zip(trees.tolist(), given[name]))]
            )
            yes, no = child("nodes_truenodeids"), child("nodes_falsenodeids")
            feature, value = take("nodes_featureids"), take("nodes_values").astype(numpy.float32)
            missing = given.get("nodes_missing_value_tracks_true")
            missing = numpy.zeros(len(kinds), bool) if missing is None else numpy.asarray(missing).astype(bool)
            weights = numpy.zeros((len(kinds), given["n_targets"]))
            for tree, node, target, weight in zip(
                *(given[name] for name in ("target_treeids", "target_nodeids", "target_ids", "target_weights"))
            ):
                weights[place[tree, node], target] += weight
            sums = numpy.zeros((len(x), given["n_targets"]))
            base = given.get("base_values")
            if base is not None and len(base) > 0:
                sums += numpy.asarray(base)
            rows = numpy.arange(len(x))
            for root in [place[tree, 0] for tree in numpy.unique(trees).tolist()]:
                at = numpy.full(len(x), root)
                while not leaf[at].all():
                    asked = x[rows, feature[at]]
                    answer = numpy.zeros(len(x), bool)
                    for kind, ask in enumerate(asks.values()):
                        own = kinds[at] == kind
                        answer[own] = ask(asked[own], value[at][own])
                    answer = numpy.where(numpy.isnan(asked), missing[at], answer)
                    at = numpy.where(answer, yes[at], no[at])
                sums += weights[at]
            return (sums.astype(numpy.float32),)

    return TreeEnsembleRegressor


def evaluator(path):
    """A function from inputs to probabilities, and who computes them."""
    try:
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return lambda feed: session.run(["probabilities"], feed)[0], f"onnxruntime {onnxruntime.__version__}"
    except ImportError:
        import onnx
        import onnx.reference

        session = onnx.reference.ReferenceEvaluator(str(path), new_ops=[tree_regressor()])
        return lambda feed: session.run(["probabilities"], feed)[0], f"onnx {onnx.__version__} reference"


def area_under_roc(truth, scores):
    """How often a positive row is above a negative one, ties half."""
    values, place, counts = numpy.unique(scores, return_inverse=True, return_counts=True)
    rank = (numpy.cumsum(counts) - (counts - 1) / 2)[place]
    positives = truth.sum()
    return float((rank[truth].sum() - positives * (positives + 1) / 2) / (positives * (~truth).sum()))


def accuracy(labels, classes, probabilities):
    best = probabilities.argmax(axis=1)
    return float(numpy.mean([classes[at] == label for at, label in zip(best, labels)]))


def auroc(labels, classes, probabilities):
    positive = classes.index("purchase")
    return area_under_roc(numpy.array([label == "purchase" for label in labels]), probabilities[:, positive])


def check_folds(name, source, owner, seen):
    want(sorted(seen) == list(range(len(source.labels))), f"{name}: the folds do not hold every row once")
    share = numpy.mean([label == "purchase" for label in source.labels])
    for file in set(owner.values()):
        own = [source.labels[row] == "purchase" for row in seen if owner[source.keys[row]] == file]
        want(abs(numpy.mean(own) - share) <= 0.01, f"{file}: not stratified")


def same_graph(file, source, rows, labels, classes, probabilities, measure):
    """Runs the graph of a run; by how much it differs, by whom, and for how many rows it may do so."""
    for suffix in (".features.json", ".onnx"):
        want(file.with_suffix(suffix).exists(), f"no graph {file.stem}{suffix}")
    with named(f"{file.stem}.features.json"):
        inputs = source.inputs(rows, json.loads(file.with_suffix(".features.json").read_text()))
    with named(f"{file.stem}.onnx"):
        run, whose = evaluator(file.with_suffix(".onnx"))
        found = run(inputs)
    want(found.shape == probabilities.shape and numpy.isfinite(found).all(), f"{file.name}: the graph gives no numbers")
    difference = numpy.abs(found - probabilities).max(axis=1)
    crossed = difference > AGREE
    crossing = float(numpy.mean(crossed))
    want(
        crossing <= (0 if source.exact else CROSSING) and difference.max() <= CROSSING_SIZE,
        f"{file.name}: the graph gives other probabilities for {crossing:.2%} of the rows, by up to {difference.max()}",
    )
    # Rows that agree decide alike, but where two classes are as good as equal.
    least, best = numpy.sort(probabilities, axis=1)[:, -2:].T
    open_rows = float(numpy.mean(crossed | (best - least <= 2 * AGREE)))
    own, claimed = (MEASURES[measure](labels, classes, each) for each in (found, probabilities))
    want(
        abs(own - claimed) <= (open_rows if measure == "accuracies" else AGREE) + 1e-12,
        f"{file.name}: the graph comes to {own}, its predictions to {claimed}",
    )
    return whose, float(difference.max()), crossing, own


@contextlib.contextmanager
def named(what):
    """Names what cannot be read: files of others may hold anything."""
    try:
        yield
    except Broken:
        raise
    except Exception as error:
        raise Broken(f"{what}: cannot be read ({type(error).__name__}: {error})") from error


def predictions(file):
    """Classes, rows, people, labels and probabilities that a run claims."""
    with named(file.name), open(file, newline="") as lines:
        header, *table = csv.reader(lines)
        want(header[:3] == ["row", "person", "label"], f"{file.name}: other columns than row, person, label")
        want(len(table) > 0, f"{file.name}: no rows")
        probabilities = numpy.array([[float(cell) for cell in line[3:]] for line in table])
        want(probabilities.shape == (len(table), len(header) - 3), f"{file.name}: not a probability for each class")
        return header[3:], [int(line[0]) for line in table], *zip(*(line[1:3] for line in table)), probabilities


def audit(name, source, measure, runs, evidence, graph):
    files = [evidence / f"{name}-{run}.csv" for run in runs]
    there = {file.name for file in evidence.glob(f"{name}-*.csv")}
    want(there, f"no predictions in {evidence}")
    for file in files:
        want(file.name in there, f"no predictions {file.name}")
    strange = there - {file.name for file in files}
    want(not strange, f"predictions that are not among {runs[0]} to {runs[-1]}: {', '.join(sorted(strange))}")
    figures, ran, seen, owner, known = [], [], [], {}, {}
    for file in files:
        classes, rows, people, claimed, probabilities = predictions(file)
        want(all(0 <= row < len(source.labels) for row in rows), f"{file.name}: a row that there is not")
        labels = [source.labels[row] for row in rows]
        want(len(set(rows)) == len(rows), f"{file.name}: a row twice")
        want(list(claimed) == labels, f"{file.name}: a label not of the data set")
        if source.people is not None:
            own = [source.people[row] for row in rows]
            want(list(people) == own, f"{file.name}: a person not of the row")
        if source.keys is None:
            want(sorted(rows) == list(range(len(source.labels))), f"{file.name}: not every test row")
        else:
            for row in rows:
                want(
                    owner.setdefault(source.keys[row], file.name) == file.name,
                    f"{file.name}: row {row} equals one of another fold",
                )
            seen += rows
        sums = numpy.abs(probabilities.sum(axis=1) - 1)
        sound = numpy.isfinite(probabilities).all() and (probabilities >= 0).all() and (sums <= AGREE).all()
        want(sound, f"{file.name}: probabilities that are none")
        want(sorted(classes) == sorted(set(source.labels)), f"{file.name}: classes not of the data set")
        evidenced = [(".csv", probabilities[numpy.argsort(rows)].tobytes())]
        if graph:
            ran.append(same_graph(file, source, rows, labels, classes, probabilities, measure))
            evidenced.append((".onnx", file.with_suffix(".onnx").read_bytes()))
        for suffix, told in evidenced:
            other = known.setdefault(told, file.stem)
            want(other == file.stem, f"{file.stem}{suffix}: the same as of {other}")
        figures.append(MEASURES[measure](labels, classes, probabilities))
    if source.keys is not None:
        check_folds(name, source, owner, seen)
    return {
        "example": name,
        measure: figures,
        "mean": float(numpy.mean(figures)),
        "rows": len(source.labels),
        **(
            {
                "graph": ran[0][0],
                "difference": max(run[1] for run in ran),
                "crossing": max(run[2] for run in ran),
                "ofGraph": [run[3] for run in ran],
            }
            if graph
            else {}
        ),
    }


MEASURES = {"accuracies": accuracy, "aurocs": auroc}
EXAMPLES = {
    "adult": (census, "accuracies", NETS.seeds),
    "online-shoppers": (shoppers, "aurocs", NETS.folds),
    "uci-har": (har, "accuracies", NETS.seeds),
}


def main():
    beside = os.environ.get("TIDELINE_DATA")
    data = pathlib.Path(beside).parent if beside else ROOT.parent / "shared" / "data"
    parser = argparse.ArgumentParser()
    parser.add_argument("evidence", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=data)
    parser.add_argument("--only", choices=EXAMPLES)
    parser.add_argument("--seeds", type=NETS.at_least_one, default=3)
    parser.add_argument("--no-graph", action="store_true")
    options = parser.parse_args()
    status = 0
    for name, (read, measure, runs) in EXAMPLES.items():
        if options.only not in (None, name):
            continue
        try:
            with named(f"data of {name}"):
                source = read(options.data / name)
            with named("evidence"):
                found = audit(name, source, measure, runs(options), options.evidence, not options.no_graph)
            print(json.dumps(found))
        except Broken as broken:
            print(f"{name}: {broken}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
