import { graphBuilder, interpret, type Feed, type OnnxModel, type RuntimeTensor } from "@tideline/graph";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";
import type { Column, Frame } from "../../frame/column.ts";
import { frameOf } from "../../frame/frame-of.ts";
import { isMissing } from "../../frame/validity.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { isRecord } from "../../net/estimator/option-form.ts";
import { graphFeeds } from "../graph-feed.ts";
import { graphInputs, type GraphInputOptions } from "../graph-input.ts";
import type { AnyTransformDef, GraphColumn } from "../transform-def.ts";
import { fitTransform, transformOf, type FittedTransform } from "../transform.ts";
import { columnFault } from "./column-fault.ts";
import type { TransformVector } from "./transform-vector.ts";

/** A vector on its way: the rows, the columns wanted, and the transform fitted to the rows. */
export interface FittedVector {
  /** For messages. */
  readonly title: string;
  readonly vector: TransformVector;
  readonly rows: Frame;
  readonly wanted: readonly Column[];
  readonly fitted: FittedTransform;
}

/** The graph of a vector and what it is fed; undefined where the transform has none. */
export interface VectorGraph {
  readonly model: OnnxModel;
  readonly feeds: Readonly<Record<string, RuntimeTensor>>;
}

/** A vector that is not met. */
function unmet(who: string, field: string, expected: string, received: string) {
  const remedy = "Mend the transform, or the vector.";
  return tidelineError("DEFINITION_ILLEGAL", { who, field, expected, received, remedy });
}

/** Fits a transform to the rows of a vector. @throws DEFINITION_ILLEGAL for one that cannot be met by any transform. */
export function fitVector(def: AnyTransformDef, vector: TransformVector, at: number): FittedVector {
  if (!isRecord(vector) || !isRecord(vector.rows) || !isRecord(vector.gives))
    throw unmet(def.kind, `vector ${at}`, "{ rows, gives }, columns by name", typeof vector);
  const { tolerance = 0 } = vector;
  if (!(tolerance >= 0 && tolerance < 1))
    throw unmet(def.kind, `vector ${at}, tolerance`, "a share from 0 to below 1", String(tolerance));
  const title = vector.name === undefined ? `vector ${at}` : `vector ${at} (${vector.name})`;
  let own: FittedVector;
  try {
    const rows = frameOf(vector.rows);
    const wanted = frameOf(vector.gives).columns;
    own = { title, vector, rows, wanted, fitted: fitTransform(transformOf(def, vector.options ?? {}), rows) };
  } catch (error) {
    throw unmet(def.kind, title, "rows that it takes", messageOf(error));
  }
  if (own.rows.rows > 0 && own.wanted.length > 0) return own;
  throw unmet(def.kind, title, "rows, and columns that it gives", "none");
}

/** Wants the frame to give what the vector says. @throws DEFINITION_ILLEGAL with column, row, wanted and received. */
export function checkFrameVector({ title, vector, rows, wanted, fitted }: FittedVector): void {
  const before = structuredClone(rows.columns);
  let made: Frame;
  try {
    made = fitted.transform(rows);
  } catch (error) {
    throw unmet(fitted.kind, title, "columns", messageOf(error));
  }
  for (const [at, column] of before.entries()) {
    const fault = columnFault(rows.columns[at]!, column, 0);
    if (fault !== undefined)
      throw unmet(
        fitted.kind,
        `${title}, column "${column.name}" that it reads, row ${fault.row}`,
        `${fault.expected}, unchanged`,
        fault.received,
      );
  }
  for (const column of wanted) {
    const received = made.columns.find(({ name }) => name === column.name);
    if (received === undefined)
      throw unmet(
        fitted.kind,
        title,
        `a column "${column.name}"`,
        made.columns.map(({ name }) => name).join(),
      );
    const alike = received.kind === column.kind || isNothing(column);
    if (!alike)
      throw unmet(fitted.kind, `${title}, column "${column.name}"`, `a ${column.kind} column`, received.kind);
    const fault = columnFault(received, column, vector.tolerance ?? 1e-9);
    if (fault !== undefined)
      throw unmet(
        fitted.kind,
        `${title}, column "${column.name}", row ${fault.row}`,
        fault.expected,
        fault.received,
      );
  }
}

