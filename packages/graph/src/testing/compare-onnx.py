"""Compares ONNX files pairwise: IN/NAME with OUT/NAME, as protobuf messages serialised deterministically. Attributes and
entries are maps by their keys, so their order does not count. With --collect, writes ONNX's own test models
into IN instead: "files" those that its package holds as files, "all" also those that it makes (thousands). Prints a JSON object: how many were equal, and the names of those that were not.

    python3 compare-onnx.py IN OUT
    python3 compare-onnx.py --collect files|all IN
"""
import json
import os
import sys
import warnings

import onnx
from google.protobuf.message import Message


def collect(folder, which):
    models = []
    if which == "all":
        warnings.filterwarnings("ignore")
        from onnx.backend.test.case.node import collect_testcases

        models = [(case.name, case.model.SerializeToString()) for case in collect_testcases(None) if case.model]
    root = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data")
    for path, _, names in sorted(os.walk(root)):
        for name in names:
            if name.endswith(".onnx"):
                file = os.path.join(path, name)
                with open(file, "rb") as stream:
                    models.append((os.path.relpath(file, root).replace(os.sep, "_"), stream.read()))
    for name, data in models:
        with open(os.path.join(folder, name), "wb") as stream:
            stream.write(data)


KEYS = {"StringStringEntryProto": lambda entry: (entry.key, entry.value), "AttributeProto": lambda entry: entry.name}


def normalise(message):
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        items = [value] if isinstance(value, Message) else list(value)
        for item in items:
            normalise(item)
        key = KEYS.get(field.message_type.name)
        if key is not None and not isinstance(value, Message):
            copies = [type(item).FromString(item.SerializeToString()) for item in sorted(items, key=key)]
            del value[:]
            value.extend(copies)
    return message


def load(path):
    with open(path, "rb") as stream:
        return normalise(onnx.ModelProto.FromString(stream.read())).SerializeToString(deterministic=True)


arguments = sys.argv[1:]
if arguments[0] == "--collect":
    collect(arguments[2], arguments[1])
else:
    before, after = arguments
    names = sorted(os.listdir(before))
    different = [name for name in names if load(os.path.join(before, name)) != load(os.path.join(after, name))]
    print(json.dumps({"equal": len(names) - len(different), "different": different}))
