import type { OnnxModel } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import { answersTo, type Answers, type OpenArtifact, type OpenContext } from "./artifact-runtime.ts";
import { compareRows, repeatedRow, type Answer, type RowFinding } from "./compare-answer.ts";
import { codedGraph } from "./coded-graph.ts";
import { openInterpreter } from "./interpreter.ts";
import { ROUNDED_COPIES, roundedFeatures } from "./rounded-feature.ts";
import { sliceRows, type ModelRows, type RowInput } from "./model-row.ts";
import { floatAt, floatPlace } from "./tree-bound.ts";

/** Copies of a row whose floats are moved by up to two last bits, at most. */
const COPIES = 8;

/** {@link COPIES} of a row's neighbours among float32, by a seed. */
function neighbours(inputs: readonly RowInput[], row: ModelRows, seed: number): ModelRows {
  const random = seededRandom(seed);
  return {
    count: COPIES,
    inputs: Object.fromEntries(
      inputs.map(({ name, elementType }) => {
        const own = row.inputs[name]!;
        if (!elementType.startsWith("float"))
          return [name, Array.from({ length: COPIES }, () => Array.from(own as ArrayLike<number>)).flat()];
        const values = Array.from({ length: COPIES }, () =>
          Array.from(own as ArrayLike<number>, (value) =>
            Number.isFinite(value) ? floatAt(floatPlace(value) + random.integer(5) - 2) : value,
          ),
        );
        return [name, values.flat()];
      }),
    ),
  };
}

/** What rows are compared by. */
interface RowGround {
  readonly answer: Answer;
  readonly scales: Readonly<Record<string, Float64Array>>;
  readonly reference: Answers;
}

/** How far the reference itself moves when a row's floats move by a last bit. */
export async function sensitivity(
  open: OpenArtifact,
  context: OpenContext,
  rows: ModelRows,
  row: number,
  found: RowGround,
): Promise<RowFinding> {
  const { inputs } = context;
  const own = neighbours(inputs, sliceRows(inputs, rows, row, row + 1), row + 1);
  const outputs = Object.keys(found.reference);
  const moved = await answersTo(open, context, own, outputs);
  const same = repeatedRow(found.reference, row, rows.count, COPIES);
  const each = compareRows(found.answer, found.scales, same, moved, COPIES);
  return {
    answer: Math.max(...each.map((one) => one.answer)),
    feature: Math.max(...each.map((one) => one.feature)),
    agreed: each.every((one) => one.agreed),
  };
}

/**
 * How far the graph itself moves when each operator's results are rounded as runtimes hold them, by row; undefined for a graph without
 * an interpreter. It tells what no last bit of an input does: where a number is so large that the differences from it are lost, all
 * neighbours are as near, and the graph itself still tells them apart.
 */
export function roundingOf(
  model: OnnxModel,
  context: OpenContext,
  rows: ModelRows,
  found: Pick<RowGround, "answer" | "scales"> & { readonly outputs: readonly string[] },
): ((row: number) => Promise<RowFinding>) | undefined {
  const [exact, rounded] = [openInterpreter(model), openInterpreter(model, { rounded: true })];
  if (exact === undefined || rounded === undefined) return undefined;
  const known = new Map<number, Promise<RowFinding>>();
  const measure = async (row: number): Promise<RowFinding> => {
    const own = sliceRows(context.inputs, rows, row, row + 1);
    const [right, held] = await Promise.all(
      [exact, rounded].map((open) => answersTo(open, context, own, found.outputs)),
    );
    return compareRows(found.answer, found.scales, right!, held!, 1)[0]!;
  };
  return (row) => {
    const one = known.get(row) ?? measure(row);
    known.set(row, one);
    return one;
  };
}

/**
 * How far the graph moves in float32 that rounds at random and adds up in any order, by row; undefined for a graph without an
 * interpreter. It tells of ordinary rows what cancels: a distance as the difference of two squares, say.
 */
export function spreadOf(
  model: OnnxModel,
  context: OpenContext,
  rows: ModelRows,
  found: Pick<RowGround, "answer" | "scales"> & { readonly outputs: readonly string[] },
): ((row: number) => Promise<RowFinding>) | undefined {
  const [exact, coded] = [openInterpreter(model), codedGraph(model)];
  if (exact === undefined || coded === undefined) return undefined;
  const names = found.outputs.filter((name) => exact.outputs.includes(name));
  return async (row) => {
    const own = sliceRows(context.inputs, rows, row, row + 1);
    const right = await answersTo(exact, context, own, names);
    const moved = roundedFeatures(
      { model: coded.model, inputs: coded.inputs, names },
      coded.rowsOf(own),
      row + 1,
    );
    const same = repeatedRow(right, 0, 1, ROUNDED_COPIES);
    const each = compareRows(found.answer, found.scales, same, moved, ROUNDED_COPIES);
    return {
      answer: Math.max(...each.map((one) => one.answer)),
      feature: Math.max(...each.map((one) => one.feature)),
      agreed: each.every((one) => one.agreed),
    };
  };
}
