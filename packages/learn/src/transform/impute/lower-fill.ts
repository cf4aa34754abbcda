import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import { choose } from "../graph-math.ts";
import { packColumns, rowConstant, unpackColumns } from "../number-graph.ts";
import type { GraphColumn } from "../transform-def.ts";

/** Fills in a graph: numbers all at once, times and codes one by one. @throws RUNTIME_UNSUPPORTED for texts. */
export function lowerFill(
  who: string,
  { numbers, texts }: { readonly numbers: Float64Array; readonly texts: readonly string[] },
  g: GraphBuilder,
  columns: readonly GraphColumn[],
): readonly GraphColumn[] {
  let [lane, text] = [0, 0];
  const fills = columns.map((column) => {
    if (column.kind === "text" || column.kind === "codes") return { column, fill: texts[text++]! };
    const width = column.kind === "number" ? column.width : 1;
    lane += width;
    return { column, fill: numbers.subarray(lane - width, lane) };
  });
  const plain = fills.filter(({ column }) => column.kind === "number");
  const made = new Map<GraphColumn, GraphColumn>();
  if (plain.length > 0) {
    const x = packColumns(
      g,
      who,
      plain.map(({ column }) => column),
    );
    const all = plain.flatMap(({ fill }) => [...(fill as Float64Array)]);
    const filled = choose(g, g.op("IsNaN", [x]), rowConstant(g, all), x);
    const named = plain.map(({ column }) => column as Extract<GraphColumn, { kind: "number" }>);
    for (const [at, column] of unpackColumns(g, filled, named).entries()) made.set(named[at]!, column);
  }
  return fills.map(({ column, fill }) => made.get(column) ?? lowerOther(who, g, column, fill));
}

function lowerOther(
  who: string,
  g: GraphBuilder,
  column: GraphColumn,
  fill: string | Float64Array,
): GraphColumn {
  const { name, value } = column;
  if (column.kind === "time") {
    const constant = g.constant(Float64Array.from(fill as Float64Array), [1, 1]);
    return { kind: "time", name, value: choose(g, g.op("IsNaN", [value]), constant, value) };
  }
  if (column.kind === "codes") {
    const known = column.dictionary.indexOf(fill as string);
    const place = known >= 0 ? known : column.dictionary.length;
    const dictionary = known >= 0 ? column.dictionary : [...column.dictionary, fill as string];
    const empty = column.dictionary.indexOf("");
    const int = (number: number) => g.constant(BigInt64Array.of(BigInt(number)), [1, 1]);
    const absent = g.op("Less", [value, int(0)]);
    const gone = empty < 0 ? absent : g.op("Or", [absent, g.op("Equal", [value, int(empty)])]);
    return { kind: "codes", name, value: choose(g, gone, int(place), value), dictionary };
  }
  throw tidelineError("RUNTIME_UNSUPPORTED", {
    who,
    field: `column "${name}"`,
    expected: "codes of a dictionary",
    received: "texts, which no operator of our graphs compares",
    remedy: 'Give the graph codes: graphInputs with strings: "codes".',
  });
}
