import { graphBuilder, writeOnnx, type GraphRuntime } from "@tideline/graph";
import type { Frame } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { graphFeeds } from "../graph-feed.ts";
import { graphInputs, type GraphInputOptions } from "../graph-input.ts";
import type { FittedTransform } from "../transform.ts";
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
  const dictionaries = Object.fromEntries(
    rows.columns.flatMap((column) => (column.kind === "string" ? [[column.name, column.dictionary]] : [])),
  );
  const options: GraphInputOptions = { strings: "codes", dictionaries };
  const g = graphBuilder("check");
  const made = fitted.lower(g, graphInputs(g, fitted.inputs, options));
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
