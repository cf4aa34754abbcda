/**
 * Reads and writes every model of ONNX's own backend tests, some two thousand, and has Python's onnx compare the files:
 * equal as protobuf, but for the order of attributes and metadata. Needs Python with the packages of
 * scripts/requirements.txt.
 *
 *     node scripts/nightly/onnx-lossless.ts
 */
import { writeOnnx } from "../../packages/graph/src/onnx-write.ts";
import { compareWithPython, hasPython } from "../../packages/graph/src/testing/compare-python.ts";
import { fullModel } from "../../packages/graph/src/testing/full-model.ts";

if (!hasPython) {
  process.stderr.write("onnx-lossless: expected python3 with the package onnx\n");
  process.exit(69);
}
const comparison = compareWithPython({ "full.onnx": writeOnnx(fullModel()) }, "all");
process.stdout.write(`${JSON.stringify(comparison)}\n`);
if (comparison.different.length > 0 || comparison.equal === 0) process.exitCode = 1;
