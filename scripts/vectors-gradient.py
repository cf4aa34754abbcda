"""Writes what PyTorch answers in double precision: values and gradients of operators, and of losses.

Usage: python3 scripts/vectors-gradient.py [DIRECTORY]   (default: vectors beside this script's parent)
Needs the packages of scripts/requirements-torch.txt. The tests compare with the committed files; one of them runs this
script again where torch is installed.

DIRECTORY/graph/gradient/<family>.json is a list of cases, each a small ONNX graph and its numbers, row-major:

    name        what is unusual about it
    nodes       [{ op, inputs, attributes, outputs }]; an input is a value's name, null (left out), or a constant:
                { "ints": [...] } (int64 vector), { "int": 1 } or { "float": 0.5 } (a number of the type named, [] dims)
    inputs      name -> { dims, values, elementType }; float64 unless said
    outputs     name -> { dims, values }
    weights     output -> values; the loss is the sum of all outputs times these weights
    gradients   input -> values; of that loss, for each floating input that PyTorch differentiates

DIRECTORY/learn/loss/<loss>.json is a list of cases of a loss over a batch, each row counted by its own weight:

    name, options       how the loss was configured, with PyTorch's names (label_smoothing, delta, margin, weight, ...)
    scores, target      { dims, values }; class indices for cross_entropy, else numbers like the scores
    rows                the loss of each row (reduction "none"; the mean over a row's further axes)
    rowWeight           a weight for each row, 0 for one that only fills the batch
    weighted            sum(rowWeight * rows) / sum(rowWeight): what a training step minimises. Class weights scale
                        `rows` and do not enter the divisor
    weightedGradient    of `weighted` with respect to the scores
    mean, meanGradient  PyTorch's reduction "mean" of the whole batch, whatever it divides by, rows unweighted
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def numbers(tensor):
    """Twelve digits: a millionth of what the tests allow."""
    if not tensor.is_floating_point():
        return tensor.flatten().tolist()
    return [float(f"{value:.12g}") for value in tensor.flatten().tolist()]


class Family:
    """The cases of one file. The numbers of a case depend on its family's seed and those before it."""

    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)
        self.cases = []

    def x(self, *dims, low=-2.0, high=2.0):
        """Numbers of three decimals, no two alike and none near 0, so that no corner is met."""
        count = math.prod(dims)
        steps = torch.arange(count) + 0.5 + 0.4 * (torch.rand(count, generator=self.random) - 0.5)
        values = low + (high - low) * steps / max(count, 1)
        values = torch.round(values[torch.randperm(count, generator=self.random)] * 1000) / 1000
        values[values == 0] = 0.0005
        return values.reshape(dims).requires_grad_()

    def ints(self, *dims, high):
        return torch.randint(0, high, dims, generator=self.random)

    def case(self, name, nodes, inputs, compute):
        """`compute` takes the inputs by name and gives the outputs of the last node, in order."""
        outputs = compute(**inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        names = nodes[-1]["outputs"][: len(outputs)]
        weights = [
            torch.round(torch.rand(out.shape, generator=self.random) * 16 - 8) / 8 + 1 / 16 for out in outputs
        ]
        loss = sum((out * weight).sum() for out, weight in zip(outputs, weights))
        wrt = {key: value for key, value in inputs.items() if value.requires_grad}
        gradients = torch.autograd.grad(loss, list(wrt.values()))
        self.cases.append(
            {
                "name": name,
                "nodes": nodes,
                "inputs": {key: described(value) for key, value in inputs.items()},
                "outputs": {key: described(out) for key, out in zip(names, outputs)},
                "weights": {key: numbers(weight) for key, weight in zip(names, weights)},
                "gradients": {key: numbers(value) for key, value in zip(wrt, gradients)},
            }
        )

    def op(self, op, inputs, compute, name=None, outputs=1, constants=(), **attributes):
        """One operator on inputs a, b, c, ...; None is left out."""
        given = {chr(97 + at): value for at, value in enumerate(inputs) if value is not None}
        listed = [None if value is None else chr(97 + at) for at, value in enumerate(inputs)]
        made = ["y"] if outputs == 1 else [f"y{at}" for at in range(outputs)]
        self.case(
            name or op,
            [node(op, [*listed, *constants], made, **attributes)],
            given,
            lambda **values: compute(*values.values()),
        )


def node(op, inputs, outputs, **attributes):
    return {"op": op, "inputs": inputs, "attributes": attributes, "outputs": outputs}


def described(tensor):
    plain = {"dims": list(tensor.shape), "values": numbers(tensor.detach())}
    if tensor.dtype == torch.bool:
        return {**plain, "values": [int(value) for value in plain["values"]], "elementType": "bool"}
    return plain if tensor.is_floating_point() else {**plain, "elementType": "int64"}


def ints(*values):
    return {"ints": list(values)}


def elementwise():
    f = Family(1)
    one = (2, 3)
    for op, compute in {
        "Abs": torch.abs, "Neg": torch.neg, "Exp": torch.exp, "Sin": torch.sin, "Cos": torch.cos,
        "Atan": torch.atan, "Sinh": torch.sinh, "Cosh": torch.cosh, "Asinh": torch.asinh, "Tanh": torch.tanh,
        "Sigmoid": torch.sigmoid, "Relu": torch.relu, "Erf": torch.erf, "Softplus": F.softplus,
        "Softsign": F.softsign, "Selu": F.selu, "Mish": F.mish, "Gelu": F.gelu,
    }.items():  # fmt: skip
        f.op(op, [f.x(*one)], compute)
    f.op("HardSwish", [f.x(9, low=-5, high=5)], F.hardswish)
    for op, compute in {"Log": torch.log, "Sqrt": torch.sqrt, "Reciprocal": torch.reciprocal}.items():
        f.op(op, [f.x(*one, low=0.2, high=4)], compute)
    for op, compute in {"Asin": torch.asin, "Acos": torch.acos, "Atanh": torch.atanh, "Tan": torch.tan}.items():
        f.op(op, [f.x(*one, low=-0.9, high=0.9)], compute)
    f.op("Acosh", [f.x(*one, low=1.2, high=4)], torch.acosh)
    f.op("Gelu", [f.x(*one)], lambda a: F.gelu(a, approximate="tanh"), "Gelu by tanh", approximate="tanh")
    f.op("LeakyRelu", [f.x(*one)], lambda a: F.leaky_relu(a, 0.125), alpha=0.125)
    f.op("Elu", [f.x(*one)], lambda a: F.elu(a, 0.75), alpha=0.75)
    f.op("Celu", [f.x(*one)], lambda a: F.celu(a, 0.75), alpha=0.75)
    f.op("ThresholdedRelu", [f.x(*one)], lambda a: F.threshold(a, 0.5, 0.0), alpha=0.5)
    f.op("HardSigmoid", [f.x(9, low=-5, high=5)], lambda a: (a * 0.25 + 0.5).clamp(0, 1), alpha=0.25, beta=0.5)
    f.op("PRelu", [f.x(2, 3, 2), f.x(3, 1)], lambda a, b: torch.where(a > 0, a, a * b), "PRelu by channel")
    f.op("Clip", [f.x(*one), torch.tensor(-1.0), torch.tensor(0.75)], lambda a, b, c: a.clamp(b, c))
    for op, compute in {
        "Add": torch.add, "Sub": torch.sub, "Mul": torch.mul, "Div": torch.div,
        "Max": torch.maximum, "Min": torch.minimum, "Mod": torch.fmod,
    }.items():  # fmt: skip
        more = {"fmod": 1} if op == "Mod" else {}
        f.op(op, [f.x(2, 1, 3), f.x(4, 1, low=0.4, high=1.9)], compute, f"{op}, broadcast", **more)
    f.op("Pow", [f.x(2, 3, low=0.3, high=2), f.x(3)], torch.pow, "Pow, broadcast")
    f.op("Pow", [f.x(2, 3), torch.tensor(3.0)], torch.pow, "Pow, a negative base")
    three = lambda: [f.x(2, 3), f.x(3), f.x(2, 1)]
    f.op("Sum", three(), lambda a, b, c: a + b + c)
    f.op("Mean", three(), lambda a, b, c: (a + b + c) / 3)
    chosen = torch.tensor([[True, False, True], [False, True, True]])
    f.op("Where", [chosen, f.x(3), f.x(2, 1)], torch.where)
    return f.cases


def matrix():
    f = Family(2)
    for a, b in [((2, 3), (3, 4)), ((3,), (3, 2)), ((2, 3), (3,)), ((3,), (3,)), ((2, 1, 2, 3), (2, 3, 2))]:
        f.op("MatMul", [f.x(*a), f.x(*b)], torch.matmul, f"MatMul {list(a)} {list(b)}")
    f.op(
        "Gemm", [f.x(3, 2), f.x(4, 3), f.x(4)], lambda a, b, c: 0.5 * a.T @ b.T + 2 * c, "Gemm, both turned",
        transA=1, transB=1, alpha=0.5, beta=2.0,
    )  # fmt: skip
    f.op("Gemm", [f.x(2, 3), f.x(3, 4), f.x(2, 1)], lambda a, b, c: a @ b + c, "Gemm, a column added")
    f.op(
        "Einsum", [f.x(2, 3, 2), f.x(2, 4, 2)], lambda a, b: torch.einsum("bij,bkj->bik", a, b),
        equation="bij,bkj->bik",
    )  # fmt: skip
    return f.cases


def reduction():
    f = Family(3)
    forms = {
        "ReduceSum": torch.sum,
        "ReduceMean": torch.mean,
        "ReduceMax": torch.amax,
        "ReduceMin": torch.amin,
        "ReduceL1": lambda x, dim, keepdim: x.abs().sum(dim, keepdim),
        "ReduceL2": lambda x, dim, keepdim: (x * x).sum(dim, keepdim).sqrt(),
        "ReduceSumSquare": lambda x, dim, keepdim: (x * x).sum(dim, keepdim),
        "ReduceLogSum": lambda x, dim, keepdim: x.sum(dim, keepdim).log(),
        "ReduceLogSumExp": torch.logsumexp,
    }
    for op, compute in forms.items():
        low = 0.1 if op == "ReduceLogSum" else -2
        for axes, keep in [((1,), 1), ((0, 2), 0), ((0, 1, 2), 0)]:
            f.op(
                op, [f.x(2, 3, 2, low=low)], lambda a: compute(a, dim=axes, keepdim=keep == 1),
                f"{op} over {list(axes)}", constants=[ints(*axes)], keepdims=keep,
            )  # fmt: skip
    f.op("ReduceProd", [f.x(2, 3, 2)], lambda a: a.prod(1), constants=[ints(1)], keepdims=0)
    f.op("CumSum", [f.x(2, 4)], lambda a: a.cumsum(1), constants=[{"int": 1}])
    f.op(
        "CumSum", [f.x(2, 4)], lambda a: a.flip(1).cumsum(1).flip(1) - a, "CumSum, exclusive, from the end",
        constants=[{"int": 1}], exclusive=1, reverse=1,
    )  # fmt: skip
    f.op("TopK", [f.x(2, 5)], lambda a: (a.topk(2, 1)[0],), outputs=2, constants=[ints(2)], axis=1)
    for axis in (0, 1, -1):
        f.op("Softmax", [f.x(2, 3, 2)], lambda a: a.softmax(axis), f"Softmax, axis {axis}", axis=axis)
        f.op("LogSoftmax", [f.x(2, 3, 2)], lambda a: a.log_softmax(axis), f"LogSoftmax, axis {axis}", axis=axis)
    return f.cases


def shape():
    f = Family(4)
    x = lambda: f.x(2, 3, 4)
    f.op("Reshape", [x()], lambda a: a.reshape(4, 6), constants=[ints(4, -1)])
    f.op("Flatten", [x()], lambda a: a.reshape(6, 4), axis=2)
    f.op("Transpose", [x()], lambda a: a.permute(2, 0, 1), perm=[2, 0, 1])
    f.op("Squeeze", [f.x(2, 1, 3, 1)], lambda a: a.squeeze(1), constants=[ints(1)])
    f.op("Unsqueeze", [f.x(2, 3)], lambda a: a[:, None, :, None], constants=[ints(1, 3)])
    f.op("Expand", [f.x(3, 1)], lambda a: a.expand(2, 3, 4), constants=[ints(2, 3, 4)])
    f.op("Tile", [f.x(2, 3)], lambda a: a.repeat(2, 2), constants=[ints(2, 2)])
    f.op("Identity", [x()], lambda a: a * 1)
    f.op("Concat", [f.x(2, 1), f.x(2, 3), f.x(2, 2)], lambda *all: torch.cat(all, 1), axis=1)
    f.op("Split", [f.x(2, 5)], lambda a: a.split([1, 4], 1), outputs=2, constants=[ints(1, 4)], axis=1)
    f.op(
        "Slice", [x()], lambda a: a[:, 0:3:2, 1:4], "Slice by steps",
        constants=[ints(0, 1), ints(3, 4), ints(1, 2), ints(2, 1)],
    )  # fmt: skip
    f.op(
        "Slice", [f.x(5)], lambda a: a[1:].flip(0), "Slice backwards",
        constants=[ints(-1), ints(0), ints(0), ints(-1)],
    )  # fmt: skip
    rows = torch.tensor([[0, 2], [2, 1]])
    f.op("Gather", [f.x(4, 3), rows], lambda a, b: a[b], "Gather rows, one twice", axis=0)
    f.op("Gather", [x(), rows], lambda a, b: a[:, b], "Gather along axis 1", axis=1)
    f.op("GatherElements", [f.x(3, 2), rows], lambda a, b: a.gather(0, b), axis=0)
    f.op("GatherND", [f.x(3, 3), rows], lambda a, b: a[b[:, 0], b[:, 1]])
    f.op(
        "ScatterElements", [f.x(3, 2), rows, f.x(2, 2)], lambda a, b, c: a.scatter_add(0, b, c),
        axis=0, reduction="add",
    )  # fmt: skip
    f.op(
        "ScatterND", [f.x(3, 2), torch.tensor([[2], [0], [2]]), f.x(3, 2)],
        lambda a, b, c: a.index_add(0, b[:, 0], c), reduction="add",
    )  # fmt: skip
    for mode in ("reflect", "edge"):
        f.op(
            "Pad", [f.x(1, 2, 4)], lambda a: F.pad(a, (2, 1), mode="replicate" if mode == "edge" else mode),
            f"Pad, {mode}", constants=[ints(0, 0, 2, 0, 0, 1)], mode=mode,
        )  # fmt: skip
    f.op("Pad", [f.x(2, 3)], lambda a: F.pad(a, (2, 1, 0, 1)), constants=[ints(0, 2, 1, 1)])
    f.op("Trilu", [f.x(3, 4)], lambda a: a.triu(1), constants=[{"int": 1}], upper=1)
    f.op("DepthToSpace", [f.x(1, 8, 2, 2)], lambda a: F.pixel_shuffle(a, 2), blocksize=2, mode="CRD")
    f.op("SpaceToDepth", [f.x(1, 1, 4, 4)], lambda a: F.pixel_unshuffle(a, 2), blocksize=2)
    f.op(
        "Resize", [f.x(1, 1, 2, 3)], lambda a: F.interpolate(a, (4, 6), mode="bilinear"), "Resize, linear",
        constants=[None, None, ints(1, 1, 4, 6)], mode="linear",
    )  # fmt: skip
    f.op(
        "Resize", [f.x(1, 1, 2, 3)], lambda a: F.interpolate(a, (4, 6), mode="nearest"), "Resize, nearest",
        constants=[None, None, ints(1, 1, 4, 6)], mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )  # fmt: skip
    return f.cases


def network():
    f = Family(5)
    conv = [F.conv1d, F.conv2d]
    for name, x, w, bias, more in [
        ("1-D", (2, 3, 8), (4, 3, 3), True, {}),
        ("1-D, padded, strided", (2, 3, 9), (4, 3, 4), True, dict(padding=2, stride=2)),
        ("1-D, dilated", (1, 2, 9), (3, 2, 3), False, dict(padding=1, dilation=2)),
        ("1-D, depthwise", (2, 4, 7), (4, 1, 3), True, dict(padding=1, groups=4)),
        ("2-D", (2, 2, 5, 5), (3, 2, 3, 3), True, {}),
        ("2-D, padded, strided", (1, 2, 6, 5), (3, 2, 3, 2), True, dict(padding=(1, 0), stride=(2, 1))),
        ("2-D, dilated, strided", (1, 2, 7, 7), (2, 2, 2, 3), False, dict(stride=2, dilation=(3, 2))),
        ("2-D, grouped", (2, 4, 4, 4), (6, 2, 2, 3), True, dict(padding=1, groups=2)),
        ("2-D, depthwise, strided", (1, 3, 6, 6), (3, 1, 3, 3), True, dict(padding=1, stride=2, groups=3)),
        ("2-D, depthwise, two for one", (1, 2, 4, 4), (4, 1, 3, 3), False, dict(groups=2)),
        ("2-D, pointwise", (2, 3, 3, 3), (4, 3, 1, 1), True, {}),
    ]:
        sliding(f, "Conv", name, conv[len(x) - 3], x, w, w[0], bias, more)
    turned = [F.conv_transpose1d, F.conv_transpose2d]
    for name, x, w, bias, more in [
        ("1-D, strided", (2, 3, 4), (3, 2, 3), True, dict(stride=2)),
        ("1-D, padded, more at the end", (1, 2, 4), (2, 3, 3), True, dict(stride=2, padding=1, output_padding=1)),
        ("2-D", (1, 2, 3, 3), (2, 3, 2, 3), True, {}),
        ("2-D, grouped, strided", (1, 4, 3, 3), (4, 2, 3, 3), True, dict(stride=2, padding=1, groups=2)),
        ("2-D, dilated", (1, 2, 3, 4), (2, 2, 2, 2), False, dict(dilation=2)),
    ]:
        outputs = w[1] * more.get("groups", 1)
        sliding(f, "ConvTranspose", name, turned[len(x) - 3], x, w, outputs, bias, more)
    f.op(
        "MaxPool", [f.x(2, 2, 7)], lambda a: F.max_pool1d(a, 3, 2, 1), "MaxPool, 1-D, overlapping",
        kernel_shape=[3], strides=[2], pads=[1, 1],
    )  # fmt: skip
    f.op(
        "MaxPool", [f.x(1, 2, 5, 6)], lambda a: F.max_pool2d(a, (2, 3), (1, 2), dilation=(2, 1)),
        "MaxPool, 2-D, dilated", kernel_shape=[2, 3], strides=[1, 2], dilations=[2, 1],
    )  # fmt: skip
    f.op("MaxPool", [f.x(1, 1, 4, 4)], lambda a: F.max_pool2d(a, 2), kernel_shape=[2, 2], strides=[2, 2])
    for include in (0, 1):
        f.op(
            "AveragePool", [f.x(1, 2, 5, 4)],
            lambda a: F.avg_pool2d(a, (3, 2), (2, 1), 1, count_include_pad=include == 1),
            f"AveragePool, padding {'counted' if include else 'left out'}",
            kernel_shape=[3, 2], strides=[2, 1], pads=[1, 1, 1, 1], count_include_pad=include,
        )  # fmt: skip
    f.op("AveragePool", [f.x(2, 1, 6)], lambda a: F.avg_pool1d(a, 2), kernel_shape=[2], strides=[2])
    f.op("GlobalAveragePool", [f.x(2, 3, 4)], lambda a: a.mean(2, keepdim=True))
    f.op("GlobalMaxPool", [f.x(2, 2, 3, 2)], lambda a: a.amax((2, 3), keepdim=True))
    small = 2.0**-10
    norm = lambda c: [f.x(c), f.x(c)]
    f.op(
        "BatchNormalization", [f.x(4, 3, 2), *norm(3), f.x(3), f.x(3, low=0.5)],
        lambda a, b, c, d, e: (a - d[:, None]) / (e[:, None] + small).sqrt() * b[:, None] + c[:, None],
        epsilon=small,
    )  # fmt: skip
    f.op(
        "BatchNormalization", [f.x(4, 3, 2), *norm(3), torch.zeros(3), torch.ones(3)],
        lambda a, b, c, d, e: (F.batch_norm(a, None, None, b, c, True, 0.1, small),),
        "BatchNormalization, training", outputs=3, epsilon=small, training_mode=1,
    )  # fmt: skip
    f.op(
        "LayerNormalization", [f.x(2, 3, 4), *norm(4)], lambda a, b, c: F.layer_norm(a, (4,), b, c, small),
        epsilon=small,
    )  # fmt: skip
    f.op(
        "LayerNormalization", [f.x(2, 3, 4), f.x(3, 4)], lambda a, b: F.layer_norm(a, (3, 4), b, None, small),
        "LayerNormalization over two axes", epsilon=small, axis=1,
    )  # fmt: skip
    f.op(
        "InstanceNormalization", [f.x(2, 3, 4), *norm(3)],
        lambda a, b, c: F.instance_norm(a, None, None, b, c, True, 0.1, small), epsilon=small,
    )  # fmt: skip
    f.op(
        "GroupNormalization", [f.x(2, 4, 3), *norm(4)], lambda a, b, c: F.group_norm(a, 2, b, c, small),
        epsilon=small, num_groups=2,
    )  # fmt: skip
    return f.cases


def sliding(f, op, name, compute, x, w, outputs, bias, more):
    """A convolution, with PyTorch's arguments as ONNX's attributes."""
    rank = len(x) - 2
    wide = lambda key, default: list(torch.ones(rank, dtype=int).mul(torch.tensor(more.get(key, default))).tolist())
    attributes = dict(
        kernel_shape=list(w[2:]), strides=wide("stride", 1), dilations=wide("dilation", 1),
        pads=wide("padding", 0) * 2, group=more.get("groups", 1),
    )  # fmt: skip
    if "output_padding" in more:
        attributes["output_padding"] = wide("output_padding", 0)
    inputs = [f.x(*x), f.x(*w, low=-1, high=1)] + ([f.x(outputs)] if bias else [])
    f.op(op, inputs, lambda *given: compute(*given, **more), f"{op}, {name}", **attributes)


def recurrent():
    f = Family(6)
    steps, rows, size, hidden = 3, 2, 3, 2
    # ONNX stacks the gates as z r h and i o f c, PyTorch as r z n and i f g o: the rows of each gate change places.
    for op, kind, gates, more in [
        ("GRU", torch.nn.GRU, (1, 0, 2), dict(linear_before_reset=1)),
        ("LSTM", torch.nn.LSTM, (0, 2, 3, 1), {}),
    ]:
        for direction, count in [("forward", 1), ("bidirectional", 2)]:
            module = kind(size, hidden, bidirectional=count == 2)
            stacked = len(gates) * hidden

            def compute(count=count, gates=gates, module=module, op=op, **v):
                turn = lambda tensor: torch.cat([tensor.split(hidden)[gate] for gate in gates])
                parameters = {}
                for at, suffix in enumerate(["", "_reverse"][:count]):
                    own, back = v["b"][at].chunk(2)
                    parameters |= {
                        f"weight_ih_l0{suffix}": turn(v["w"][at]),
                        f"weight_hh_l0{suffix}": turn(v["r"][at]),
                        f"bias_ih_l0{suffix}": turn(own),
                        f"bias_hh_l0{suffix}": turn(back),
                    }
                first = v["h"] if op == "GRU" else (v["h"], v["c"])
                out, last = torch.func.functional_call(module, parameters, (v["x"], first))
                y = out.reshape(steps, rows, count, hidden).transpose(1, 2)
                return (y, last) if op == "GRU" else (y, *last)

            inputs = dict(
                x=f.x(steps, rows, size), w=f.x(count, stacked, size, low=-1, high=1),
                r=f.x(count, stacked, hidden, low=-1, high=1), b=f.x(count, 2 * stacked, low=-1, high=1),
                h=f.x(count, rows, hidden),
            )  # fmt: skip
            if op == "LSTM":
                inputs["c"] = f.x(count, rows, hidden)
            listed = ["x", "w", "r", "b", None, "h", *(["c"] if op == "LSTM" else [])]
            made = ["y", "last", "cell"][: 3 if op == "LSTM" else 2]
            attributes = dict(hidden_size=hidden, direction=direction, **more)
            f.case(f"{op}, {direction}", [node(op, listed, made, **attributes)], inputs, compute)
    return f.cases


def composed():
    f = Family(7)
    f.case(
        "embedding of tokens, averaged",
        [
            node("Gather", ["table", "tokens"], ["rows"], axis=0),
            node("ReduceMean", ["rows", ints(1)], ["y"], keepdims=0),
        ],
        dict(table=f.x(6, 3), tokens=f.ints(2, 4, high=6)),
        lambda table, tokens: F.embedding(tokens, table).mean(1),
    )
    f.case(
        "scaled dot product",
        [
            node("Transpose", ["k"], ["turned"], perm=[0, 2, 1]),
            node("MatMul", ["q", "turned"], ["products"]),
            node("Mul", ["products", {"float": 0.5}], ["scaled"]),
            node("Add", ["scaled", "mask"], ["masked"]),
            node("Softmax", ["masked"], ["shares"], axis=-1),
            node("MatMul", ["shares", "v"], ["y"]),
        ],
        dict(q=f.x(2, 3, 4), k=f.x(2, 3, 4), v=f.x(2, 3, 2), mask=torch.tril(torch.ones(3, 3)) * 9 - 9),
        lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, mask),
    )
    heads, width, length, rows = 2, 4, 3, 2
    module = torch.nn.MultiheadAttention(width, heads, batch_first=True)
    split = [rows, length, heads, width // heads]

    def part(name, at):
        return [
            node("Gemm", ["flat", f"w{name}", f"b{name}"], [f"{name}0"], transB=1),
            node("Reshape", [f"{name}0", ints(*split)], [f"{name}1"]),
            node("Transpose", [f"{name}1"], [name], perm=[0, 2, 3, 1] if at == 1 else [0, 2, 1, 3]),
        ]

    def attend(x, out, **v):
        parameters = {
            "in_proj_weight": torch.cat([v["wq"], v["wk"], v["wv"]]),
            "in_proj_bias": torch.cat([v["bq"], v["bk"], v["bv"]]),
            "out_proj.weight": out,
            "out_proj.bias": torch.zeros(width),
        }
        return torch.func.functional_call(module, parameters, (x, x, x), dict(need_weights=False))[0]

    f.case(
        "multi-head attention",
        [
            node("Reshape", ["x", ints(-1, width)], ["flat"]),
            *part("q", 0), *part("k", 1), *part("v", 2),
            node("MatMul", ["q", "k"], ["products"]),
            node("Div", ["products", {"float": math.sqrt(width // heads)}], ["scaled"]),
            node("Softmax", ["scaled"], ["shares"], axis=-1),
            node("MatMul", ["shares", "v"], ["heads"]),
            node("Transpose", ["heads"], ["together"], perm=[0, 2, 1, 3]),
            node("Reshape", ["together", ints(-1, width)], ["rows"]),
            node("Gemm", ["rows", "out"], ["mixed"], transB=1),
            node("Reshape", ["mixed", ints(rows, length, width)], ["y"]),
        ],
        dict(
            x=f.x(rows, length, width), out=f.x(width, width),
            **{f"w{name}": f.x(width, width, low=-1, high=1) for name in "qkv"},
            **{f"b{name}": f.x(width) for name in "qkv"},
        ),
        attend,
    )  # fmt: skip
    classes = torch.tensor([2, 0, 1, 2])
    f.op(
        "SoftmaxCrossEntropyLoss", [f.x(4, 3), classes], lambda a, b: F.cross_entropy(a, b), reduction="mean"
    )
    f.op(
        "SoftmaxCrossEntropyLoss", [f.x(4, 3), classes, torch.tensor([0.5, 1.0, 2.0])],
        lambda a, b, c: F.cross_entropy(a, b, c), "SoftmaxCrossEntropyLoss, weighted", reduction="mean",
    )  # fmt: skip
    f.op("NegativeLogLikelihoodLoss", [f.x(4, 3), classes], lambda a, b: F.nll_loss(a, b), reduction="mean")
    return f.cases


def losses():
    f = Family(8)
    files = {}

    def case(kind, name, scores, target, options, compute):
        given = {key: torch.tensor(value) if isinstance(value, list) else value for key, value in options.items()}
        weight = torch.round(torch.rand(scores.shape[0], generator=f.random) * 32) / 16
        weight[-1] = 0
        rows = compute(scores, target, reduction="none", **given)
        rows = rows.flatten(1).mean(1) if rows.dim() > 1 else rows
        weighted = (weight * rows).sum() / weight.sum()
        mean = compute(scores, target, reduction="mean", **given)
        files.setdefault(kind, []).append(
            {
                "name": name,
                "options": options,
                "scores": described(scores),
                "target": described(target),
                "rows": numbers(rows),
                "rowWeight": numbers(weight),
                "weighted": weighted.item(),
                "weightedGradient": numbers(torch.autograd.grad(weighted, scores, retain_graph=True)[0]),
                "mean": mean.item(),
                "meanGradient": numbers(torch.autograd.grad(mean, scores)[0]),
            }
        )

    classes = lambda: f.ints(6, high=4)
    balance = [0.5, 1.0, 2.0, 0.25]
    for name, options in {
        "plain": {},
        "class weights": dict(weight=balance),
        "label smoothing": dict(label_smoothing=0.125),
        "class weights and label smoothing": dict(weight=balance, label_smoothing=0.125),
    }.items():
        case("cross_entropy", name, f.x(6, 4, low=-4, high=4), classes(), options, F.cross_entropy)
    case("cross_entropy", "large scores", f.x(6, 4, low=-400, high=400), classes(), {}, F.cross_entropy)
    binary = F.binary_cross_entropy_with_logits
    for name, dims, low, options in [
        ("one score a row", (7,), -4, {}),
        ("three labels a row", (5, 3), -4, {}),
        ("weight of the positive", (7,), -4, dict(pos_weight=[2.5])),
        ("large scores", (7,), -400, {}),
    ]:
        case("binary", name, f.x(*dims, low=low, high=-low), f.ints(*dims, high=2).double(), options, binary)
    for name, dims in [("one number a row", (7,)), ("three numbers a row", (5, 3))]:
        numbers_of = lambda: f.x(*dims, low=-3, high=3).detach()
        case("mse", name, f.x(*dims, low=-3, high=3), numbers_of(), {}, F.mse_loss)
        case("huber", name, f.x(*dims, low=-3, high=3), numbers_of(), {}, F.huber_loss)
        case("huber", f"{name}, delta 0.5", f.x(*dims, low=-3, high=3), numbers_of(), dict(delta=0.5), F.huber_loss)
    # Two scores a row; the target says whether the first ought to be the larger (1) or the second (-1).
    ranking = lambda scores, target, **more: F.margin_ranking_loss(*scores.unbind(1), target, **more)
    for margin in (0.0, 0.5):
        signs = f.ints(7, high=2).double() * 2 - 1
        case("margin_ranking", f"margin {margin}", f.x(7, 2), signs, dict(margin=margin), ranking)
    return files


def write(path, cases):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(f"[\n{lines}\n]\n")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "vectors"
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root
    for family in (elementwise, matrix, reduction, shape, network, recurrent, composed):
        write(root / "graph" / "gradient" / f"{family.__name__}.json", family())
    for name, cases in losses().items():
        write(root / "learn" / "loss" / f"{name}.json", cases)


if __name__ == "__main__":
    main()
