import type { RuntimeTensor } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, Frame, FrameSchema } from "../frame/column.ts";
import { columnNamed } from "../frame/frame.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import type { GraphInputOptions } from "./graph-input.ts";

/**
 * The rows as what a runtime feeds a graph whose inputs came of `graphInputs`: strings as codes of its dictionaries.
 *
 * @throws ARGUMENT_INVALID for a column that is absent, or texts where codes were not asked for.
 * @example
 * const { features } = await loaded.run(graphFeeds(rows, fitted.inputs), ["features"]);
 */
export function graphFeeds(
  rows: Frame,
  schema: FrameSchema,
  options: GraphInputOptions = {},
): Readonly<Record<string, RuntimeTensor>> {
  return Object.fromEntries(
    schema.map(({ name, width = 1, double }) => {
      const column = columnNamed(rows, name, "graphFeeds");
      return [name, { dims: [rows.rows, width], ...tensorOf(column, options, double) }];
    }),
  );
}

function tensorOf(
  column: Column,
  { strings, dictionaries }: GraphInputOptions,
  double?: boolean,
): Pick<RuntimeTensor, "values"> {
  if (column.kind === "time") return { values: column.values };
  if (column.kind !== "string") {
    const numbers = numbersOf(column, "graphFeeds");
    return { values: double === true ? Float64Array.from(numbers) : Float32Array.from(numbers) };
  }
  const dictionary = strings === "codes" ? dictionaries?.[column.name] : undefined;
  if (dictionary === undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "graphFeeds",
      field: `column "${column.name}"`,
      expected: "strings as codes of a dictionary",
      received: "texts",
    });
  const place = new Map(dictionary.map((text, at) => [text, at]));
  const codes = column.dictionary.map((text) => BigInt(place.get(text) ?? -1));
  return { values: BigInt64Array.from(column.codes, (code) => (code < 0 ? -1n : codes[code]!)) };
}
