"""Writes how PyTorch's optimisers move the parameters of a small net in double precision.

Usage: python3 scripts/vectors-optimiser.py [FILE]   (default: vectors/learn/optimiser.json)
Needs the packages of scripts/requirements-torch.txt.

The net is dense(3 -> 4), tanh, dense(4 -> 2) with the mean squared error over 5 rows, all of them in each step; biases do
not decay. FILE holds:

    x, target           [5, 3] and [5, 2], row-major
    parameters          weight [4, 3], bias [4], weight [2, 4], bias [2], one after another
    cases               [{ name, kind, options, clip, rates, after }]: options with the project's names; `clip` the largest
                        norm or value of the gradient; `rates` the learning rate of each of 20 steps; `after` the
                        parameters after steps 1, 5 and 20
"""

import json
import pathlib
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

STEPS = 20
KEPT = (1, 5, 20)
CASES = [
    ("sgd", "sgd", {}, {}),
    ("sgd, momentum", "sgd", {"momentum": 0.9}, {}),
    ("sgd, Nesterov, decay", "sgd", {"momentum": 0.8, "nesterov": True, "decay": 0.05}, {}),
    ("adam", "adam", {}, {}),
    ("adam, other betas", "adam", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}, {}),
    ("adam, clipped by norm", "adam", {}, {"norm": 0.1}),
    ("sgd, clipped by norm", "sgd", {"momentum": 0.5}, {"norm": 0.25}),
    ("sgd, clipped by value", "sgd", {}, {"value": 0.05}),
    ("adamw", "adamw", {"decay": 0.1}, {}),
    ("adamw, clipped by norm", "adamw", {"decay": 0.3, "beta2": 0.99}, {"norm": 0.5}),
]


def numbers(tensor):
    return [float(f"{value:.12g}") for value in tensor.detach().flatten().tolist()]


def optimiser_of(kind, options, weights, biases, rate):
    decay = options.get("decay", 0.0)
    groups = [{"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": 0.0}]
    if kind == "sgd":
        more = dict(momentum=options.get("momentum", 0.0), nesterov=options.get("nesterov", False))
        return torch.optim.SGD(groups, lr=rate, **more)
    more = dict(
        betas=(options.get("beta1", 0.9), options.get("beta2", 0.999)), eps=options.get("epsilon", 1e-8)
    )
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind](groups, lr=rate, **more)


def run(kind, options, clip, x, target, start):
    parts = [part.clone().requires_grad_() for part in start]
    rates = [0.05 * (1 - step / 40) for step in range(STEPS)]
    optimiser = optimiser_of(kind, options, parts[0::2], parts[1::2], rates[0])
    after = {}
    for step, rate in enumerate(rates, 1):
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad()
        hidden = torch.tanh(x @ parts[0].T + parts[1])
        torch.nn.functional.mse_loss(hidden @ parts[2].T + parts[3], target).backward()
        if "norm" in clip:
            torch.nn.utils.clip_grad_norm_(parts, clip["norm"])
        if "value" in clip:
            torch.nn.utils.clip_grad_value_(parts, clip["value"])
        optimiser.step()
        if step in KEPT:
            after[str(step)] = numbers(torch.cat([part.flatten() for part in parts]))
    return rates, after


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "learn" / "optimiser.json"
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    random = torch.Generator().manual_seed(4)
    # Eighths, exact in every precision.
    eighths = lambda *dims: torch.round(8 * torch.randn(*dims, generator=random)) / 8
    x, target = eighths(5, 3), eighths(5, 2)
    start = [eighths(4, 3), eighths(4), eighths(2, 4), eighths(2)]
    cases = []
    for name, kind, options, clip in CASES:
        rates, after = run(kind, options, clip, x, target, start)
        cases.append(dict(name=name, kind=kind, options=options, clip=clip, rates=rates, after=after))
    flat = numbers(torch.cat([part.flatten() for part in start]))
    head = dict(x=numbers(x), target=numbers(target), parameters=flat)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(json.dumps(head, separators=(",", ":"))[:-1] + ',"cases":[\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main()
