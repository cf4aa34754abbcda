import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { differentiate } from "../differentiate.ts";
import { interpret } from "../interpret.ts";
import { gradientFault } from "./testing/gradient-fault.ts";

const ramp = (length: number) => Array.from({ length }, (_, at) => ((at * 7) % length) / 8);

test("the first of equal maxima gets the whole gradient, as in PyTorch", () => {
  const gradientOf = (kernel: number, stride: number): number[] => {
    const g = graphBuilder("ties");
    const x = g.input("x", "float32", [1, 1, 6]);
    const y = g.op("MaxPool", [x], { kernel_shape: [kernel], strides: [stride] });
    const [dx] = differentiate(g, g.op("ReduceSum", [y], { keepdims: 0 }), [x]);
    g.output("dx", dx!);
    return [...interpret(g.build(), { x: { dims: [1, 1, 6], values: [1, 1, 0, 2, 2, 2] } })["dx"]!.values];
  };
  expect(gradientOf(2, 2)).toEqual([1, 0, 0, 1, 1, 0]);
  expect(gradientOf(3, 1)).toEqual([1, 0, 0, 3, 0, 0]);
});

test.each(["MaxPool", "AveragePool"] as const)("%s where the last window reaches over the padding", (op) => {
  const x = { elementType: "float32", dims: [1, 2, 8, 8], values: ramp(128) } as const;
  const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 };
  expect(gradientFault(op, { inputs: [x], attributes }, 1)).toBeUndefined();
});
