import { isTidelineError } from "@tideline/spec";
import { graphBuilder, writeOnnx, type GraphRuntime } from "@tideline/graph";
import type { Frame } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { graphFeeds } from "../graph-feed.ts";
import { graphInputs, type GraphInputOptions } from "../graph-input.ts";
import type { FittedTransform } from "../transform.ts";
import type { GraphColumn } from "../transform-def.ts";
import { agreeNumbers } from "./agree.ts";

/**
 * Wants the graph of a fitted transform to give what the frame gives, by a runtime. Strings enter as codes of their
 * column's dictionary.
 */
export async function checkLowered(
  fitted: FittedTransform,
  rows: Frame,
  runtime: GraphRuntime,
  tolerance: number,
): Promise<void> {
  // Series and blobs have inputs of their own, which their owners' tests give.
  if (fitted.inputs.some(({ kind }) => kind === "series" || kind === "bytes")) return;
  const dictionaries = Object.fromEntries(
    rows.columns.flatMap((column) => (column.kind === "string" ? [[column.name, column.dictionary]] : [])),
  );
  const options: GraphInputOptions = { strings: "codes", dictionaries };
  const g = graphBuilder("check");
  const made = loweredOrNone(() => fitted.lower(g, graphInputs(g, fitted.inputs, options)));
  if (made === undefined) return;
  const wanted = made.filter(({ name }) => fitted.outputs.some((output) => output.name === name));
  // Codes and texts among the outputs are checked by whoever takes them further.
  const numbers = wanted.filter(({ kind }) => kind === "number" || kind === "time");
  if (numbers.length === 0) return;
  for (const [at, { value }] of numbers.entries()) g.output(`output ${at}`, value);
  const loaded = await runtime.load(writeOnnx(g.build()), { threads: 1 });
  try {
    const names = numbers.map((_, at) => `output ${at}`);
    const given = await loaded.run(graphFeeds(rows, fitted.inputs, options), names);
    const expected = fitted.transform(rows);
    for (const [at, { name }] of numbers.entries()) {
      const column = expected.columns.find((candidate) => candidate.name === name)!;
      const values = given[`output ${at}`]!.values as ArrayLike<number>;
      agreeNumbers(`${runtime.name}, column "${name}"`, values, numbersOf(column), tolerance);
    }
  } finally {
    await loaded.release();
  }
}

/** What a transform gives in a graph; undefined where it says why it cannot do so for these columns. */
function loweredOrNone(lower: () => readonly GraphColumn[]): readonly GraphColumn[] | undefined {
  try {
    return lower();
  } catch (error) {
    if (isTidelineError(error, "RUNTIME_UNSUPPORTED")) return undefined;
    throw error;
  }
}
