import type { GraphBuilder } from "@tideline/graph";
import { ELEMENT_TYPES } from "@tideline/graph/element-type";
import { edgesUpTo } from "../../bin-among.ts";
import type { Column, ColumnSchema } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { float32Above } from "../float32-bound.ts";
import { choose, one } from "../graph-math.ts";
import { numberColumns } from "../number-graph.ts";
import type { GraphColumn } from "../transform-def.ts";

/** How bins are written: as a number, or as a vector with a 1 in the place of the bin. */
export type BinEncoding = "onehot" | "ordinal";

/** The schema of a column of bins. */
export function binSchema({ name }: ColumnSchema, bins: number, encode: BinEncoding): ColumnSchema {
  return encode === "ordinal" ? { name, kind: "float" } : { name, kind: "vector", width: bins };
}

/** The bins of a column, between these inner edges. A missing number has none: NaN, or zeros all over. */
export function binColumn(column: Column, rows: number, inner: Float64Array, encode: BinEncoding): Column {
  const values = numbersOf(column, "bins");
  const { name } = column;
  const width = inner.length + 1;
  const out = new Float64Array(encode === "ordinal" ? rows : rows * width);
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (encode === "ordinal") out[row] = value === value ? edgesUpTo(inner, value) : Number.NaN;
    else if (value === value) out[row * width + edgesUpTo(inner, value)] = 1;
  }
  return encode === "ordinal"
    ? { kind: "float", name, values: out }
    : { kind: "vector", name, width, values: out };
}

/** The same in a graph, column by column. */
export function lowerBins(
  who: string,
  g: GraphBuilder,
  columns: readonly GraphColumn[],
  inner: readonly Float64Array[],
  encode: BinEncoding,
): readonly GraphColumn[] {
  return numberColumns(who, columns).map(({ name, value }, at): GraphColumn => {
    const edges = inner[at]!;
    const missing = g.op("IsNaN", [value]);
    const toFloat = (truth: ReturnType<GraphBuilder["op"]>) =>
      g.op("Cast", [truth], { to: ELEMENT_TYPES.float32.code });
    if (encode === "ordinal") {
      if (edges.length === 0)
        return { kind: "number", name, width: 1, value: choose(g, missing, value, one(g, 0)) };
      // A float32 number is at or above an edge where it is so for the next float32.
      const bounds = g.constant(Float32Array.from(edges, float32Above), [1, edges.length]);
      const above = toFloat(g.op("GreaterOrEqual", [value, bounds]));
      const place = g.op("ReduceSum", [above, g.ints([1])], { keepdims: 1 });
      return { kind: "number", name, width: 1, value: choose(g, missing, value, place) };
    }
    const low = g.constant(Float32Array.of(-Infinity, ...Array.from(edges, float32Above)), [
      1,
      edges.length + 1,
    ]);
    const high = g.constant(Float32Array.of(...Array.from(edges, float32Above), Infinity), [
      1,
      edges.length + 1,
    ]);
    // The last bin holds infinity, too.
    const last = g.constant(
      Uint8Array.from({ length: edges.length + 1 }, (_, bin) => (bin === edges.length ? 1 : 0)),
      [1, edges.length + 1],
      "bool",
    );
    const under = g.op("Or", [g.op("Less", [value, high]), last]);
    const within = g.op("And", [g.op("GreaterOrEqual", [value, low]), under]);
    return { kind: "number", name, width: edges.length + 1, value: toFloat(within) };
  });
}
