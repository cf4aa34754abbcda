"""The Python side of `npm run bench -- formats`: other converters, and LiteRT for Python, one call a line.

{"do": "versions"}                           what is installed
{"do": "convert", "onnx", "folder", "rows"}  .tflite files by TensorFlow's converter: of the graph written in TensorFlow, and by onnx2tf;
                                             bytes of Core ML files by coremltools
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

PACKAGES = ["ai-edge-litert", "tensorflow-cpu", "tensorflow", "onnx2tf", "onnx", "coremltools", "numpy"]
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


def tree_nodes(named):
    """Nodes of a TreeEnsembleRegressor of one target as arrays: children are places among all nodes, those of leaves their own."""
    trees, numbers = named["nodes_treeids"], named["nodes_nodeids"]
    place = {key: at for at, key in enumerate(zip(trees, numbers))}
    leaf = np.array([mode == b"LEAF" for mode in named["nodes_modes"]])
    if set(named["nodes_modes"]) - {b"LEAF", b"BRANCH_LEQ"}:
        raise ValueError("trees that ask something else than <=")
    own = np.arange(len(trees))

    def child(which):
        to = [place[key] if not end else at for at, (key, end) in enumerate(zip(zip(trees, named[which]), leaf))]
        return np.array(to, dtype=np.int32)

    value = np.zeros(len(trees), dtype=np.float32)
    for tree, number, weight in zip(named["target_treeids"], named["target_nodeids"], named["target_weights"]):
        value[place[tree, number]] += weight
    return {
        "tree": np.array(trees, dtype=np.int32),
        "leaf": leaf,
        "feature": np.array(named["nodes_featureids"], dtype=np.int32),
        "threshold": np.array(named["nodes_values"], dtype=np.float32),
        "missing": np.array(named.get("nodes_missing_value_tracks_true", np.zeros(len(trees))), dtype=bool),
        "yes": np.where(leaf, own, child("nodes_truenodeids")).astype(np.int32),
        "no": np.where(leaf, own, child("nodes_falsenodeids")).astype(np.int32),
        "value": value,
        "roots": np.array([at for at, number in enumerate(numbers) if number == 0], dtype=np.int32),
    }


def tree_depth(nodes):
    at, depth = nodes["roots"], 0
    while not nodes["leaf"][at].all():
        at = np.unique(np.concatenate([nodes["yes"][at], nodes["no"][at]]))
        depth += 1
    return depth


def walk_trees(x, named):
    """All trees at once, a level at a time, by tf.gather."""
    import tensorflow as tf

    nodes = tree_nodes(named)
    at = tf.constant(nodes["roots"])
    for _ in range(tree_depth(nodes)):
        asked = tf.gather(x[0], tf.gather(nodes["feature"], at))
        goes = asked <= tf.gather(nodes["threshold"], at)
        if nodes["missing"].any():
            goes = goes | (tf.math.is_nan(asked) & tf.gather(nodes["missing"], at))
        at = tf.where(goes, tf.gather(nodes["yes"], at), tf.gather(nodes["no"], at))
    return tf.reshape(tf.reduce_sum(tf.gather(nodes["value"], at)), [1, 1])


def multiply_trees(x, named):
    """Every question asked, and the leaf found by products of matrices (Nakandala and others, Hummingbird, 2020)."""
    import tensorflow as tf

    nodes = tree_nodes(named)
    trees = len(nodes["roots"])
    asking = [np.flatnonzero((nodes["tree"] == tree) & ~nodes["leaf"]) for tree in range(trees)]
    leaves = [np.flatnonzero((nodes["tree"] == tree) & nodes["leaf"]) for tree in range(trees)]
    most = max(len(one) for one in asking)
    feature = np.zeros((trees, most), dtype=np.int32)
    threshold = np.zeros((trees, most), dtype=np.float32)
    missing = np.zeros((trees, most), dtype=bool)
    paths = np.zeros((trees, most, most + 1), dtype=np.float32)
    wanted = np.full((trees, most + 1), 1e6, dtype=np.float32)
    value = np.zeros((trees, most + 1), dtype=np.float32)
    for tree in range(trees):
        slot = {at: number for number, at in enumerate(asking[tree])}
        feature[tree, : len(slot)] = nodes["feature"][asking[tree]]
        threshold[tree, : len(slot)] = nodes["threshold"][asking[tree]]
        missing[tree, : len(slot)] = nodes["missing"][asking[tree]]
        value[tree, : len(leaves[tree])] = nodes["value"][leaves[tree]]
        number = {at: column for column, at in enumerate(leaves[tree])}
        todo = [(nodes["roots"][tree], [])]
        while todo:
            at, path = todo.pop()
            if at in number:
                for question, yes in path:
                    paths[tree, question, number[at]] = 1 if yes else -1
                wanted[tree, number[at]] = sum(yes for _, yes in path)
            else:
                todo.append((nodes["yes"][at], path + [(slot[at], True)]))
                todo.append((nodes["no"][at], path + [(slot[at], False)]))
    asked = tf.reshape(tf.gather(x[0], feature.ravel()), feature.shape)
    goes = asked <= threshold
    if missing.any():
        goes = goes | (tf.math.is_nan(asked) & missing)
    answers = tf.cast(goes, tf.float32)
    found = tf.equal(tf.matmul(answers[:, tf.newaxis, :], paths)[:, 0], wanted)
    return tf.reshape(tf.reduce_sum(tf.cast(found, tf.float32) * value), [1, 1])


def core_ml_trees(model, file):
    """Trees by coremltools' own builder, with a logistic function behind them where the graph has one."""
    from coremltools.models import tree_ensemble
    from coremltools.models.utils import save_spec
    from coremltools.models import datatypes

    [node] = [node for node in model.graph.node if node.op_type == "TreeEnsembleRegressor"]
    named = attributes(node)
    width = model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    builder = tree_ensemble.TreeEnsembleRegressor(
        [(model.graph.input[0].name, datatypes.Array(width))], model.graph.output[0].name
    )
    builder.set_default_prediction_value(0.0)
    if any(node.op_type == "Sigmoid" for node in model.graph.node):
        builder.set_post_evaluation_transform("Regression_Logistic")
    weights = dict(zip(zip(named["target_treeids"], named["target_nodeids"]), named["target_weights"]))
    missing = named.get("nodes_missing_value_tracks_true", [0] * len(named["nodes_modes"]))
    for at, mode in enumerate(named["nodes_modes"]):
        tree, number = named["nodes_treeids"][at], named["nodes_nodeids"][at]
        if mode == b"LEAF":
            builder.add_leaf_node(tree, number, float(weights[tree, number]))
        else:
            builder.add_branch_node(
                tree,
                number,
                named["nodes_featureids"][at],
                float(named["nodes_values"][at]),
                "BranchOnValueLessThanEqual",
                named["nodes_truenodeids"][at],
                named["nodes_falsenodeids"][at],
                missing_value_tracks_true_child=bool(missing[at]),
            )
    save_spec(builder.spec, file)
    return {"mlmodel": Path(file).stat().st_size}


