import { checkOptions, FORMS, listForm, namedForm } from "../../net/estimator/option-form.ts";
import type { Severity } from "../check-def.ts";

/** What {@link inferChecks} takes. */
export interface InferOptions {
  /** How far numbers may go beyond those of the sample, as a share of their spread. Default 0.1. */
  readonly slack?: number;
  /** Texts that a list has at most; a column with more of them gets none. Default 50. */
  readonly mostValues?: number;
  /** Rows (with `person` people) that a text needs at least to be listed: what few have may tell who they are. Default 10. */
  readonly leastRows?: number;
  /** What the checks of rows do that no row of the sample breaks; those that some break fail. Default `"fail"`. */
  readonly severity?: Severity;
  /** Whether distributions become references (`like`, a warning) where there are 1000 values or more. Default true. */
  readonly references?: boolean;
  /** The column that says whose a row is. Without it rows are counted, and ten rows may be of one person. */
  readonly person?: string;
  /** Columns of which no value may be told, besides those that look so. */
  readonly personal?: readonly string[];
  /** Milliseconds since 1970: with it, times of the last seven days are taken to be fresh ones. Default: nothing is. */
  readonly now?: number;
  /** Told of the rows that have come so far. */
  readonly onProgress?: (rows: number) => void;
}

/** Options with their defaults. */
export type InferSettings = Required<Omit<InferOptions, "now" | "person" | "onProgress">> & {
  readonly person: string | undefined;
  readonly now: number | undefined;
};

const OPTION_FORMS = {
  slack: FORMS.notNegative,
  mostValues: FORMS.whole,
  leastRows: FORMS.count,
  severity: namedForm("fail", "warn", "quarantine"),
  references: FORMS.truth,
  person: FORMS.text,
  personal: listForm(FORMS.text),
  now: FORMS.notNegative,
  onProgress: { expected: "a function", fits: (value: unknown) => typeof value === "function" },
};

/** The options with every default. @throws DEFINITION_ILLEGAL */
export function inferSettings(given: InferOptions): InferSettings {
  checkOptions("inferChecks", OPTION_FORMS, [], given);
  const { slack = 0.1, mostValues = 50, leastRows = 10, severity = "fail" } = given;
  const { references = true, person, personal = [], now } = given;
  return Object.freeze({ slack, mostValues, leastRows, severity, references, person, personal, now });
}
