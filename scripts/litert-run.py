"""Runs .tflite files with the real LiteRT runtime (scripts/requirements-litert.txt).

    litert-run.py FOLDER [--plain]

FOLDER holds cases.json: [{"file", "inputs": [{name: {"dtype", "dims", "values"}}, ...]}, ...]. Prints a JSON list: for each
case a list of runs, each {name: {"dtype", "dims", "values"}}, or {"error": text}. Numbers that JSON lacks are texts.
--plain leaves the default delegate out. What the runtime says goes to standard error untouched.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def number(value):
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return int(value) if isinstance(value, bool) else value


def run(signature, feed):
    details = signature.get_input_details()
    arrays = {}
    for name, given in feed.items():
        values = np.array([float(v) for v in given["values"]])
        arrays[name] = values.astype(details[name]["dtype"]).reshape(given["dims"])
    answers = {}
    for name, array in signature(**arrays).items():
        answers[name] = {
            "dtype": str(array.dtype),
            "dims": list(array.shape),
            "values": [number(v) for v in array.ravel()],
        }
    return answers


def main():
    folder = Path(sys.argv[1])
    resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if "--plain" in sys.argv else OpResolverType.AUTO
    results = []
    for case in json.loads((folder / "cases.json").read_text()):
        try:
            interpreter = Interpreter(
                str(folder / case["file"]), num_threads=1, experimental_op_resolver_type=resolver
            )
            signature = interpreter.get_signature_runner()
            results.append([run(signature, feed) for feed in case["inputs"]])
        except (ValueError, RuntimeError, KeyError) as error:
            results.append({"error": str(error)})
    print(json.dumps(results))


main()
