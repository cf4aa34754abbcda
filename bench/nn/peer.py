"""The peer of bench/nn.ts: the same nets in PyTorch, eager, on the CPU. One call a line in, one answer a line out."""

import json
import pathlib
import sys
import time

import numpy
import torch
from torch import nn

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "side"))
from resident import resident

IMPORTED = resident("VmRSS")


class LastState(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(32, 64, batch_first=True)
        self.head = nn.Linear(64, 6)

    def forward(self, x):
        return self.head(self.gru(x)[1][0])


def mlp():
    return nn.Sequential(
        nn.Linear(561, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 6)
    )


NETS = {
    "mlp-64": mlp,
    "mlp-256": mlp,
    "conv1d": lambda: nn.Sequential(
        nn.Conv1d(9, 64, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool1d(2),
        nn.Conv1d(64, 64, 5, padding=2),
        nn.ReLU(),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(64, 6),
    ),
    "conv2d": lambda: nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 10),
    ),
    "gru": LastState,
}


def in_our_order(net, parameters):
    """Dense and convolutional layers agree; ONNX's GRU has the gates z, r, h where PyTorch's has r, z, n."""
    if not isinstance(net, LastState):
        return parameters
    reordered = []
    for parameter in parameters[:4]:
        reset, update, new = parameter.chunk(3)
        reordered.append(torch.cat([update, reset, new]))
    return reordered + parameters[4:]


class Training:
    def __init__(self, call):
        torch.set_num_threads(call["threads"])
        torch.manual_seed(1)
        self.net = NETS[call["case"]]()
        self.first = [p.detach().clone() for p in self.net.parameters()]
        flat = torch.cat([p.reshape(-1) for p in in_our_order(self.net, self.first)])
        flat.numpy().tofile(call["parameters"])
        self.fused = call["fused"]
        self.batch = call["batch"]
        rows = call["rows"]
        width = int(numpy.prod(call["dims"]))
        self.x = torch.from_numpy(
            numpy.fromfile(call["data"], numpy.float32, rows * width).reshape(rows, *call["dims"])
        )
        self.y = torch.from_numpy(
            numpy.fromfile(call["data"], numpy.int64, rows, offset=rows * width * 4)
        )
        self.loss = nn.CrossEntropyLoss()
        self.reset()
        self.order = torch.randperm(rows)
        self.index = 0

    def reset(self):
        with torch.no_grad():
            for parameter, first in zip(self.net.parameters(), self.first):
                parameter.copy_(first)
        options = {"fused": True} if self.fused else {}
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=1e-3, **options)

    def step(self, picked):
        x, y = self.x[picked], self.y[picked]
        self.optimiser.zero_grad()
        loss = self.loss(self.net(x), y)
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def losses(self, steps):
        self.reset()
        return [
            self.step(torch.arange(at * self.batch, (at + 1) * self.batch)) for at in range(steps)
        ]

    def run(self, steps):
        losses = []
        seconds = []
        rows = len(self.y)
        for _ in range(steps):
            started = time.perf_counter()
            if self.index == rows // self.batch:
                self.order = torch.randperm(rows)
                self.index = 0
            start = self.index * self.batch
            losses.append(self.step(self.order[start : start + self.batch]))
            self.index += 1
            seconds.append(time.perf_counter() - started)
        return losses, seconds


training = None
for line in sys.stdin:
    call = json.loads(line)
    if call["do"] == "open":
        training = Training(call)
        reply = {"version": "torch " + torch.__version__, "imported": IMPORTED}
    elif call["do"] == "losses":
        reply = {"losses": training.losses(call["steps"])}
    else:
        before = time.process_time()
        losses, seconds = training.run(call["steps"])
        reply = {
            "seconds": seconds,
            "cpu": time.process_time() - before,
            "first": losses[0],
            "last": losses[-1],
            "peak": resident("VmHWM"),
        }
    print(json.dumps(reply), flush=True)