def core_ml_program(concrete, folder):
    """Bytes of ML Programs of the graph as TensorFlow has it, of every precision."""
    import coremltools as ct
    import coremltools.optimize.coreml as shrink

    def size(model, name):
        path = Path(folder) / f"{name}.mlpackage"
        model.save(str(path))
        return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())

    def converted(precision):
        return ct.convert(
            [concrete],
            source="tensorflow",
            convert_to="mlprogram",
            compute_precision=precision,
            minimum_deployment_target=ct.target.iOS16,
            skip_model_load=True,
        )

    whole = converted(ct.precision.FLOAT32)
    linear = shrink.OptimizationConfig(shrink.OpLinearQuantizerConfig(mode="linear_symmetric"))
    palette = shrink.OptimizationConfig(shrink.OpPalettizerConfig(mode="kmeans", nbits=4))
    made = {"mlpackage": size(whole, "float32")}
    made["mlpackage-float16"] = size(converted(ct.precision.FLOAT16), "float16")
    made["mlpackage-int8"] = size(shrink.linear_quantize_weights(whole, linear), "int8")
    try:
        made["mlpackage-palettised"] = size(shrink.palettize_weights(whole, palette), "palettised")
    except ImportError:
        pass  # Its palettes want scikit-learn of an older release.
    return made


