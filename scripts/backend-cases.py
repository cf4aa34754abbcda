"""Writes ONNX's own published test cases of the operators named, as the package `onnx` makes and ships them.

Usage: python3 scripts/backend-cases.py DIRECTORY PART PARTS OPERATOR...

DIRECTORY/<kind>/<case>/model.onnx with test_data_set_<n>/input_<i>.pb and output_<i>.pb, the layout of the cases that
ONNX publishes. Cases of kind `node` are made by onnx.backend.test.case.node; the others lie in onnx/backend/test/data.
A case is written when every operator of its model is named, so that the others need no reader. Making them all takes
seconds; of PARTS parts only PART (0, 1, ...) is made. DIRECTORY/case.json lists the cases with their tolerances.
"""

import importlib
import json
import pathlib
import pkgutil
import shutil
import sys
import warnings

warnings.filterwarnings("ignore")  # NumPy's, about the overflows and infinities that some cases are about

import onnx  # noqa: E402
from onnx import numpy_helper  # noqa: E402
from onnx.backend.test.case import node as published  # noqa: E402

# Folders of the package's data whose models are stored; those of `light` and `real` are whole networks.
STORED = ("pytorch-converted", "pytorch-operator", "simple")


def tensor(value, info):
    """The value as bytes of a TensorProto; None for what is no tensor (a sequence, an optional, a map)."""
    if not info.type.HasField("tensor_type"):
        return None
    if isinstance(value, onnx.TensorProto):
        return value.SerializeToString()
    return numpy_helper.from_array(value, info.name).SerializeToString()


def main():
    folder, part, parts = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    operators = set(sys.argv[4:])
    mine = lambda items: sorted(items)[part::parts]
    written = {}
    # A module makes its cases when it is imported, and puts them into this list.
    for name in mine(module.name for module in pkgutil.iter_modules(published.__path__)):
        importlib.import_module(f"{published.__name__}.{name}")
    for case in published._NodeTestCases:
        model = case.model
        if not {node.op_type for node in model.graph.node} <= operators:
            continue
        target = folder / "node" / case.name
        target.mkdir(parents=True)
        (target / "model.onnx").write_bytes(model.SerializeToString())
        for at, (inputs, outputs) in enumerate(case.data_sets):
            data = target / f"test_data_set_{at}"
            data.mkdir()
            for prefix, values, infos in (("input", inputs, model.graph.input), ("output", outputs, model.graph.output)):
                for index, (value, info) in enumerate(zip(values, infos)):
                    content = tensor(value, info)
                    if content is not None:
                        (data / f"{prefix}_{index}.pb").write_bytes(content)
        written[f"node/{case.name}"] = {"rtol": case.rtol, "atol": case.atol}
    stored = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
    for kind in STORED:
        for source in mine((stored / kind).iterdir()):
            model = onnx.load(source / "model.onnx")
            if {node.op_type for node in model.graph.node} <= operators:
                shutil.copytree(source, folder / kind / source.name)
                written[f"{kind}/{source.name}"] = {"rtol": 1e-3, "atol": 1e-7}
    (folder / "case.json").write_text(json.dumps({"onnx": onnx.__version__, "cases": written}))


if __name__ == "__main__":
    main()
