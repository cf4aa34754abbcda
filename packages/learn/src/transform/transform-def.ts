import type { GraphBuilder, Value } from "@tideline/graph";
import type { Column, ColumnKind, FrameSchema } from "../frame/column.ts";
import type { OptionForm } from "../net/estimator/option-form.ts";
import type { ColumnwiseDef } from "./crew/columnwise.ts";
import type { TransformVector } from "./custom/transform-vector.ts";
import type { Lane } from "./lane.ts";

/** What is to be predicted for each row, for transforms that learn from it. */
export type Labels =
  | {
      readonly kind: "classes";
      /** [rows], positions in `classes`. */
      readonly y: Int32Array;
      readonly classes: readonly string[];
    }
  | {
      readonly kind: "values";
      /** [rows], finite. */
      readonly y: Float64Array;
    };

/** A column inside a graph. */
export type GraphColumn =
  | {
      readonly kind: "number";
      readonly name: string;
      readonly width: number;
      /** float32, [N, width]; NaN is missing. Truths are 0 and 1, whole numbers are numbers. */
      readonly value: Value;
      /** The same in float64, where it entered so: for differences that are taken before the cast to float32. */
      readonly double?: Value;
    }
  | {
      readonly kind: "text";
      readonly name: string;
      /** string, [N, 1]; the empty text is missing. */
      readonly value: Value;
    }
  | {
      readonly kind: "codes";
      readonly name: string;
      /** int64, [N, 1], places in `dictionary`; -1 is missing or a text outside it. For runtimes without strings. */
      readonly value: Value;
      readonly dictionary: readonly string[];
    }
  | {
      readonly kind: "time";
      readonly name: string;
      /** float64, [N, 1], microseconds since 1970 in UTC; NaN is missing. Differences alone are cast to float32. */
      readonly value: Value;
    };

/** What a fit keeps: plain values and typed arrays, nested as one likes; no functions, no cycles. */
export type StateValue =
  | null
  | boolean
  | number
  | string
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint8Array
  | readonly StateValue[]
  | { readonly [field: string]: StateValue };

/** A fit in progress: rows come in any number of pieces, in order. */
export interface Fitting<State> {
  /** Takes rows: the input columns in the order of the schema. Changes none of them and keeps no view of them. */
  add(columns: readonly Column[], rows: number, labels?: Labels): void;
  /** What was learnt. @throws NOT_ENOUGH_DATA when the rows cannot tell. */
  finish(): State;
}

/** What a conformance suite and a chain need to know before any row comes. */
export interface TransformTraits {
  /** The kinds of columns that it reads. */
  readonly accepts: readonly ColumnKind[];
  /** Whether it learns from labels; then training rows are transformed out of fold, unless it `passes`. */
  readonly labels: "none" | "optional" | "required";
  /**
   * Whether outputs are inputs as they came, so that no row's can tell its label and training rows need no folds (whose
   * columns would differ). Default false.
   */
  readonly passes?: boolean;
  /** Whether a fit's memory is bounded or grows with the rows (k-NN, iterative imputing). */
  readonly memory: "bounded" | "rows";
  /** Whether the order of the rows matters to a fit. */
  readonly ordered: boolean;
  /** Whether a row's outputs depend on other rows given with it; then rows may not come in pieces. Default false. */
  readonly acrossRows?: boolean;
  /** Whether its numbers enter a graph as float64, because it takes differences of them: coordinates. Default false. */
  readonly double?: boolean;
}

/** How a fitted transform joins a graph: the outputs, in the order of `outputs`. */
export type Lowering<Options, State> = {
  // A method, so that definitions of all options and states go into one registry.
  lower(
    state: State,
    options: Options,
    g: GraphBuilder,
    columns: readonly GraphColumn[],
  ): readonly GraphColumn[];
}["lower"];

/** How a transform of single numbers writes one column, for chains that apply several of them in one pass. */
export type PointwiseDef<Options, State> = {
  // A method, as in `Lowering`.
  readonly keepsUnit: boolean;
  /** The same numbers as `apply` for column `at` of floats or whole numbers (as floats), `rows` of them. */
  applyLane(state: State, options: Options, at: number, from: Lane, to: Lane, rows: number): void;
};

/**
 * The definition of a kind of transform: pure functions over plain options and a plain state, from which `transformOf`
 * makes what users hold. A column is given to `apply` and `lower` in the order of the inputs of the fit.
 */
export interface TransformDef<Options extends object, State extends StateValue> {
  /** Unique among transforms; stored. */
  readonly kind: string;
  readonly traits: TransformTraits;
  /** The traits that only options decide, in place of those of `traits`; given options that `resolve` gave. */
  traitsOf?(options: Options): Partial<Pick<TransformTraits, "double" | "labels" | "memory">>;
  /** What each option must look like, from which the conformance suite derives wrong ones. */
  readonly forms?: Readonly<Record<string, OptionForm>>;
  /** What it must give when made with these options, beside what `apply` and `lower` must agree on. */
  vectors?(options: Options): readonly TransformVector[];
  /** The options with every default filled in. @throws DEFINITION_ILLEGAL, as `check-option.ts` words it. */
  resolve(options: Options): Options;
  /** Begins a fit over columns of this schema. @throws ARGUMENT_INVALID for columns that do not go together. */
  begin(options: Options, inputs: FrameSchema): Fitting<State>;
  /**
   * Whether a state that came of storage is one of these inputs: lengths, ranges, whatever `apply` relies on.
   *
   * @throws MODEL_MALFORMED, as `state-check.ts` words it.
   */
  checkState?(state: State, options: Options, inputs: FrameSchema): void;
  /** The columns that `apply` gives. One of an input's name takes that input's place. */
  outputs(state: State, options: Options, inputs: FrameSchema): FrameSchema;
  /** The outputs, in float64 where numbers come of numbers. Changes no input. */
  apply(state: State, options: Options, columns: readonly Column[], rows: number): readonly Column[];
  /** For one whose outputs are float columns in place of the inputs, each number made of the one at its place alone. */
  readonly pointwise?: PointwiseDef<Options, State>;
  /** For one that treats each column as if it were the only one: threads may share the columns. */
  readonly columnwise?: ColumnwiseDef<Options, State>;
  /** The same in a graph, in float32; or the reason why there is none. */
  readonly lower: Lowering<Options, State> | { readonly unsupported: string };
}

/** A definition whatever its options and state. */
export type AnyTransformDef = TransformDef<object, StateValue>;
