import { graphBuilder, writeOnnx, type GraphRuntime } from "@tideline/graph";
import type { Frame } from "../../../frame/column.ts";
import { graphFeeds } from "../../graph-feed.ts";
import { graphInputs, type GraphInputOptions } from "../../graph-input.ts";
import type { FittedTransform } from "../../transform.ts";

/** What the graph of a fitted transform gives for rows: by output its numbers, for codes the texts; texts enter as codes. */
export async function runLowered(
  fitted: FittedTransform,
  rows: Frame,
  runtime: GraphRuntime,
): Promise<Readonly<Record<string, readonly (number | string | null)[]>>> {
  const dictionaries = Object.fromEntries(
    rows.columns.flatMap((column) => (column.kind === "string" ? [[column.name, column.dictionary]] : [])),
  );
  const options: GraphInputOptions = { strings: "codes", dictionaries };
  const g = graphBuilder("lowered");
  const written = fitted
    .lower(g, graphInputs(g, fitted.inputs, options))
    .filter(({ name }) => fitted.outputs.some((output) => output.name === name));
  for (const [at, { value }] of written.entries()) g.output(`output ${at}`, value);
  const loaded = await runtime.load(writeOnnx(g.build()));
  try {
    const names = written.map((_, at) => `output ${at}`);
    const results = await loaded.run(graphFeeds(rows, fitted.inputs, options), names);
    return Object.fromEntries(
      written.map((column, at) => {
        const numbers = Array.from(results[`output ${at}`]!.values as ArrayLike<number | bigint>, Number);
        return [
          column.name,
          column.kind === "codes"
            ? numbers.map((code) => column.dictionary[code] ?? null)
            : numbers.map((number) => (Number.isNaN(number) ? null : number)),
        ];
      }),
    );
  } finally {
    await loaded.release();
  }
}