/** A column of nothing but missing values has the kind of whatever it is compared with. */
function isNothing(column: Column): boolean {
  if (column.kind !== "float") return false;
  return column.values.every((_, row) => isMissing(column, row));
}

/**
 * The graph of a vector, an output for each wanted column of numbers under its name.
 *
 * @throws DEFINITION_ILLEGAL where it has not all of them.
 */
export function graphOfVector({ title, rows, wanted, fitted }: FittedVector): VectorGraph | undefined {
  if (fitted.unsupported !== undefined) return undefined;
  const dictionaries = Object.fromEntries(
    rows.columns.flatMap((column) => (column.kind === "string" ? [[column.name, column.dictionary]] : [])),
  );
  const options: GraphInputOptions = { strings: "codes", dictionaries };
  const g = graphBuilder("vector");
  let made: readonly GraphColumn[];
  try {
    made = fitted.lower(g, graphInputs(g, fitted.inputs, options));
  } catch (error) {
    // It says why it has none for such columns.
    if (isTidelineError(error, "RUNTIME_UNSUPPORTED")) return undefined;
    throw unmet(fitted.kind, `${title} in a graph`, "columns", messageOf(error));
  }
  const absent = wanted.find((column) => !made.some(({ name }) => name === column.name));
  if (absent !== undefined)
    throw unmet(
      fitted.kind,
      `${title} in a graph`,
      `a column "${absent.name}"`,
      made.map(({ name }) => name).join() || "none",
    );
  const numbers = made.filter(
    ({ name, kind }) => (kind === "number" || kind === "time") && wanted.some((one) => one.name === name),
  );
  if (numbers.length === 0) return undefined;
  for (const { name, value } of numbers) g.output(`out ${name}`, value);
  return { model: g.build(), feeds: graphFeeds(rows, fitted.inputs, options) };
}

/** Wants what a graph gave, by output, to be what the vector says. @throws DEFINITION_ILLEGAL */
export function checkGraphVector(
  { title, vector, wanted, fitted }: FittedVector,
  runtime: string,
  given: Readonly<Record<string, { readonly values: ArrayLike<number | bigint> }>>,
): void {
  for (const column of wanted) {
    const values = given[`out ${column.name}`]?.values;
    if (values === undefined) continue;
    const expected = numbersOf(column, fitted.kind);
    const whole = (numbers: ArrayLike<number | bigint>): Column => ({
      kind: "float",
      name: column.name,
      values: Float64Array.from(numbers, Number),
    });
    const tolerance = Math.max(vector.tolerance ?? 0, 1e-6);
    const fault = columnFault(whole(values), whole(expected), tolerance);
    const where = `${title} in a graph by ${runtime}, column "${column.name}", number ${fault?.row}`;
    if (fault !== undefined) throw unmet(fitted.kind, where, fault.expected, fault.received);
  }
}

/** Wants a definition to give what its vectors say, in frames and by the reference kernels. @throws DEFINITION_ILLEGAL */
export function checkVectors(def: AnyTransformDef, vectors: readonly TransformVector[]): void {
  for (const [at, vector] of vectors.entries()) {
    const own = fitVector(def, vector, at);
    checkFrameVector(own);
    const graph = graphOfVector(own);
    if (graph !== undefined)
      checkGraphVector(own, "the reference kernels", interpret(graph.model, feedsOf(graph)));
  }
}

function feedsOf({ feeds }: VectorGraph): Record<string, Feed> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dims, values }]) => [
      name,
      { dims, values: Float64Array.from(values as ArrayLike<number>, Number) },
    ]),
  );
}
