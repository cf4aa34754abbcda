"""The Python side of `npm run bench -- formats`: other converters, and LiteRT for Python, one call a line.

{"do": "versions"}                           what is installed
{"do": "convert", "onnx", "folder"}          the .tflite files that onnx2tf with TensorFlow's converter makes, and coremltools' bytes
{"do": "open", "file", "rows", "width"}      loads a .tflite file; answers with {"file": id, "loadMs", "peakBytes"}
{"do": "time", "file", "runs"}               microseconds of each run of one row
{"do": "close", "file"}
"""

import gc
import importlib
import io
import json
import os
import sys
import time
from contextlib import redirect_stdout
from importlib import metadata
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
import numpy as np  # noqa: E402

PACKAGES = ["ai-edge-litert", "tensorflow-cpu", "tensorflow", "onnx2tf", "onnx", "numpy"]
files = {}


def memory(which):
    for line in open("/proc/self/status"):
        if line.startswith(which):
            return int(line.split()[1]) * 1024
    raise KeyError(which)


def versions():
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return found


def convert(onnx_file, folder, rows):
    for name in ("onnx2tf", "tensorflow"):
        try:
            importlib.import_module(name)
        except ImportError as error:
            return {"error": f"{error}"}
    import onnx2tf
    import tensorflow as tf

    saved = Path(folder) / "saved"
    onnx2tf.convert(
        input_onnx_file_path=onnx_file,
        output_folder_path=str(saved),
        non_verbose=True,
        batch_size=1,
        keep_shape_absolutely_input_names=[name for name in rows],
        output_signaturedefs=True,
    )
    made = {}

    def write(precision, change):
        converter = tf.lite.TFLiteConverter.from_saved_model(str(saved))
        change(converter)
        path = Path(folder) / f"peer.{precision}.tflite"
        path.write_bytes(converter.convert())
        made[precision] = str(path)

    def half(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]

    def dynamic(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]

    def integer(converter):
        dynamic(converter)
        [(_, values)] = rows.items()
        samples = np.array(values["values"], dtype=np.float32).reshape([-1, 1] + values["dims"][1:])
        converter.representative_dataset = lambda: ([sample] for sample in samples)

    write("float32", lambda converter: None)
    write("float16", half)
    write("dynamic-int8", dynamic)
    write("int8", integer)
    return {"files": made}


def open_file(file, rows):
    from ai_edge_litert.interpreter import Interpreter

    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    began = time.perf_counter()
    interpreter = Interpreter(file, num_threads=1)
    interpreter.allocate_tensors()
    [given] = interpreter.get_input_details()
    [(_, values)] = rows.items()
    data = np.array(values["values"], dtype=np.float32).reshape([-1] + list(given["shape"]))
    outputs = [one["index"] for one in interpreter.get_output_details()]

    def run(index):
        interpreter.set_tensor(given["index"], data[index % len(data)])
        interpreter.invoke()
        return [interpreter.get_tensor(one) for one in outputs]

    first = run(0)
    loaded = (time.perf_counter() - began) * 1000
    peak = max(0, memory("VmHWM") - before)
    number = len(files)
    files[number] = run
    return {"file": number, "loadMs": loaded, "peakBytes": peak, "first": [one.ravel().tolist() for one in first]}


def time_runs(number, runs):
    run = files[number]
    times = []
    for index in range(runs):
        start = time.perf_counter()
        run(index)
        times.append((time.perf_counter() - start) * 1e6)
    return {"times": times}


def answer(call):
    match call["do"]:
        case "versions":
            return versions()
        case "convert":
            return convert(call["onnx"], call["folder"], call["rows"])
        case "open":
            return open_file(call["file"], call["rows"])
        case "time":
            return time_runs(call["file"], call["runs"])
        case "close":
            files.pop(call["file"])
            return {}


for line in sys.stdin:
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            reply = answer(json.loads(line))
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"[:500]}
    print(json.dumps(reply), flush=True)
