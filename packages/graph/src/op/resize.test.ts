import * as node from "onnxruntime-node";
import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import { writeLitert } from "../litert/write-litert.ts";
import type { OnnxModel } from "../onnx.ts";
import { writeOnnx } from "../onnx-write.ts";
import { optimise } from "../optimise/optimise.ts";

const DIMS = [1, 1, 3, 4];
const values = Float32Array.from({ length: 12 }, (_, at) => Math.sin(at * at));

type Lengths = { readonly scales: readonly number[] } | { readonly sizes: readonly number[] };

/** A Resize between two other operators. */
function resized(
  attributes: Readonly<Record<string, string | number>>,
  lengths: Lengths,
  dims: readonly (number | string)[] = DIMS,
): OnnxModel {
  const g = graphBuilder("resize");
  const x = g.op("Neg", [g.input("x", "float32", dims)]);
  const scales = "scales" in lengths ? g.constant(Float32Array.from(lengths.scales), [4]) : undefined;
  const sizes = "sizes" in lengths ? g.ints(lengths.sizes) : undefined;
  g.output("y", g.op("Neg", [g.op("Resize", [x, undefined, scales, sizes], attributes)]));
  return g.build();
}

async function inRuntime(model: OnnxModel): Promise<Float32Array> {
  const session = await node.InferenceSession.create(writeOnnx(model));
  const { y } = await session.run({ x: new node.Tensor("float32", values, DIMS) });
  return y!.data as Float32Array;
}

const operators = (model: OnnxModel): readonly string[] => model.graph.nodes.map(({ op }) => op);

test.each(
  ["nearest", "linear", "cubic"].flatMap((mode) =>
    ["half_pixel", "asymmetric"].map((coordinates) => [mode, coordinates] as const),
  ),
)("%s by %s: where no length changes nothing does, whatever the scale", async (mode, coordinates) => {
  const attributes = { mode, coordinate_transformation_mode: coordinates };
  for (const lengths of [{ scales: [1, 1, 1, 1] }, { scales: [1, 1, 1.2, 1.1] }, { sizes: DIMS }]) {
    const model = resized(attributes, lengths);
    expect(await inRuntime(model)).toEqual(values);
    expect([...interpret(model, { x: { dims: DIMS, values } })["y"]!.values]).toEqual([...values]);
    expect(operators(optimise(model).model)).not.toContain("Resize");
    const written = writeLitert(model);
    expect(written.ok && written.report.operators).not.toContain("GATHER");
    expect(written.ok && written.report.operators).not.toContain("FULLY_CONNECTED");
  }
});

test("with antialiasing an axis whose length stays is kept by itself, and without it is not", async () => {
  for (const mode of ["linear", "cubic"])
    for (const antialias of [0, 1]) {
      const model = resized({ mode, antialias }, { scales: [1, 1, 1.2, 2] });
      const own = interpret(model, { x: { dims: DIMS, values } })["y"]!.values;
      for (const [at, value] of (await inRuntime(model)).entries()) expect(value).toBeCloseTo(own[at]!, 5);
    }
});

test("lengths that are only named stay, of whatever policy; what is cut out stays a Resize", () => {
  const named = ["N", 1, "H", "W"];
  const kept = resized({}, { scales: [1, 1, 1, 1] }, named);
  expect(operators(optimise(kept).model)).not.toContain("Resize");
  const g = graphBuilder("policy");
  const x = g.op("Neg", [g.input("x", "float32", named)]);
  const sizes = g.op("Shape", [x]);
  const policy = { keep_aspect_ratio_policy: "not_larger" };
  g.output("y", g.op("Neg", [g.op("Resize", [x, undefined, undefined, sizes], policy)]));
  expect(operators(optimise(g.build()).model)).not.toContain("Resize");
  const c = graphBuilder("cut");
  const whole = c.op("Neg", [c.input("x", "float32", DIMS)]);
  const part = c.constant(Float32Array.of(0, 0, 0.5, 0, 1, 1, 1, 1), [8]);
  const cut = { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" };
  c.output("y", c.op("Neg", [c.op("Resize", [whole, part, undefined, c.ints(DIMS)], cut)]));
  expect(operators(optimise(c.build()).model)).toContain("Resize");
});
