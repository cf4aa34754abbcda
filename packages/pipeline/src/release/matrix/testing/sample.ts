import { ELEMENT_TYPES, graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import { lowerForest, randomForest } from "@tideline/learn/tree";
import type { ModelRows } from "../model-row.ts";

/** Columns of the samples. */
export const COLUMNS = 4;

/** Rows of numbers about 1, some beyond. */
export function sampleRows(count: number): ModelRows & { readonly inputs: { readonly x: Float32Array } } {
  const random = seededRandom(7);
  const x = Float32Array.from(
    { length: count * COLUMNS },
    (_, at) => 0.3 * (at % COLUMNS) + (1 + (at % COLUMNS)) * random.normal(),
  );
  return { count, inputs: { x } };
}

/**
 * A net of three layers, the first of square weights, with its hidden numbers as another output.
 *
 * @param zero in 8 bits: QuantizeLinear around what enters, and this zero point where it is read again; 128 is right
 * @param hidden hidden numbers
 */
export function sampleNet(zero?: number, hidden = 8): OnnxModel {
  const random = seededRandom(3);
  const g = graphBuilder("net");
  const weights = (...dims: readonly number[]) =>
    g.constant(
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
      dims,
    );
  const x = g.input("x", "float32", ["N", COLUMNS]);
  const scale = g.scalar(16 / 128);
  const point = (value: number) => g.constant(Uint8Array.of(value), []);
  const given =
    zero === undefined
      ? x
      : g.op("DequantizeLinear", [g.op("QuantizeLinear", [x, scale, point(128)]), scale, point(zero)]);
  const first = g.op("Tanh", [g.op("Gemm", [given, weights(COLUMNS, COLUMNS), weights(COLUMNS)])]);
  const features = g.op("Relu", [g.op("Gemm", [first, weights(COLUMNS, hidden), weights(hidden)])]);
  g.output("probabilities", g.op("Softmax", [g.op("Gemm", [features, weights(hidden, 3)])], { axis: -1 }));
  g.output("features", features);
  return g.build();
}

/** How a forest reads its columns: divided and shifted, as they are, the first two as they are and the others scaled, or cast and filled in. */
export type ForestReading = "scaled" | "raw" | "part" | "cast";

/** What trees read of the sample's columns. */
function readingOf(g: GraphBuilder, reading: ForestReading): Value {
  if (reading === "cast") {
    const x = g.op("Cast", [g.input("x", "float64", ["N", COLUMNS])], { to: ELEMENT_TYPES.float32.code });
    return g.op("Where", [g.op("IsNaN", [x]), g.scalar(0.25), x]);
  }
  const x = g.input("x", "float32", ["N", COLUMNS]);
  if (reading === "raw") return x;
  const scaled = (of: Value): Value => g.op("Sub", [g.op("Div", [of, g.scalar(3)]), g.scalar(0.1)]);
  if (reading === "scaled") return scaled(x);
  const columns = (from: number, to: number): Value =>
    g.op("Slice", [x, g.ints([from]), g.ints([to]), g.ints([1])]);
  return g.op("Concat", [columns(0, 2), scaled(columns(2, COLUMNS))], { axis: 1 });
}

/** A forest, and its rows' labels. */
export async function sampleForest(
  rows: ReturnType<typeof sampleRows>,
  reading: ForestReading = "scaled",
): Promise<{
  readonly model: OnnxModel;
  readonly labels: Int32Array;
}> {
  const { count, inputs } = rows;
  const labels = Int32Array.from({ length: count }, (_, row) =>
    Number(inputs.x[row * COLUMNS]! > inputs.x[row * COLUMNS + 1]!),
  );
  const isScaled = (column: number): boolean => reading === "scaled" || (reading === "part" && column > 1);
  const columns = Object.fromEntries(
    Array.from({ length: COLUMNS }, (_, column) => [
      `c${column}`,
      Float32Array.from({ length: count }, (_value, row) => {
        const own = inputs.x[row * COLUMNS + column]!;
        return isScaled(column) ? own / 3 - 0.1 : own;
      }),
    ]),
  );
  const fitted = await randomForest({ trees: 5 }).fit({ columns, y: labels, classes: ["a", "b"] });
  const g = graphBuilder("forest");
  g.output("probabilities", lowerForest(g, readingOf(g, reading), fitted));
  return { model: g.build(), labels };
}
