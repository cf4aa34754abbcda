import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import type { Column, ColumnKind, Frame, FrameSchema } from "../frame/column.ts";
import { columnNamed, dropColumns, schemaOf, withColumns } from "../frame/frame.ts";
import { checkedSelection } from "./checked-selection.ts";
import type { Columnwise } from "./crew/columnwise.ts";
import type { Lane } from "./lane.ts";
import type { Pointwise } from "./pointwise.ts";
import type {
  AnyTransformDef,
  GraphColumn,
  Labels,
  StateValue,
  TransformDef,
  TransformTraits,
} from "./transform-def.ts";
import { nearestRemedy } from "../nearest-name.ts";

/** Which columns a transform reads: names, or every column of these kinds (those it accepts, by default). */
export interface Selection {
  readonly columns?: readonly string[] | { readonly kinds: readonly ColumnKind[] };
  /** Keeps the inputs beside outputs of other names. Default false. */
  readonly keep?: boolean;
}

/** A configured transform: plain data and `fit`. */
export interface Transform {
  readonly kind: string;
  /** Every option with its default. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly traits: TransformTraits;
  /** Column by column, where it treats each as if it were the only one: chains share such steps among threads. */
  readonly columnwise?: Columnwise;
  /** Begins a fit over rows of this schema. Errors: ARGUMENT_INVALID for columns that are absent or of another kind. */
  start(schema: FrameSchema): TransformFit;
}

/** A fit in progress. */
export interface TransformFit {
  /** The columns that it reads. */
  readonly inputs: FrameSchema;
  /** Takes rows in order. */
  add(rows: Frame, labels?: Labels): void;
  /** Errors: NOT_ENOUGH_DATA when the rows cannot tell. */
  finish(): FittedTransform;
}

/** A fitted transform: a frozen value. */
export interface FittedTransform {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The columns that it reads. */
  readonly inputs: FrameSchema;
  /** The columns that it writes. */
  readonly outputs: FrameSchema;
  /** What was learnt; plain, storable. */
  readonly state: StateValue;
  /**
   * The frame with the outputs in place of the inputs. Other columns pass.
   * Errors: ARGUMENT_INVALID for a column that is absent or of another kind.
   */
  transform(rows: Frame): Frame;
  /**
   * The same in a graph. Columns that it does not read pass. Errors: RUNTIME_UNSUPPORTED with the reason where a graph
   * cannot say it.
   */
  lower(g: GraphBuilder, columns: readonly GraphColumn[]): readonly GraphColumn[];
  /** Why there is no form in a graph; absent where there is one. */
  readonly unsupported?: string;
  /** Whether a row's outputs depend on other rows given with it: such rows do not come in pieces. */
  readonly acrossRows?: true;
  /** Column by column and number by number, where that is all that it does: chains join such steps. */
  readonly pointwise?: Pointwise;
}

/** Makes a transform of a definition and options. */
export function transformOf<Options extends object, State extends StateValue>(
  def: TransformDef<Options, State>,
  given: Options & Selection,
): Transform {
  const { columns, keep = false, ...own } = checkedSelection(def.kind, given);
  const options = Object.freeze(def.resolve(own as unknown as Options));
  const selection = Object.freeze({ ...(columns === undefined ? {} : { columns }), keep });
  const traits = traitsOf(def, options);
  return Object.freeze({
    kind: def.kind,
    options: Object.freeze({ ...options, ...selection }),
    traits,
    start(schema: FrameSchema): TransformFit {
      const inputs = selectInputs(def.kind, def.traits.accepts, schema, columns);
      const fitting = def.begin(options, inputs);
      return {
        inputs,
        add: (rows, labels) =>
          fitting.add(
            readInputs(def.kind, rows, inputs),
            rows.rows,
            checkLabels({ kind: def.kind, traits }, rows, labels),
          ),
        finish: () => fittedOf(def, options, selection, inputs, fitting.finish()),
      };
    },
    ...columnwiseOf(def, options, selection),
  });
}

function columnwiseOf<Options extends object, State extends StateValue>(
  def: TransformDef<Options, State>,
  options: Options,
  selection: { readonly columns?: Selection["columns"]; readonly keep: boolean },
): { readonly columnwise?: Columnwise } {
  const { columnwise } = def;
  const outputs = columnwise?.outputs(options);
  if (columnwise === undefined || outputs === undefined) return {};
  return {
    columnwise: Object.freeze({
      def: def as unknown as AnyTransformDef,
      outputs,
      join: (inputs: FrameSchema, states: readonly StateValue[]) =>
        fittedOf(def, options, selection, inputs, columnwise.join(states as readonly State[])),
    }),
  };
}

function traitsOf<Options extends object, State extends StateValue>(
  { traits, traitsOf: own }: TransformDef<Options, State>,
  options: Options,
): TransformTraits {
  return own === undefined ? traits : Object.freeze({ ...traits, ...own(options) });
}

/** Whether what it makes of a row may tell the row's label, so that training rows are transformed out of fold. */
export function tellsLabels({ traits }: Pick<Transform, "traits">): boolean {
  return traits.labels !== "none" && traits.passes !== true;
}

/** Fits a transform to rows in memory. */
export function fitTransform(transform: Transform, rows: Frame, labels?: Labels): FittedTransform {
  const fitting = transform.start(Object.freeze(rows.columns.map(schemaOf)));
  fitting.add(rows, labels);
  return fitting.finish();
}

