import type { ColumnKind } from "../frame/column.ts";
import { illegalOption, unknownOption } from "../net/check-option.ts";
import { isRecord } from "../net/estimator/option-form.ts";
import type { Reference } from "./reference.ts";

/** What a broken check does: fails the run, is told, or takes the row out. */
export type Severity = "fail" | "warn" | "quarantine";

/** What every check may say. */
export interface Severe {
  /** Default `"fail"`. Only checks of rows quarantine. */
  readonly severity?: Severity;
}

/** What checks that judge each row may say. */
export interface RowSevere extends Severe {
  /** The share of rows that may break it, 0 to 1; more fails (or warns), quarantined or not. Default 0; 1 for quarantine. */
  readonly share?: number;
}

/** A bound: a number, or for times also ISO 8601. */
export type Bound = number | string;

/** Values of the kind; a column of texts has it in the rows whose text reads as one. */
export interface TypeCheck extends RowSevere {
  readonly check: "type";
  readonly kind: ColumnKind;
}
/** Numbers (each of a vector's, truths as 0 and 1) or times within bounds, both included. */
export interface RangeCheck extends RowSevere {
  readonly check: "range";
  readonly atLeast?: Bound;
  readonly atMost?: Bound;
}
/** A value, no NaN and no null. */
export interface NotMissingCheck extends RowSevere {
  readonly check: "notMissing";
}
/** No infinity. */
export interface FiniteCheck extends RowSevere {
  readonly check: "finite";
}
/** One of these values; texts that read as one of its numbers or truths are it, and for integers and times texts stand for those. */
export interface OneOfCheck extends RowSevere {
  readonly check: "oneOf";
  readonly values: readonly (string | number | boolean)[];
}
/** Texts in which a regular expression is found. */
export interface PatternCheck extends RowSevere {
  readonly check: "pattern";
  readonly source: string;
  readonly flags: string;
}
/** A value that no row before has; with `with` the combination of columns. The first row stays. */
export interface UniqueCheck extends RowSevere {
  readonly check: "unique";
  readonly with?: readonly string[];
}
/** Numbers or times that do not fall from row to row, in each group of `by`. */
export interface RisingCheck extends RowSevere {
  readonly check: "rising";
  readonly by?: string;
  /** Equal ones break it, too. Default false. */
  readonly strict?: boolean;
}
/** A function given to the run under this name. */
export interface CustomCheck extends RowSevere {
  readonly check: "custom";
  readonly name: string;
}
/** The newest time (of texts, those that read as one) at most so long before the run's `now`, and no later than it. */
export interface FreshCheck extends Severe {
  readonly check: "fresh";
  readonly within: string;
}
/** A distribution like that of a reference. */
export interface LikeCheck extends Severe {
  readonly check: "like";
  readonly reference: Reference;
  readonly test: "psi" | "ks" | "chi-square";
  /** Of `psi` and `ks`: the largest value that passes. */
  readonly atMost?: number;
  /** Of `chi-square`: the smallest p-value that passes. */
  readonly pAtLeast?: number;
}
/** How many rows come through. */
export interface CountCheck extends Severe {
  readonly check: "count";
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A check that judges each row by itself. */
export type PlainRowCheck =
  | TypeCheck
  | RangeCheck
  | NotMissingCheck
  | FiniteCheck
  | OneOfCheck
  | PatternCheck
  | CustomCheck;
/** A check that judges a row by those before it. */
export type OrderedRowCheck = UniqueCheck | RisingCheck;
/** A check of each row. */
export type RowCheck = PlainRowCheck | OrderedRowCheck;
/** A check of a column. */
export type ColumnCheck = FreshCheck | LikeCheck;
/** Any check: plain data. */
export type Check = RowCheck | ColumnCheck | CountCheck;

/** Checks of a table, as plain data. */
export interface CheckSet {
  /** By column, in the order in which reasons are named. */
  readonly columns: Readonly<Record<string, readonly (RowCheck | ColumnCheck)[]>>;
  readonly rows: readonly CountCheck[];
}

const SEVERE = ["severity"];
const ROW_SEVERE = ["severity", "share"];

/** A check with its options, none of which says what another argument does. @throws DEFINITION_ILLEGAL */
function made<Own extends Check>(own: Own, options: object, known: readonly string[]): Own {
  if (!isRecord(options)) throw illegalOption(own.check, "options", "an object", String(options));
  const strange = Object.keys(options).find((name) => !known.includes(name));
  if (strange === undefined) return { ...own, ...options };
  throw unknownOption(own.check, strange, known, "another");
}

/** Values of the kind. @throws DEFINITION_ILLEGAL for options that there are not, as all of these functions. */
export const type = (kind: ColumnKind, options: RowSevere = {}): TypeCheck =>
  made({ check: "type", kind }, options, ROW_SEVERE);
/** Numbers or times within bounds. @example range(0, 130, { severity: "quarantine" }) */
export const range = (atLeast: Bound, atMost: Bound, options: RowSevere = {}): RangeCheck =>
  made(
    {
      check: "range",
      ...(atLeast === -Infinity ? {} : { atLeast }),
      ...(atMost === Infinity ? {} : { atMost }),
    },
    options,
    ROW_SEVERE,
  );
/** No missing value, or at most a share of them. @example notMissing({ share: 0.01 }) */
export const notMissing = (options: RowSevere = {}): NotMissingCheck =>
  made({ check: "notMissing" }, options, ROW_SEVERE);
/** No infinity. */
export const finite = (options: RowSevere = {}): FiniteCheck =>
  made({ check: "finite" }, options, ROW_SEVERE);
/** One of these values. */
export const oneOf = (values: OneOfCheck["values"], options: RowSevere = {}): OneOfCheck =>
  made({ check: "oneOf", values }, options, ROW_SEVERE);
/** Texts in which a regular expression is found. @example pattern(/^[A-Z]{2}$/u) */
export const pattern = (expression: RegExp, options: RowSevere = {}): PatternCheck => {
  if (!(expression instanceof RegExp))
    throw illegalOption("pattern", "expression", "a regular expression", String(expression));
  return made({ check: "pattern", source: expression.source, flags: expression.flags }, options, ROW_SEVERE);
};
/** No value twice. */
export const unique = (options: RowSevere & Pick<UniqueCheck, "with"> = {}): UniqueCheck =>
  made({ check: "unique" }, options, [...ROW_SEVERE, "with"]);
/** No value below the one before it. @example rising({ by: "device" }) */
export const rising = (options: RowSevere & Pick<RisingCheck, "by" | "strict"> = {}): RisingCheck =>
  made({ check: "rising" }, options, [...ROW_SEVERE, "by", "strict"]);
/** A function of one's own, given to the run as `custom: { [name]: ... }`. */
export const custom = (name: string, options: RowSevere = {}): CustomCheck =>
  made({ check: "custom", name }, options, ROW_SEVERE);
/** The newest time is not old. @example fresh({ within: "1d" }) */
export const fresh = (options: Severe & Pick<FreshCheck, "within">): FreshCheck =>
  made({ check: "fresh" } as FreshCheck, options, [...SEVERE, "within"]);
/** A distribution like a reference's. @example like(referenceOf(column), { test: "psi", atMost: 0.2 }) */
export const like = (
  reference: Reference,
  options: Severe & Pick<LikeCheck, "test" | "atMost" | "pAtLeast">,
): LikeCheck =>
  made({ check: "like", reference } as LikeCheck, options, [...SEVERE, "test", "atMost", "pAtLeast"]);
/** How many rows there are. */
export const count = (options: Severe & Pick<CountCheck, "atLeast" | "atMost">): CountCheck =>
  made({ check: "count" }, options, [...SEVERE, "atLeast", "atMost"]);
