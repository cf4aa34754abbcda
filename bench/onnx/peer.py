"""Reads and writes one ONNX file in memory, a line of standard input at a time: "read" or "write", answered by milliseconds;
"memory" by the peak of the process in bytes."""
import resource
import sys
import time

import onnx

with open(sys.argv[1], "rb") as stream:
    data = stream.read()
model = onnx.load_model_from_string(data)
for line in sys.stdin:
    order = line.strip()
    began = time.perf_counter()
    if order == "read":
        model = onnx.load_model_from_string(data)
    elif order == "write":
        model.SerializeToString()
    taken = 1000 * (time.perf_counter() - began)
    if order == "memory":
        taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(taken, flush=True)
