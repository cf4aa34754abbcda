import { existsSync } from "node:fs";
import { writeOnnx, type RuntimeTensor } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { describe, expect, test } from "vitest";
import { dataFolder } from "../examples/nets/example-option.ts";
import { briefHarNet, someWindows } from "../examples/nets/har-net.ts";
import { harWindows, type HarWindows } from "../examples/nets/har-window.ts";
import { agreement, decisions, graphAnswers } from "./litert/graph-answer.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("data");
const without = (dataset: string): boolean => !existsSync(dataFolder(dataset)) && !required;

describe.skipIf(without("uci-har"))("a convolutional net on windows of people that it never met", () => {
  test("loses at most a point by 8 bits, and seven tenths of its bytes", async () => {
    const folder = dataFolder("uci-har");
    const [all, probe] = [await harWindows(folder, "train"), await harWindows(folder, "test")];
    const model = await briefHarNet(all, { windows: 3000, epochs: 8 });
    const graph = model.graph();
    const tensor = ({ X }: HarWindows): RuntimeTensor => ({
      dims: [X.rows, 128, 6],
      values: Float32Array.from(X.values),
    });
    const shown = tensor(someWindows(all, 40, 2)).values as Float32Array;
    const name = graph.graph.inputs[0]!.name;
    const rows = Array.from({ length: 40 }, (_, row) => ({
      [name]: { dims: [1, 128, 6], values: shown.slice(row * 768, (row + 1) * 768) },
    }));
    const figures: Record<string, { readonly accuracy: number; readonly bytes: number }> = {};
    let right = 0;
    for (const precision of ["float32", "float16", "dynamic-int8", "int8"] as const) {
      const written = writeLitert(graph, {
        precision,
        ...(precision === "int8" && { calibration: { rows } }),
      });
      if (!written.ok) throw new Error(JSON.stringify(written.reasons));
      const { file, graph: own } = await graphAnswers(graph, written.bytes, tensor(probe));
      right = agreement(decisions(own, 6), probe.y);
      figures[precision] = {
        accuracy: agreement(decisions(file, 6), probe.y),
        bytes: written.bytes.length / writeOnnx(graph).length,
      };
      if (precision !== "float32") continue;
      const far = own.reduce((most, value, at) => Math.max(most, Math.abs(value - file[at]!)), 0);
      expect(far).toBeLessThan(1e-4);
    }
    const share = figures["int8"]!.bytes / figures["float32"]!.bytes;
    console.log(`har-conv1d: ONNX Runtime ${right}, ${JSON.stringify(figures)}, int8 of float32 ${share}`);
    expect(share).toBeLessThan(0.3);
    for (const { accuracy } of Object.values(figures)) expect(accuracy).toBeGreaterThanOrEqual(right - 0.01);
  });
});
