"""The Python side of `npm run bench -- formats`: other converters, and LiteRT for Python, one call a line.

{"do": "versions"}                           what is installed
{"do": "convert", "onnx", "folder", "rows"}  .tflite files by TensorFlow's converter: of the graph written in TensorFlow, and by onnx2tf
{"do": "open", "file", "rows"}               loads a .tflite file; answers with {"file": id, "loadMs", "peakBytes", "first"}
{"do": "time", "file", "runs"}               microseconds of each run of one row
{"do": "close", "file"}
"""

import gc
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


def attributes(node):
    import onnx

    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def tensorflow_function(model, dims):
    """The graph as a function of TensorFlow, operator by operator, as somebody would write it there."""
    import onnx
    import tensorflow as tf

    constants = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    [given] = [one.name for one in model.graph.input if one.name not in constants]

    def axes_of(node, named, values):
        if "axes" in named:
            return list(named["axes"])
        return [int(axis) for axis in constants[node.input[1]]] if len(node.input) > 1 else None

    def conv(x, weights, bias, named):
        # [N, C, L] in ONNX; TensorFlow wants channels last.
        begin, end = named.get("pads", [0, 0])
        x = tf.pad(tf.transpose(x, [0, 2, 1]), [[0, 0], [begin, end], [0, 0]])
        y = tf.nn.conv1d(x, np.transpose(weights, [2, 1, 0]), named.get("strides", [1])[0], "VALID")
        return tf.transpose(y if bias is None else y + bias, [0, 2, 1])

    def pool(x, named):
        y = tf.nn.max_pool1d(tf.transpose(x, [0, 2, 1]), named["kernel_shape"][0], named.get("strides", [1])[0], "VALID")
        return tf.transpose(y, [0, 2, 1])

    def normal(x, scale, bias, mean, variance, epsilon):
        factor = scale / np.sqrt(variance + epsilon)
        shape = [1, -1] + [1] * (len(x.shape) - 2)
        return x * factor.reshape(shape) + (bias - mean * factor).reshape(shape)

    def part(x, starts, ends, axes, steps):
        cuts = [slice(None)] * len(x.shape)
        for start, end, axis, step in zip(starts, ends, axes, steps):
            cuts[axis] = slice(int(start), min(int(end), x.shape[axis]), int(step))
        return x[tuple(cuts)]

    def reduce(of):
        return lambda node, named, x, *_: of(x, axis=axes_of(node, named, x), keepdims=bool(named.get("keepdims", 1)))

    rules = {
        "Abs": lambda node, named, x: tf.abs(x),
        "Add": lambda node, named, a, b: a + b,
        "BatchNormalization": lambda node, named, *x: normal(*x, named.get("epsilon", 1e-5)),
        "Concat": lambda node, named, *x: tf.concat(x, named["axis"]),
        "Conv": lambda node, named, x, w, b=None: conv(x, w, b, named),
        "Gather": lambda node, named, x, places: tf.gather(x, places, axis=named.get("axis", 0)),
        "Gemm": lambda node, named, x, w, b: tf.matmul(x, w, transpose_b=bool(named.get("transB", 0))) + b,
        "Log": lambda node, named, x: tf.math.log(x),
        "MatMul": lambda node, named, a, b: tf.matmul(a, b),
        "MaxPool": lambda node, named, x: pool(x, named),
        "Mul": lambda node, named, a, b: a * b,
        "ReduceMax": reduce(tf.reduce_max),
        "ReduceMean": reduce(tf.reduce_mean),
        "ReduceMin": reduce(tf.reduce_min),
        "ReduceSum": reduce(tf.reduce_sum),
        "Relu": lambda node, named, x: tf.nn.relu(x),
        "Reshape": lambda node, named, x, dims: tf.reshape(x, [1] + [int(dim) for dim in dims[1:]]),
        "Slice": lambda node, named, x, starts, ends, axes, steps=None: part(
            x, starts, ends, axes, [1] * len(starts) if steps is None else steps
        ),
        "Softmax": lambda node, named, x: tf.nn.softmax(x, axis=named.get("axis", -1)),
        "Split": lambda node, named, x, sizes: tf.split(x, [int(size) for size in sizes], axis=named.get("axis", 0)),
        "Sqrt": lambda node, named, x: tf.sqrt(x),
        "Sub": lambda node, named, a, b: a - b,
        "Transpose": lambda node, named, x: tf.transpose(x, named["perm"]),
    }

    def call(x):
        values = dict(constants)
        values[given] = x
        for node in model.graph.node:
            made = rules[node.op_type](node, attributes(node), *(values[name] for name in node.input if name))
            values.update(zip(node.output, made if isinstance(made, (list, tuple)) else [made]))
        return {one.name: values[one.name] for one in model.graph.output}

    return tf.function(call, input_signature=[tf.TensorSpec([1] + dims[1:], tf.float32, name=given)])


def write_all(make, name, folder, values):
    """Files of every precision by TensorFlow's converter."""
    import tensorflow as tf

    samples = np.array(values["values"], dtype=np.float32).reshape([-1, 1] + values["dims"][1:])

    def half(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]

    def dynamic(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]

    def integer(converter):
        dynamic(converter)
        converter.representative_dataset = lambda: ([sample] for sample in samples)

    made = {}
    for precision, change in {
        "float32": lambda converter: None,
        "float16": half,
        "dynamic-int8": dynamic,
        "int8": integer,
    }.items():
        converter = make()
        change(converter)
        path = Path(folder) / f"{name}.{precision}.tflite"
        path.write_bytes(converter.convert())
        made[precision] = str(path)
    return made


def convert(onnx_file, folder, rows):
    import onnx
    import tensorflow as tf

    [(given, values)] = rows.items()
    made, errors = {}, {}
    try:
        function = tensorflow_function(onnx.load(onnx_file), values["dims"])
        concrete = function.get_concrete_function()
        make = lambda: tf.lite.TFLiteConverter.from_concrete_functions([concrete], function)
        made["tensorflow"] = write_all(make, "tensorflow", folder, values)
    except Exception as error:
        errors["tensorflow"] = f"{type(error).__name__}: {error}"[:300]
    try:
        import onnx2tf

        saved = str(Path(folder) / "saved")
        onnx2tf.convert(
            input_onnx_file_path=onnx_file,
            output_folder_path=saved,
            non_verbose=True,
            batch_size=1,
            keep_shape_absolutely_input_names=[given],
            output_signaturedefs=True,
        )
        make = lambda: tf.lite.TFLiteConverter.from_saved_model(saved)
        made["onnx2tf"] = write_all(make, "onnx2tf", folder, values)
    except Exception as error:
        errors["onnx2tf"] = f"{type(error).__name__}: {error}"[:300]
    return {"files": made, "errors": errors}


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