def tensorflow_function(model, dims, trees=walk_trees):
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
        "Sigmoid": lambda node, named, x: tf.sigmoid(x),
        "Softmax": lambda node, named, x: tf.nn.softmax(x, axis=named.get("axis", -1)),
        "Split": lambda node, named, x, sizes: tf.split(x, [int(size) for size in sizes], axis=named.get("axis", 0)),
        "Sqrt": lambda node, named, x: tf.sqrt(x),
        "Sub": lambda node, named, a, b: a - b,
        "Transpose": lambda node, named, x: tf.transpose(x, named["perm"]),
        "TreeEnsembleRegressor": lambda node, named, x: trees(x, named),
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
    made, bytes_of, errors = {}, {}, {}

    def attempt(writer, make, into):
        try:
            into[writer] = make()
        except (Exception, SystemExit) as error:
            errors[writer] = f"{type(error).__name__}: {error}"[:300]

    model = onnx.load(onnx_file)
    has_trees = any(node.op_type == "TreeEnsembleRegressor" for node in model.graph.node)

    def written(writer, **options):
        function = tensorflow_function(model, values["dims"], **options)
        concrete = function.get_concrete_function()
        make = lambda: tf.lite.TFLiteConverter.from_concrete_functions([concrete], function)
        return write_all(make, writer, folder, values)

    def program():
        return core_ml_program(tensorflow_function(model, values["dims"]).get_concrete_function(), folder)

    attempt("tensorflow", lambda: written("tensorflow"), made)
    if has_trees:
        attempt("tensorflow by matrices", lambda: written("matrices", trees=multiply_trees), made)
        attempt("coremltools", lambda: core_ml_trees(model, str(Path(folder) / "trees.mlmodel")), bytes_of)
    else:
        attempt("coremltools", program, bytes_of)

    def through_onnx2tf():
        import onnx2tf

        # With a batch of one it takes the first convolution for one of 16 groups (1.28.8), a sixteenth of the work: the batch
        # stays open, and one row is what it is called with. It turns inputs to channels last unless told not to, which
        # makes faster files of these: ours take the windows as they come, so the turning is in front of it.
        saved = str(Path(folder) / "saved")
        onnx2tf.convert(
            input_onnx_file_path=onnx_file, output_folder_path=saved, non_verbose=True, output_signaturedefs=True
        )
        loaded = tf.saved_model.load(saved)
        signature = loaded.signatures["serving_default"]
        rank = len(values["dims"])
        turn = [0, *range(2, rank), 1] if rank > 2 else list(range(rank))

        def call(x):
            return signature(**{given: tf.transpose(x, turn) if rank > 2 else x})

        function = tf.function(call, input_signature=[tf.TensorSpec([1] + values["dims"][1:], tf.float32, name=given)])
        concrete = function.get_concrete_function()
        make = lambda: tf.lite.TFLiteConverter.from_concrete_functions([concrete], loaded)
        return write_all(make, "onnx2tf", folder, values)

    attempt("onnx2tf", through_onnx2tf, made)
    return {"files": made, "bytes": bytes_of, "errors": errors}


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
    except (Exception, SystemExit) as error:
        reply = {"error": f"{type(error).__name__}: {error}"[:500]}
    print(json.dumps(reply), flush=True)
