import type { GraphBuilder, Value } from "@tideline/graph";
import type { Column, ColumnKind, FrameSchema } from "../frame/column.ts";
import type { FloatArray } from "../matrix.ts";
import { joinFields } from "./crew/columnwise.ts";
import type { OptionForm } from "../net/estimator/option-form.ts";
import { laneNames, lanesOf, widthOf, type Lane } from "./lane.ts";
import { packColumns, unpackColumns } from "./number-graph.ts";
import { resolveOptions } from "./resolve-options.ts";
import { checkFloats } from "./state-check.ts";
import type { Fitting, StateValue, TransformDef } from "./transform-def.ts";

/** What is learnt of one lane: named numbers, of one length for every lane. */
export type LaneState = Readonly<Record<string, number | Float64Array>>;

/** A fit of one lane in progress. */
export interface LaneFit<State extends LaneState> {
  add(lane: Lane, rows: number): void;
  finish(): State;
}

/** The state of all lanes: each field has the numbers of the lanes side by side, `[F]` or `[F, length]`. */
export type LaneStates = { readonly [field: string]: StateValue } & Readonly<Record<string, Float64Array>>;

/** A transform that treats each number of a row alone, by what was learnt of its column. */
export interface NumberDef<Options extends object, State extends LaneState> {
  readonly kind: string;
  readonly forms: Readonly<Record<string, OptionForm>>;
  readonly defaults: object;
  readonly needed?: readonly string[];
  /** Further checks of options that go together. @throws DEFINITION_ILLEGAL */
  check?(options: Options): void;
  readonly accepts?: readonly ColumnKind[];
  readonly memory?: "bounded" | "rows";
  /** The unit of what comes out: that of the input where the transform keeps it. Default: dropped. */
  readonly keepsUnit?: boolean;
  /** Begins the fit of a lane; `name` is for messages. */
  fitLane(options: Options, name: string): LaneFit<State>;
  /** Fields of a state and how long each is, for a stored one: 1 for a single number. */
  lengths(options: Options): Readonly<Record<keyof State & string, number>>;
  /** Checks of the numbers of a stored state beyond their count. @throws MODEL_MALFORMED */
  checkLanes?(states: LaneStates, options: Options): void;
  /** Writes the lane's output: `rows` numbers from `target.start` at its stride. `state` are views of the lane's own numbers. */
  applyLane(states: LaneStates, at: number, options: Options, from: Lane, to: Lane, rows: number): void;
  /** The same for all lanes at once: float32 [N, F] to [N, F]; or the reason why not. */
  readonly lower: NumberLowering<Options> | { readonly unsupported: string };
}

/** How numbers go through a graph; a method's type, as in {@link NumberDef}. */
export type NumberLowering<Options> = {
  lower(states: LaneStates, options: Options, g: GraphBuilder, x: Value, width: number): Value;
}["lower"];

/** Kinds whose rows are numbers. */
export const NUMBER_KINDS = ["float", "integer", "boolean", "vector"] as const;

/** The definition of a transform of single numbers. */
export function numberTransform<Options extends object, State extends LaneState>(
  def: NumberDef<Options, State>,
): TransformDef<Options, LaneStates> {
  const { kind, forms, defaults, needed = [], lower } = def;
  return Object.freeze({
    kind,
    traits: Object.freeze({
      accepts: def.accepts ?? NUMBER_KINDS,
      labels: "none" as const,
      memory: def.memory ?? ("bounded" as const),
      ordered: false,
    }),
    forms,
    resolve(given: Options): Options {
      const options = resolveOptions(kind, forms, defaults, given, needed);
      def.check?.(options);
      return options;
    },
    begin: (options: Options, inputs: FrameSchema) => beginLanes(def, options, inputs),
    checkState(states: LaneStates, options: Options, inputs: FrameSchema) {
      const width = widthOf(inputs);
      const lengths = Object.entries<number>(def.lengths(options));
      checkFloats(kind, states, Object.fromEntries(lengths.map(([name, each]) => [name, each * width])));
      def.checkLanes?.(states, options);
    },
    outputs: (_: LaneStates, _options: Options, inputs: FrameSchema) =>
      inputs.map(({ name, kind: from, width, unit }) => ({
        name,
        ...(from === "vector" ? { kind: "vector" as const, width: width! } : { kind: "float" as const }),
        ...(def.keepsUnit === true && unit !== undefined ? { unit } : {}),
      })),
    apply: (states: LaneStates, options: Options, columns: readonly Column[], rows: number) =>
      applyLanes(def, states, options, columns, rows),
    pointwise: {
      keepsUnit: def.keepsUnit === true,
      applyLane: (states: LaneStates, options: Options, at: number, from: Lane, to: Lane, rows: number) =>
        def.applyLane(states, at, options, from, to, rows),
    },
    columnwise: { outputs: () => "places" as const, join: joinFields<LaneStates> },
    lower:
      typeof lower === "function"
        ? (
            states: LaneStates,
            options: Options,
            g: GraphBuilder,
            columns: Parameters<typeof packColumns>[2],
          ) => {
            const x = packColumns(g, kind, columns);
            const named = columns.map((column) => ({
              name: column.name,
              width: column.kind === "number" ? column.width : 1,
            }));
            const width = named.reduce((sum, one) => sum + one.width, 0);
            return unpackColumns(g, lower(states, options, g, x, width), named);
          }
        : lower,
  });
}

function beginLanes<Options extends object, State extends LaneState>(
  def: NumberDef<Options, State>,
  options: Options,
  inputs: FrameSchema,
): Fitting<LaneStates> {
  const fits = laneNames(inputs).map((name) => def.fitLane(options, name));
  return {
    add(columns, rows) {
      const lanes = lanesOf(columns, def.kind);
      for (const [at, fit] of fits.entries()) fit.add(lanes[at]!, rows);
    },
    finish: () => joined(fits.map((fit) => fit.finish())),
  };
}

/** The states of lanes, field by field side by side. */
function joined(lanes: readonly LaneState[]): LaneStates {
  const fields = Object.keys(lanes[0] ?? {});
  return Object.fromEntries(
    fields.map((field) => {
      const parts = lanes.map((lane) => lane[field]!);
      const each = typeof parts[0] === "number" ? 1 : parts[0]!.length;
      const out = new Float64Array(each * parts.length);
      for (const [at, part] of parts.entries()) {
        if (typeof part === "number") out[at] = part;
        else out.set(part, at * each);
      }
      return [field, out];
    }),
  );
}

function applyLanes<Options extends object, State extends LaneState>(
  def: NumberDef<Options, State>,
  states: LaneStates,
  options: Options,
  columns: readonly Column[],
  rows: number,
): readonly Column[] {
  let at = 0;
  return columns.map((column): Column => {
    const width = column.kind === "vector" ? column.width : 1;
    const out: FloatArray = new Float64Array(rows * width);
    for (const [lane, from] of lanesOf([column], def.kind).entries()) {
      def.applyLane(states, at, options, from, { values: out, start: lane, stride: width }, rows);
      at++;
    }
    const unit =
      def.keepsUnit === true && "unit" in column && column.unit !== undefined ? { unit: column.unit } : {};
    return column.kind === "vector"
      ? { kind: "vector", name: column.name, width, values: out, ...unit }
      : { kind: "float", name: column.name, values: out, ...unit };
  });
}
