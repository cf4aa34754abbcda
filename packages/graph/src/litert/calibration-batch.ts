import type { Feed } from "../interpret.ts";
import { elementCount, type OnnxModel } from "../onnx.ts";

/** What a graph is fed at once, by input. */
export type Feeds = Readonly<Record<string, Feed>>;

/** The shape of one row of each input, where rows can be laid one behind the other; else undefined. */
function rowShapes({ graph }: OnnxModel, rows: readonly Feeds[]): readonly string[] | undefined {
  const [batch] = graph.inputs[0]?.dims ?? [];
  const open = ({ dims }: (typeof graph.inputs)[number]): boolean =>
    dims[0] === batch && !dims.slice(1).includes(batch!);
  if (typeof batch !== "string" || batch === "" || !graph.inputs.every(open)) return undefined;
  const names = graph.inputs.map(({ name }) => name);
  const shapesOf = (row: Feeds): readonly (string | undefined)[] =>
    names.map((name) => row[name]?.dims.slice(1).join());
  const shapes = shapesOf(rows[0]!);
  const alike = rows.every((row) => shapesOf(row).every((shape, at) => shape === shapes[at]));
  return alike && shapes.every((shape) => shape !== undefined) ? names : undefined;
}

/** Rows one behind the other. */
function joined(names: readonly string[], rows: readonly Feeds[]): Feeds {
  return Object.fromEntries(
    names.map((name) => {
      const parts = rows.map((row) => row[name]!);
      const dims = parts[0]!.dims.with(
        0,
        parts.reduce((sum, part) => sum + part.dims[0]!, 0),
      );
      const values = new Float64Array(elementCount(dims));
      let from = 0;
      for (const part of parts) {
        values.set(part.values, from);
        from += part.values.length;
      }
      return [name, { dims, values }];
    }),
  );
}

/**
 * Rows in batches of so many, where all inputs begin with one batch of any length and rows are of one shape; else each row as it is.
 */
export function inBatches(model: OnnxModel, rows: readonly Feeds[], most: number): readonly Feeds[] {
  const names = rowShapes(model, rows);
  if (names === undefined || most < 2) return rows;
  return Array.from({ length: Math.ceil(rows.length / most) }, (_, at) =>
    joined(names, rows.slice(at * most, (at + 1) * most)),
  );
}
