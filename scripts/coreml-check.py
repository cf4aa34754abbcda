"""Loads Core ML models with Apple's coremltools (scripts/requirements-coreml.txt) and says what it finds.

    coreml-check.py FOLDER

FOLDER holds *.mlmodel files and *.mlpackage folders. Prints a JSON object: for each of them by name {"version", "form",
"inputs", "outputs"}, of a program also {"opset", "operators", "weights"}: its operators are built anew, which checks every
type and shape that the file declares, and every weight is read. What fails is {"error": text}. coremltools runs models on
macOS only; but where NAME.json beside a package holds {input: [number or text, ...]}, "answers" are what coremltools' own
folding of constants, written in numpy, makes of them: a list for each output, or null where it knows an operator by its shape
alone ("unfolded" says why where it fails).
"""

import json
import logging
import math
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import coremltools as ct  # noqa: E402
import numpy as np  # noqa: E402
from coremltools.converters.mil.frontend.milproto import load as milproto  # noqa: E402
from coremltools.models.utils import load_spec  # noqa: E402


def program(spec, path):
    folder = path / "Data" / "com.apple.CoreML" / "weights"
    built = milproto.load(spec, spec.specificationVersion, file_weights_dir=str(folder))
    functions = spec.mlProgram.functions
    main = functions["main"]
    block = main.block_specializations[main.opset]
    weights = 0
    for operation in block.operations:
        for value in operation.attributes.values():
            weights += value.WhichOneof("value") == "blobFileValue"
    operators = [operation.type for operation in block.operations]
    # What is built has at least the operators whose results are read.
    assert len(list(built.functions["main"].operations)) > 0
    return {"opset": main.opset, "operators": len(operators), "weights": weights}


def plain(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def folded(spec, path, feed):
    """The outputs of a program whose inputs are made constants."""
    main = spec.mlProgram.functions["main"]
    block = main.block_specializations[main.opset]
    operations = list(block.operations)
    del block.operations[:]
    for given in main.inputs:
        const = block.operations.add(type="const")
        const.outputs.add().CopyFrom(given)
        name = const.attributes["name"]
        name.type.tensorType.dataType = 2
        name.immediateValue.tensor.strings.values.append(given.name)
        value = const.attributes["val"]
        value.type.CopyFrom(given.type)
        numbers = [float(one) for one in feed[given.name]]
        if given.type.tensorType.dataType == 11:
            value.immediateValue.tensor.floats.values.extend(numbers)
        else:
            value.immediateValue.tensor.ints.values.extend(int(one) for one in numbers)
    for operation in operations:
        block.operations.add().CopyFrom(operation)
    names = list(block.outputs)
    del main.inputs[:]
    folder = path / "Data" / "com.apple.CoreML" / "weights"
    built = milproto.load(spec, spec.specificationVersion, file_weights_dir=str(folder))
    answers = [output.val for output in built.functions["main"].outputs]
    return {
        name: None if answer is None else [plain(one) for one in np.asarray(answer).ravel()]
        for name, answer in zip(names, answers)
    }


def answered(path):
    feed = path.with_suffix(".json")
    if not feed.exists():
        return {}
    try:
        return {"answers": folded(load_spec(str(path)), path, json.loads(feed.read_text()))}
    except Exception as error:  # noqa: BLE001: folding in numpy knows less than the operators
        return {"unfolded": f"{type(error).__name__}: {error}"}


def check(path):
    spec = load_spec(str(path))
    # The model as an app would load it; without macOS that is the file and its description.
    ct.models.MLModel(str(path), skip_model_load=True)
    form = spec.WhichOneof("Type")
    found = {
        "version": spec.specificationVersion,
        "form": form,
        "inputs": [feature.name for feature in spec.description.input],
        "outputs": [feature.name for feature in spec.description.output],
    }
    return {**found, **(program(spec, path) if form == "mlProgram" else {}), **answered(path)}


def main():
    folder = Path(sys.argv[1])
    results = {}
    for path in sorted([*folder.glob("*.mlmodel"), *folder.glob("*.mlpackage")]):
        try:
            results[path.name] = check(path)
        except Exception as error:  # noqa: BLE001: whatever Apple's code raises is the finding
            results[path.name] = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(results))


main()
