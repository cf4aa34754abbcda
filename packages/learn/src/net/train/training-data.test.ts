import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { dense } from "../layer/dense.ts";
import { embedding } from "../layer/embedding.ts";
import { flatten } from "../layer/flatten.ts";
import { sequential } from "../layer/sequential.ts";
import type { Net } from "../net.ts";
import { TOY_NET, toyOptions, toyRows } from "./testing/toy-run.ts";
import { trainNet } from "./train-net.ts";

const rows = toyRows(20, 1);
const options = toyOptions(onnxruntimeNode);
const x = rows.inputs["x"]!;

describe("rows that trainNet refuses", () => {
  test.each([-1, 3])("class %s of 3, naming the row", async (label) => {
    const target = { dims: [], values: Int32Array.from(rows.target.values as Int32Array).with(7, label) };
    const says = `target, row 7: expected an integer in 0..2, received ${label}`;
    await expect(trainNet(TOY_NET, { ...rows, target }, options)).rejects.toThrow(says);
    const validation = { ...rows, target };
    await expect(trainNet(TOY_NET, rows, { ...options, validation })).rejects.toThrow(`validation: ${says}`);
  });

  test("ids that an input has not", async () => {
    const layer = sequential(embedding({ entries: 4, size: 2 }), flatten(), dense({ units: 3 }));
    const net: Net = {
      inputs: [{ name: "ids", elementType: "int64", dims: [2], entries: 4 }],
      forward: (scope, { ids }) => layer(scope, ids!),
    };
    for (const wrong of [-1n, 4n]) {
      const ids = { dims: [2], values: new BigInt64Array(40).with(5, wrong) };
      const data = { ...rows, inputs: { ids } };
      await expect(trainNet(net, data, options)).rejects.toThrow(
        `inputs.ids, row 2, column 1: expected an integer in 0..3, received ${wrong}`,
      );
    }
  });

  test("numbers and weights that float32 has not", async () => {
    const values = Float64Array.from(x.values as Float32Array).with(3, 1e39);
    await expect(trainNet(TOY_NET, { ...rows, inputs: { x: { ...x, values } } }, options)).rejects.toThrow(
      /inputs.x, row 1, column 1: expected a finite number, received 1e\+39.*float32/,
    );
    const weighed = (weight: number) =>
      trainNet(TOY_NET, { ...rows, weight: new Float64Array(20).fill(weight) }, options);
    await expect(weighed(1e-60)).rejects.toThrow("weight: expected a positive sum in float32");
    await expect(weighed(1e60)).rejects.toThrow("weight[0]: expected a finite weight");
  });
});
