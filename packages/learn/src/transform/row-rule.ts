import type { Column, Frame, FrameSchema } from "../frame/column.ts";
import { schemaOf } from "../frame/frame.ts";
import type { OptionForm } from "../net/estimator/option-form.ts";
import { checkedSelection } from "./checked-selection.ts";
import { readInputs, selectInputs, type Selection } from "./transform.ts";
import type { Fitting, StateValue, TransformTraits } from "./transform-def.ts";

/** Which rows stay, and why the others go. */
export interface RowVerdict {
  /** [rows], 1 for a row that stays. */
  readonly keep: Uint8Array;
  /** [rows], places in `reasons`; -1 for a row that stays. */
  readonly reasonOf: Int32Array;
  /** Why rows go, such as `age: missing`. */
  readonly reasons: readonly string[];
}

/** Judges rows in order, in pieces: a duplicate is one of any row before it, whatever its piece. */
export type RowJudge = (columns: readonly Column[], rows: number) => RowVerdict;

/** The definition of a kind of rule about rows. */
export interface RowRuleDef<Options extends object, State extends StateValue> {
  /** Unique among rules; stored. */
  readonly kind: string;
  readonly traits: TransformTraits;
  readonly forms?: Readonly<Record<string, OptionForm>>;
  /** @throws DEFINITION_ILLEGAL */
  resolve(options: Options): Options;
  begin(options: Options, inputs: FrameSchema): Fitting<State>;
  /** @throws MODEL_MALFORMED */
  checkState?(state: State, options: Options, inputs: FrameSchema): void;
  /** A judge that has seen no row yet. */
  judge(state: State, options: Options, inputs: FrameSchema): RowJudge;
}

/** A definition whatever its options and state. */
export type AnyRowRuleDef = RowRuleDef<object, StateValue>;

/** A configured rule: rows are removed in training only, and never silently. */
export interface RowRule {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly traits: TransformTraits;
  /** A rule, not a transform. */
  readonly rule: true;
  /** Errors: ARGUMENT_INVALID for columns that are absent or of another kind. */
  start(schema: FrameSchema): { add(rows: Frame): void; finish(): FittedRowRule };
}

/** A fitted rule: a frozen value. */
export interface FittedRowRule {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rule: true;
  readonly inputs: FrameSchema;
  readonly state: StateValue;
  /** The verdict on a frame. Errors: ARGUMENT_INVALID for a column that is absent or of another kind. */
  judge(rows: Frame): RowVerdict;
  /** A judge for pieces of one table, in order. */
  judging(): (rows: Frame) => RowVerdict;
}

/** Makes a rule of a definition and options. */
export function ruleOf<Options extends object, State extends StateValue>(
  def: RowRuleDef<Options, State>,
  given: Options & Pick<Selection, "columns">,
): RowRule {
  const { columns, ...own } = checkedSelection(def.kind, given);
  const options = Object.freeze(def.resolve(own as unknown as Options));
  const selection = Object.freeze(columns === undefined ? {} : { columns });
  return Object.freeze({
    kind: def.kind,
    options: Object.freeze({ ...options, ...selection }),
    traits: def.traits,
    rule: true as const,
    start(schema: FrameSchema) {
      const inputs = selectInputs(def.kind, def.traits.accepts, schema, columns);
      const fitting = def.begin(options, inputs);
      return {
        add: (rows: Frame) => fitting.add(readInputs(def.kind, rows, inputs), rows.rows),
        finish: () => fittedRuleOf(def, options, selection, inputs, fitting.finish()),
      };
    },
  });
}

/** A fitted rule of its parts. */
export function fittedRuleOf<Options extends object, State extends StateValue>(
  def: RowRuleDef<Options, State>,
  options: Options,
  selection: Pick<Selection, "columns">,
  inputs: FrameSchema,
  state: State,
): FittedRowRule {
  const judging = () => {
    const judge = def.judge(state, options, inputs);
    return (rows: Frame) => judge(readInputs(def.kind, rows, inputs), rows.rows);
  };
  return Object.freeze({
    kind: def.kind,
    options: Object.freeze({ ...options, ...selection }),
    rule: true as const,
    inputs,
    state,
    judge: (rows: Frame) => judging()(rows),
    judging,
  });
}

/** Fits a rule to rows in memory. */
export function fitRule(rule: RowRule, rows: Frame): FittedRowRule {
  const fitting = rule.start(Object.freeze(rows.columns.map(schemaOf)));
  fitting.add(rows);
  return fitting.finish();
}

/** A verdict that keeps every row, to be changed by {@link reject}. */
export function allKept(rows: number, reasons: readonly string[]): RowVerdict {
  return { keep: new Uint8Array(rows).fill(1), reasonOf: new Int32Array(rows).fill(-1), reasons };
}

/** Lets a row go, for the first reason that is found. */
export function reject({ keep, reasonOf }: RowVerdict, row: number, reason: number): void {
  if (keep[row] === 0) return;
  keep[row] = 0;
  reasonOf[row] = reason;
}

/** How many rows go for each reason; reasons that hold for none are left out. */
export function rejectedBy({ reasonOf, reasons }: RowVerdict): Readonly<Record<string, number>> {
  const counts = new Float64Array(reasons.length);
  for (const reason of reasonOf) if (reason >= 0) counts[reason]!++;
  return Object.freeze(
    Object.fromEntries(reasons.flatMap((reason, at) => (counts[at]! > 0 ? [[reason, counts[at]!]] : []))),
  );
}
