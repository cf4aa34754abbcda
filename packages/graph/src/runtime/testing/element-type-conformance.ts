import { graphBuilder } from "../../builder.ts";
import { ELEMENT_TYPES, elementTypeOf, type ElementType, type TensorValues } from "../../element-type.ts";
import { writeOnnx } from "../../onnx-write.ts";
import type { LoadedGraph, RuntimeTensor } from "../graph-runtime.ts";
import { demand, demandError, type ConformanceCheck } from "./conformance-check.ts";

/** Values at the ends of an element type's range, as far as double precision tells them apart. */
const EXTREMES = {
  float32: Float32Array.of(1.5, -0, 2 ** -149, 3.4028234663852886e38, Number.NEGATIVE_INFINITY),
  float64: Float64Array.of(1 / 3, -0, 5e-324, Number.MAX_VALUE, Number.NaN),
  float16: Float16Array.of(1.5, -0, 2 ** -24, 65504, Number.NEGATIVE_INFINITY),
  int16: Int16Array.of(-(2 ** 15), -1, 0, 1, 2 ** 15 - 1),
  uint16: Uint16Array.of(0, 1, 2, 3, 2 ** 16 - 1),
  uint32: Uint32Array.of(0, 1, 2, 3, 2 ** 32 - 1),
  uint64: BigUint64Array.of(0n, 1n, 2n, 3n, 2n ** 53n - 1n),
  int8: Int8Array.of(-128, -1, 0, 1, 127),
  uint8: Uint8Array.of(0, 1, 2, 254, 255),
  int32: Int32Array.of(-(2 ** 31), -1, 0, 1, 2 ** 31 - 1),
  int64: BigInt64Array.of(-(2n ** 53n) + 1n, -1n, 0n, 1n, 2n ** 53n - 1n),
  bool: Uint8Array.of(0, 1, 1, 0, 1),
} satisfies Partial<Record<ElementType, TensorValues>>;

/** An element type whose tensors every runtime of all types must carry. */
export type CarriedElementType = keyof typeof EXTREMES;

function demandSame(elementType: ElementType, given: RuntimeTensor, received: RuntimeTensor): void {
  const { dims, values } = received;
  demand(dims.join() === given.dims.join(), `${elementType}: expected [${given.dims}], received [${dims}]`);
  demand(
    (received.elementType ?? elementTypeOf(values)) === elementType,
    `expected ${elementType}, received ${received.elementType}`,
  );
  const same = [...given.values].every((value, at) => Object.is(values[at], value));
  demand(
    same && values.length === given.values.length && values.constructor === given.values.constructor,
    `${elementType}: expected ${given.values}, received ${values}`,
  );
}

/**
 * The checks of an adapter that carries these element types, beside those of `runtimeConformance`: a graph hands each
 * through untouched, in typed arrays, of every shape.
 *
 * @example
 * for (const check of elementTypeConformance()) test(check.name, () => check.run(myRuntime));
 */
export function elementTypeConformance(
  types: readonly CarriedElementType[] = Object.keys(EXTREMES) as CarriedElementType[],
): readonly ConformanceCheck[] {
  const g = graphBuilder("carry");
  for (const type of types) g.output(`${type}_out`, g.op("Identity", [g.input(type, type, ["N"])]));
  const bytes = writeOnnx(g.build());
  const wanted = types.map((type) => `${type}_out`);
  const tensors = (change: (values: TensorValues) => TensorValues): Record<string, RuntimeTensor> =>
    Object.fromEntries(
      types.map((elementType) => {
        const values = change(EXTREMES[elementType]);
        return [elementType, { elementType, dims: [values.length], values }];
      }),
    );
  const check = (name: string, body: (graph: LoadedGraph) => Promise<void>): ConformanceCheck => ({
    name,
    async run(runtime) {
      const graph = await runtime.load(bytes);
      try {
        await body(graph);
      } finally {
        await graph.release();
      }
    },
  });
  const carry = async (graph: LoadedGraph, given: Record<string, RuntimeTensor>): Promise<void> => {
    const results = await graph.run(given, wanted);
    for (const type of types) demandSame(type, given[type]!, results[`${type}_out`]!);
  };

  return [
    check(`carries ${types.join(", ")}`, async (graph) => {
      demand(
        graph.inputs.map((input) => input.elementType).join() === types.join(),
        "element types declared",
      );
      await carry(
        graph,
        tensors((values) => values),
      );
    }),
    check("carries tensors without elements, and parts of a buffer", async (graph) => {
      await carry(
        graph,
        tensors((values) => values.slice(0, 0)),
      );
      await carry(
        graph,
        tensors((values) => values.subarray(1, 4)),
      );
    }),
    check("takes its outputs as inputs again", async (graph) => {
      let given = tensors((values) => values);
      for (let step = 0; step < 3; step += 1) {
        const results = await graph.run(given, wanted);
        given = Object.fromEntries(types.map((type) => [type, results[`${type}_out`]!]));
      }
      for (const type of types)
        demandSame(type, { dims: [EXTREMES[type].length], values: EXTREMES[type] }, given[type]!);
    }),
    check("refuses a typed array of another element type", async (graph) => {
      for (const elementType of types) {
        const given = tensors((values) => values);
        const length = given[elementType]!.dims[0]!;
        const other = elementType === "float32" ? "float64" : "float32";
        const values = ELEMENT_TYPES[other].over(new ArrayBuffer(length * ELEMENT_TYPES[other].bytes));
        for (const wrong of [
          { elementType, dims: [length], values },
          { dims: [length], values },
        ])
          await demandError("ARGUMENT_INVALID", () => graph.run({ ...given, [elementType]: wrong }, wanted));
      }
    }),
  ];
}
