"""Writes what PyTorch's recurrent and attention layers answer in double precision: values and gradients.

Usage: python3 scripts/vectors-layer.py [FILE]   (default: vectors/learn/layer.json)
Needs the packages of scripts/requirements-torch.txt.

Operators are compared in vectors/graph/gradient; here it is the wiring of layers: the order of gates and of query, key
and value, states behind a row's end, the last state, masks, which part is normalised. FILE is a list of cases:

    name, layer, options   the layer as the project configures it
    lengths, mask          int64 [batch] or float [batch, steps], where rows have ends
    x                      { dims, values }, row-major, as all tensors here
    parameters             name -> { dims, values }, by the project's names and in its order of gates (update, reset, new)
    output                 { dims, values }
    weights                the loss is the sum of the output times these
    gradients              "x" and parameters -> values; of that loss
"""

import json
import pathlib
import sys

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

RANDOM = torch.Generator().manual_seed(9)


def numbers(tensor):
    return [float(f"{value:.12g}") for value in tensor.detach().flatten().tolist()]


def tensor(value):
    return dict(dims=list(value.shape), values=numbers(value))


def eighths(*dims):
    """Exact in every precision."""
    return torch.round(8 * torch.randn(*dims, generator=RANDOM)) / 8


def refill(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(eighths(*parameter.shape) / 2)


def gates(value):
    """From reset, update, new to update, reset, new."""
    reset, update, new = value.chunk(3)
    return torch.cat([update, reset, new])


def gru_tensors(module, read):
    """The project's parameters, from what `read` says of PyTorch's: their values or their gradients."""
    out = {}
    for direction, suffix in (("forward", ""), ("reverse", "_reverse"))[: 2 if module.bidirectional else 1]:
        part = lambda name: gates(read(getattr(module, f"{name}_l0{suffix}")))
        out[f"{direction}/weight"] = part("weight_ih")
        out[f"{direction}/recurrent"] = part("weight_hh")
        out[f"{direction}/bias"] = torch.cat([part("bias_ih"), part("bias_hh")])
    return out


def gru_case(name, options, lengths):
    module = torch.nn.GRU(3, options["units"], batch_first=True, bidirectional=options["bidirectional"])
    refill(module)
    x = eighths(3, 4, 3).requires_grad_()
    if lengths is None:
        states, last = module(x)
    else:
        packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
        states, last = module(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=4)
    output = states if options["output"] == "sequence" else last.transpose(0, 1).reshape(3, -1)
    return case(name, "gru", options, x, output, lambda read: gru_tensors(module, read), lengths=lengths)


def attention_tensors(module, read, prefix=""):
    return {
        f"{prefix}projection/weight": read(module.in_proj_weight),
        f"{prefix}projection/bias": read(module.in_proj_bias),
        f"{prefix}output/weight": read(module.out_proj.weight),
        f"{prefix}output/bias": read(module.out_proj.bias),
    }


def padding(mask):
    return None if mask is None else torch.tensor(mask) == 0


def attention_case(name, heads, mask):
    module = torch.nn.MultiheadAttention(6, heads, batch_first=True)
    refill(module)
    x = eighths(2, 4, 6).requires_grad_()
    output, _ = module(x, x, x, key_padding_mask=padding(mask), need_weights=False)
    return case(name, "attention", dict(heads=heads), x, output, lambda read: attention_tensors(module, read), mask=mask)


def block_case(name, heads, hidden, mask):
    gelu = torch.nn.GELU(approximate="tanh")
    module = torch.nn.TransformerEncoderLayer(
        6, heads, hidden, dropout=0.0, activation=gelu, batch_first=True, norm_first=True
    )
    refill(module)
    x = eighths(2, 4, 6).requires_grad_()
    output = module(x, src_key_padding_mask=padding(mask))

    def tensors(read):
        return {
            "norm1/scale": read(module.norm1.weight),
            "norm1/bias": read(module.norm1.bias),
            **attention_tensors(module.self_attn, read, "attention/"),
            "norm2/scale": read(module.norm2.weight),
            "norm2/bias": read(module.norm2.bias),
            "dense1/weight": read(module.linear1.weight),
            "dense1/bias": read(module.linear1.bias),
            "dense2/weight": read(module.linear2.weight),
            "dense2/bias": read(module.linear2.bias),
        }

    return case(name, "transformerBlock", dict(heads=heads, hidden=hidden), x, output, tensors, mask=mask)


def case(name, layer, options, x, output, tensors, **context):
    weights = eighths(*output.shape)
    (output * weights).sum().backward()
    values, slopes = tensors(lambda one: one.detach()), tensors(lambda one: one.grad)
    return dict(
        name=name,
        layer=layer,
        options=options,
        **{key: value for key, value in context.items() if value is not None},
        x=tensor(x),
        parameters={key: tensor(value) for key, value in values.items()},
        output=tensor(output),
        weights=numbers(weights),
        gradients={"x": numbers(x.grad), **{key: numbers(value) for key, value in slopes.items()}},
    )


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "learn" / "layer.json"
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    cases = []
    for bidirectional in (False, True):
        for output in ("last", "sequence"):
            for lengths in (None, [2, 4, 1]):
                options = dict(units=2, bidirectional=bidirectional, output=output)
                name = f"gru, {output}{', bidirectional' if bidirectional else ''}{', lengths' if lengths else ''}"
                cases.append(gru_case(name, options, lengths))
    mask = [[1, 1, 0, 0], [1, 0, 1, 1]]
    cases.append(attention_case("attention", 2, None))
    cases.append(attention_case("attention, three heads, mask", 3, mask))
    cases.append(block_case("transformerBlock", 2, 5, None))
    cases.append(block_case("transformerBlock, one head, mask", 1, 8, mask))
    path.write_text("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n")


if __name__ == "__main__":
    main()
