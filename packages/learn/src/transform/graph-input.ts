import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { ColumnSchema, FrameSchema } from "../frame/column.ts";
import { doubleMath } from "./double-math.ts";
import { laneNames } from "./lane.ts";
import { packColumns } from "./number-graph.ts";
import type { GraphColumn } from "./transform-def.ts";

/** How columns enter a graph. */
export interface GraphInputOptions {
  /** Texts as texts, or as places in a dictionary for runtimes without strings. Default "text". */
  readonly strings?: "text" | "codes";
  /** For codes: the dictionary of each column of strings. */
  readonly dictionaries?: Readonly<Record<string, readonly string[]>>;
}

const WHO = "graphInputs";

/**
 * An input for each column, under its name: numbers float32 [N, 1] (float64 where the schema says `double`), vectors [N, width], times float64 [N, 1], texts
 * string [N, 1] or codes int64 [N, 1].
 *
 * @throws ARGUMENT_INVALID for series and bytes, which have inputs of their own, and for codes without a dictionary.
 * @example
 * const g = graphBuilder("churn");
 * const columns = fitted.lower(g, graphInputs(g, fitted.inputs));
 * g.output("features", features(g, columns).value);
 */
export function graphInputs(
  g: GraphBuilder,
  schema: FrameSchema,
  options: GraphInputOptions = {},
): readonly GraphColumn[] {
  return Object.freeze(schema.map((column) => graphInput(g, column, options)));
}

function graphInput(g: GraphBuilder, column: ColumnSchema, options: GraphInputOptions): GraphColumn {
  const { name, kind, width = 1 } = column;
  switch (kind) {
    case "float":
    case "integer":
    case "boolean":
    case "vector":
      if (column.double === true) {
        const double = g.input(name, "float64", ["N", width]);
        return { kind: "number", name, width, value: doubleMath(g).toFloat(double), double };
      }
      return { kind: "number", name, width, value: g.input(name, "float32", ["N", width]) };
    case "time":
      return { kind, name, value: g.input(name, "float64", ["N", 1]) };
    case "string": {
      if (options.strings !== "codes")
        return { kind: "text", name, value: g.input(name, "string", ["N", 1]) };
      const dictionary = options.dictionaries?.[name];
      if (dictionary === undefined) throw wrong(name, "a dictionary in `dictionaries`", "none");
      return { kind: "codes", name, value: g.input(name, "int64", ["N", 1]), dictionary };
    }
    default:
      throw wrong(name, "numbers, vectors, times or strings", `a ${kind} column`);
  }
}

/** What a model takes: numbers side by side. */
export interface GraphFeatures {
  /** float32, [N, F] */
  readonly value: Value;
  /** [F], `name` or `name[element]`. */
  readonly names: readonly string[];
}

/**
 * Columns of numbers as one value, in order.
 *
 * @throws ARGUMENT_INVALID without columns, and for texts, codes and times that no transform made numbers of.
 */
export function features(g: GraphBuilder, columns: readonly GraphColumn[]): GraphFeatures {
  if (columns.length === 0) throw wrong("", "at least one column", "none");
  const value = packColumns(g, "features", columns);
  const schema = columns.map((column): ColumnSchema => {
    const width = column.kind === "number" ? column.width : 1;
    return width === 1 ? { name: column.name, kind: "float" } : { name: column.name, kind: "vector", width };
  });
  return Object.freeze({ value, names: Object.freeze(laneNames(schema)) });
}

function wrong(name: string, expected: string, received: string) {
  return tidelineError("ARGUMENT_INVALID", { who: WHO, field: `column "${name}"`, expected, received });
}