/** A fitted transform of its parts: what a fit ends with, and what is read back from storage. */
export function fittedOf<Options extends object, State extends StateValue>(
  def: TransformDef<Options, State>,
  options: Options,
  selection: { readonly columns?: Selection["columns"]; readonly keep: boolean },
  read: FrameSchema,
  state: State,
): FittedTransform {
  const inputs = traitsOf(def, options).double === true ? inDouble(read) : read;
  const outputs = Object.freeze(def.outputs(state, options, inputs));
  const written = new Set(outputs.map(({ name }) => name));
  const gone = selection.keep ? [] : inputs.map(({ name }) => name).filter((name) => !written.has(name));
  const { lower } = def;
  return Object.freeze({
    kind: def.kind,
    options: Object.freeze({ ...options, ...selection }),
    inputs,
    outputs,
    state,
    transform(rows: Frame): Frame {
      const made = def.apply(state, options, readInputs(def.kind, rows, inputs), rows.rows);
      return dropColumns(withColumns(rows, made), gone);
    },
    lower(g: GraphBuilder, columns: readonly GraphColumn[]): readonly GraphColumn[] {
      if (typeof lower !== "function") {
        throw tidelineError("RUNTIME_UNSUPPORTED", {
          who: def.kind,
          expected: "a transform that a graph can say",
          received: lower.unsupported,
        });
      }
      const read = inputs.map(({ name }) => graphColumn(def.kind, columns, name));
      const made = new Map(lower(state, options, g, read).map((column) => [column.name, column]));
      const kept = columns
        .filter(({ name }) => !gone.includes(name))
        .map((column) => made.get(column.name) ?? column);
      const present = new Set(kept.map(({ name }) => name));
      return [...kept, ...[...made.values()].filter(({ name }) => !present.has(name))];
    },
    ...(typeof lower === "function" ? {} : { unsupported: lower.unsupported }),
    ...(def.traits.acrossRows === true ? { acrossRows: true as const } : {}),
    ...pointwiseOf(def, options, inputs, state),
  });
}

/** The schema, its numbers marked to enter a graph as float64. */
function inDouble(schema: FrameSchema): FrameSchema {
  return Object.freeze(
    schema.map((column) =>
      column.kind === "float" || column.kind === "integer"
        ? Object.freeze({ ...column, double: true as const })
        : column,
    ),
  );
}

/** Lanes are columns where none is a vector. */
function pointwiseOf<Options extends object, State extends StateValue>(
  { pointwise }: TransformDef<Options, State>,
  options: Options,
  inputs: FrameSchema,
  state: State,
): { readonly pointwise?: Pointwise } {
  if (pointwise === undefined || !inputs.every(({ kind }) => kind === "float" || kind === "integer"))
    return {};
  return {
    pointwise: Object.freeze({
      keepsUnit: pointwise.keepsUnit,
      applyLane: (at: number, from: Lane, to: Lane, rows: number) =>
        pointwise.applyLane(state, options, at, from, to, rows),
    }),
  };
}

/** The columns that a selection means. @throws ARGUMENT_INVALID for columns that are absent or of another kind. */
export function selectInputs(
  who: string,
  accepts: readonly ColumnKind[],
  schema: FrameSchema,
  columns: Selection["columns"],
): FrameSchema {
  const wrong = (field: string, expected: string, received: string, remedy?: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received, remedy });
  if (columns === undefined || "kinds" in columns) {
    const kinds: readonly ColumnKind[] = columns === undefined ? accepts : columns.kinds;
    const refused = kinds.find((kind) => !accepts.includes(kind));
    if (refused !== undefined) throw wrong("columns.kinds", accepts.join(", "), refused);
    const chosen = schema.filter(({ kind }) => kinds.includes(kind));
    if (chosen.length === 0) throw wrong("columns", `at least one of ${kinds.join(", ")}`, "none");
    return Object.freeze(chosen);
  }
  if (columns.length === 0) throw wrong("columns", "at least one name", "none");
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) throw wrong("columns", "each name once", `"${twice}" twice`);
  return Object.freeze(
    columns.map((name) => {
      const found = schema.find((column) => column.name === name);
      const there = schema.map((column) => `"${column.name}"`).join(", ");
      if (found === undefined) {
        const near = nearestRemedy(
          name,
          schema.map((column) => column.name),
        );
        throw wrong("columns", `one of ${there}`, `"${name}"`, near);
      }
      if (!accepts.includes(found.kind))
        throw wrong(`column "${name}"`, `a column of kind ${accepts.join(", ")}`, `a ${found.kind} column`);
      return found;
    }),
  );
}

/** The columns of a schema, as they were at the fit. @throws ARGUMENT_INVALID for one that is absent or of another kind. */
export function readInputs(who: string, rows: Frame, inputs: FrameSchema): readonly Column[] {
  return inputs.map(({ name, kind, width }) => {
    const column = columnNamed(rows, name, who);
    const same = column.kind === kind && (column.kind !== "vector" || column.width === width);
    if (same) return column;
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: `column "${name}"`,
      expected: width === undefined ? `a ${kind} column` : `a ${kind} column of width ${width}`,
      received:
        column.kind === "vector" ? `a vector column of width ${column.width}` : `a ${column.kind} column`,
      remedy: "Give it the columns that it was fitted on.",
    });
  });
}

function checkLabels(
  def: { readonly kind: string; readonly traits: TransformTraits },
  rows: Frame,
  labels: Labels | undefined,
): Labels | undefined {
  const wrong = (expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: def.kind, field: "labels", expected, received });
  if (labels === undefined) {
    if (def.traits.labels === "required") throw wrong("the labels of the rows", "none");
    return undefined;
  }
  if (labels.y.length !== rows.rows)
    throw wrong(`${rows.rows} labels, one for each row`, String(labels.y.length));
  return def.traits.labels === "none" ? undefined : labels;
}

function graphColumn(who: string, columns: readonly GraphColumn[], name: string): GraphColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "columns",
    expected: `a column "${name}"`,
    received: columns.map((one) => `"${one.name}"`).join(", ") || "none",
  });
}
