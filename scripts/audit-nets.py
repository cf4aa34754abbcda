"""Recomputes what the examples of nets claim, from the data sets' own files and without the project's code.

Usage: python3 scripts/audit-nets.py EVIDENCE [--data FOLDER] [--only NAME] [--seeds N] [--no-graph]

EVIDENCE is what `node examples/nets/<name>.ts --out EVIDENCE` wrote; FOLDER holds the data sets (uci-har, optdigits,
sms-spam; default: beside the folder that TIDELINE_DATA names, else ../shared/data). For each example the script

- wants the predictions of seeds 1 to N (default 3), or of folds 1 to 5, and no others, so that none can be left out;
- reads labels (and people) from the original files and compares them with those that the predictions name;
- checks that the rows are all test rows, each once; for the messages that the folds share no text (case, digits, signs
  and spaces aside) and hold every message once;
- recomputes each accuracy from the predicted probabilities;
- runs the .onnx file on inputs that it builds itself from the original files and compares the probabilities, by
  onnxruntime where it is installed, else by the reference evaluator of onnx (`--no-graph` leaves this out).

One JSON object per example on stdout; status 1 where something does not hold. Needs numpy and one of the two runtimes.
"""

import argparse
import csv
import gzip
import json
import os
import pathlib
import sys
import unicodedata

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
# float32 kernels of two runtimes in other orders of summation, behind a softmax.
AGREE = 1e-4
PHONE = [f"{sensor}_{axis}" for sensor in ("total_acc", "body_gyro") for axis in "xyz"]
JS_SPACE = set("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | {chr(c) for c in range(0x2000, 0x200B)}


class Broken(Exception):
    """A claim that does not hold."""


def want(holds, what):
    if not holds:
        raise Broken(what)


def har(folder):
    """Test windows: labels, people and inputs by row."""
    layout = json.loads((folder / "layout.json").read_text())
    with open(folder / "meta_test.csv", newline="") as file:
        meta = list(csv.DictReader(file))
    raw = gzip.decompress((folder / "signals_test.f32.gz").read_bytes())
    signals = numpy.frombuffer(raw, "<f4").reshape(layout["test_shape"])
    x = numpy.ascontiguousarray(signals[:, :, [layout["channels"].index(name) for name in PHONE]])
    with open(folder / "meta_train.csv", newline="") as file:
        teachers = {row["subject"] for row in csv.DictReader(file)}
    people = [row["subject"] for row in meta]
    want(not teachers & set(people), "a person of the test part is in the training part")
    return [layout["labels"][row["label"]] for row in meta], people, lambda rows, _: x[rows]


def digits(folder):
    text = gzip.decompress((folder / "optdigits.tes.gz").read_bytes()).decode()
    cells = numpy.array([[int(cell) for cell in line.split(",")] for line in text.split()])
    x = cells[:, :64].astype(numpy.float32).reshape(-1, 8, 8, 1)
    return [str(digit) for digit in cells[:, 64]], None, lambda rows, _: x[rows]


def kind(character):
    """L, N, M or S (space), or another sign."""
    return "S" if character in JS_SPACE else unicodedata.category(character)[0]


def words(text):
    """Tokens by the rule that `textcnn` documents: words, lengths of numbers, signs."""
    text = unicodedata.normalize("NFKC", text).lower()
    tokens, at = [], 0
    while at < len(text):
        here = "sign" if text[at] not in JS_SPACE and kind(text[at]) not in "LN" else kind(text[at])
        end = at + 1
        if here == "L":
            while end < len(text) and (kind(text[end]) in "LM" or text[end] in "'\u2019"):
                end += 1
        elif here == "N":
            while end < len(text) and kind(text[end]) == "N":
                end += 1
        if here == "N":
            tokens.append(f"#{min(end - at, 12)}")
        elif text[at] not in JS_SPACE:
            tokens.append(text[at:end])
        at = end
    return tokens


def same_text(text):
    """What repeated texts have in common."""
    out = []
    for character in unicodedata.normalize("NFKC", text).lower():
        here = "0" if kind(character) == "N" else character if kind(character) == "L" else " "
        if not (here in "0 " and out and out[-1] == here):
            out.append(here)
    return "".join(out).strip()


def messages(folder):
    lines = (folder / "SMSSpamCollection.tsv").read_bytes().decode().rstrip().split("\n")
    labels, texts = zip(*(line.split("\t", 1) for line in lines))

    def inputs(rows, beside):
        tokens = json.loads(beside.with_suffix(".tokens.json").read_text())
        want(tokens["unit"] == "word", f"tokens of unit {tokens['unit']}")
        number = {token: at + 2 for at, token in enumerate(tokens["tokens"])}
        out = numpy.zeros((len(rows), tokens["length"]), numpy.int64)
        for at, row in enumerate(rows):
            for place, token in enumerate(words(texts[row])[: tokens["length"]]):
                out[at, place] = number.get(token, 1)
        return out

    return list(labels), None, inputs, [same_text(text) for text in texts]


def evaluator(path):
    """A function from inputs to probabilities, and who computes them."""
    try:
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return lambda x: session.run(["probabilities"], {"x": x})[0], f"onnxruntime {onnxruntime.__version__}"
    except ImportError:
        import onnx
        import onnx.reference

        session = onnx.reference.ReferenceEvaluator(str(path))
        return lambda x: session.run(["probabilities"], {"x": x})[0], f"onnx {onnx.__version__} reference"


def run_graph(path, x):
    run, who = evaluator(path)
    parts = [run(x[start : start + 256]) for start in range(0, len(x), 256)]
    return numpy.concatenate(parts), who


def audit(name, read, runs, evidence, folder, graph):
    labels, people, inputs, *groups = read(folder)
    files = [evidence / f"{name}-{run}.csv" for run in runs]
    there = {file.name for file in evidence.glob(f"{name}-*.csv")}
    want(there, f"no predictions in {evidence}")
    for file in files:
        want(file.name in there, f"no predictions {file.name}")
    strange = there - {file.name for file in files}
    want(not strange, f"predictions that are not among {runs[0]} to {runs[-1]}: {', '.join(sorted(strange))}")
    accuracies, whose, seen, owner, difference = [], None, [], {}, 0.0
    for file in files:
        with open(file, newline="") as lines:
            header, *table = csv.reader(lines)
        classes = header[3:]
        rows = [int(line[0]) for line in table]
        want(len(set(rows)) == len(rows), f"{file.name}: a row twice")
        want(all(line[2] == labels[row] for row, line in zip(rows, table)), f"{file.name}: a label not of the data set")
        if people is not None:
            want(all(line[1] == people[row] for row, line in zip(rows, table)), f"{file.name}: a person not of the row")
        if groups:
            for row in rows:
                want(owner.setdefault(groups[0][row], file.name) == file.name, f"{file.name}: row {row} repeats a text")
            seen += rows
        else:
            want(sorted(rows) == list(range(len(labels))), f"{file.name}: not every test row")
        probabilities = numpy.array([[float(cell) for cell in line[3:]] for line in table])
        sums = numpy.abs(probabilities.sum(axis=1) - 1)
        sound = numpy.isfinite(probabilities).all() and (probabilities >= 0).all() and (sums <= AGREE).all()
        want(sound, f"{file.name}: probabilities that are none")
        want(sorted(set(classes)) == sorted(classes) == sorted(set(labels)), f"{file.name}: classes not of the data set")
        if graph:
            found, whose = run_graph(file.with_suffix(".onnx"), inputs(rows, file))
            difference = max(difference, float(numpy.abs(found - probabilities).max()))
            want(numpy.isfinite(found).all(), f"{file.name}: the graph gives no numbers")
            want(difference <= AGREE, f"{file.name}: the graph gives other probabilities, by up to {difference}")
        best = probabilities.argmax(axis=1)
        accuracies.append(float(numpy.mean([classes[at] == labels[row] for at, row in zip(best, rows)])))
    if groups:
        want(sorted(seen) == list(range(len(labels))), f"{name}: the folds do not hold every message once")
    return {
        "example": name,
        "accuracies": accuracies,
        "mean": float(numpy.mean(accuracies)),
        "rows": len(labels),
        **({"graph": whose, "difference": difference} if graph else {}),
    }


def seeds(options):
    return [f"seed-{seed}" for seed in range(1, options.seeds + 1)]


def folds(_):
    return [f"fold-{fold}" for fold in range(1, 6)]


EXAMPLES = {
    "har-conv1d": ("uci-har", har, seeds),
    "optdigits-conv2d": ("optdigits", digits, seeds),
    "sms-textcnn": ("sms-spam", messages, folds),
}


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1, received {text}")
    return number


def main():
    beside = os.environ.get("TIDELINE_DATA")
    data = pathlib.Path(beside).parent if beside else ROOT.parent / "shared" / "data"
    parser = argparse.ArgumentParser()
    parser.add_argument("evidence", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=data)
    parser.add_argument("--only", choices=EXAMPLES)
    parser.add_argument("--seeds", type=at_least_one, default=3)
    parser.add_argument("--no-graph", action="store_true")
    options = parser.parse_args()
    status = 0
    for name, (folder, read, runs) in EXAMPLES.items():
        if options.only not in (None, name):
            continue
        try:
            data = options.data / folder
            result = audit(name, read, runs(options), options.evidence, data, not options.no_graph)
            print(json.dumps(result))
        except Broken as broken:
            print(f"{name}: {broken}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
