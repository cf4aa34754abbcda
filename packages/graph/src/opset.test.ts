import { createRequire } from "node:module";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import { writeOnnx } from "./onnx-write.ts";
import { NEWEST_OPSET, opsetOf } from "./opset.ts";

describe("opsetOf", () => {
  test.each([
    ["1.14", 18],
    ["1.14.1", 18],
    ["1.16.3", 19],
    ["1.17.0", 20],
    ["1.20.1", 21],
    ["1.22.0", 22],
    ["1.27.0", 26],
    ["2.0.0", 26],
  ])("onnxruntime %s reads opset %i", (version, opset) => {
    expect(opsetOf("onnxruntime", version)).toBe(opset);
    expect(opsetOf("onnxruntime-web", version)).toBe(opset);
  });

  test.each(["1.13.1", "0.9", "latest", "", "1"])("refuses %j", (version) => {
    expect(() => opsetOf("onnxruntime-web", version)).toThrow(
      /onnxruntime-web: expected version 1\.14.*MODEL_UNSUPPORTED/,
    );
  });

  test("the installed runtime reads what the table says of it", async () => {
    const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as {
      version: string;
    };
    const g = graphBuilder("negative");
    g.output("y", g.op("Neg", [g.input("x", "float32", ["N"])]));
    const model = g.build({ opset: Math.min(NEWEST_OPSET, opsetOf("onnxruntime", version)) });
    const session = await ort.InferenceSession.create(writeOnnx(model), { logSeverityLevel: 3 });
    expect(session.outputNames).toEqual(["y"]);
    await session.release();
  });
});
