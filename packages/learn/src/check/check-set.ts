import { milliseconds, tidelineError, type Duration } from "@tideline/spec";
import {
  checkOptions,
  eitherForm,
  FORMS,
  isRecord,
  listForm,
  namedForm,
  type OptionForm,
} from "../net/estimator/option-form.ts";
import type { Check, CheckSet, CountCheck } from "./check-def.ts";
import { nearestRemedy } from "../nearest-name.ts";
import { referenceForm } from "./reference.ts";
import { parseTimeText } from "../frame/parse-text.ts";

const SEVERE = { severity: namedForm("fail", "warn") };
const SHARE: OptionForm = {
  expected: "a number from 0 to 1",
  fits: (value) => typeof value === "number" && value >= 0 && value <= 1,
};
const ROW = { severity: namedForm("fail", "warn", "quarantine"), share: SHARE };
const NUMBER: OptionForm = {
  expected: "a finite number",
  fits: (value) => typeof value === "number" && Number.isFinite(value),
};
const BOUND = eitherForm(NUMBER, {
  expected: "an ISO 8601 time",
  fits: (value) => typeof value === "string" && parseTimeText(value) !== undefined,
});
const DURATION: OptionForm = { expected: 'a duration such as "1d"', fits: isDurationText };
const KIND = namedForm("float", "integer", "boolean", "string", "time", "vector", "series", "bytes");

/** What each check may say, and what it must. */
const CHECK_FORMS = {
  type: [{ ...ROW, kind: KIND }, ["kind"]],
  range: [{ ...ROW, atLeast: BOUND, atMost: BOUND }, []],
  notMissing: [ROW, []],
  finite: [ROW, []],
  oneOf: [{ ...ROW, values: listForm(eitherForm(FORMS.text, NUMBER, FORMS.truth)) }, ["values"]],
  pattern: [{ ...ROW, source: FORMS.text, flags: FORMS.text }, ["source", "flags"]],
  unique: [{ ...ROW, with: listForm(FORMS.text) }, []],
  rising: [{ ...ROW, by: FORMS.text, strict: FORMS.truth }, []],
  custom: [{ ...ROW, name: FORMS.text }, ["name"]],
  fresh: [{ ...SEVERE, within: DURATION }, ["within"]],
  like: [
    {
      ...SEVERE,
      reference: referenceForm,
      test: namedForm("psi", "ks", "chi-square"),
      atMost: FORMS.notNegative,
      pAtLeast: SHARE,
    },
    ["reference", "test"],
  ],
  count: [{ ...SEVERE, atLeast: FORMS.whole, atMost: FORMS.whole }, []],
} satisfies Record<
  Check["check"],
  readonly [Readonly<Record<string, OptionForm>>, readonly (string | undefined)[]]
>;

/**
 * Checks of a table, held against their forms: plain data, which goes to JSON and back.
 *
 * @throws DEFINITION_ILLEGAL naming column, check and option.
 * @example
 * const set = checks({
 *   columns: {
 *     age: [type("float"), range(0, 130, { severity: "quarantine" }), notMissing({ share: 0.01 })],
 *     city: [pattern(/^[A-Z]/u, { severity: "warn" })],
 *     id: [unique({ severity: "quarantine" })],
 *   },
 *   rows: [count({ atLeast: 1000 })],
 * });
 */
export function checks(given: {
  readonly columns?: CheckSet["columns"];
  readonly rows?: readonly CountCheck[];
}): CheckSet {
  checkOptions("checks", { columns: RECORD, rows: LIST }, [], given);
  const columns = Object.entries(given.columns ?? {}).map(([name, own]) => {
    if (!Array.isArray(own)) throw illegal(`column "${name}"`, "a list of checks", JSON.stringify(own));
    for (const [at, check] of own.entries()) verify(`column "${name}", check ${at}`, check as Check, false);
    return [name, Object.freeze([...own])] as const;
  });
  for (const [at, check] of (given.rows ?? []).entries()) verify(`rows, check ${at}`, check, true);
  return Object.freeze({
    columns: Object.freeze(Object.fromEntries(columns)),
    rows: Object.freeze([...(given.rows ?? [])]),
  });
}

const RECORD: OptionForm = { expected: "checks by column", fits: isRecord };
const LIST: OptionForm = { expected: "a list of checks", fits: Array.isArray };

function verify(field: string, given: Check, ofRows: boolean): void {
  const name = isRecord(given) ? (given as { check?: unknown }).check : undefined;
  const known = Object.keys(CHECK_FORMS).filter((one) => (one === "count") === ofRows);
  if (typeof name !== "string" || !known.includes(name))
    throw illegal(
      field,
      `one of ${known.join(", ")}`,
      JSON.stringify(name) ?? String(name),
      nearestRemedy(name, known),
    );
  const [forms, needed] = CHECK_FORMS[name as Check["check"]];
  const { check: _, ...options } = given;
  checkOptions(`checks: ${field} (${name})`, forms, needed as readonly string[], options);
  if (given.check === "range" || given.check === "count") {
    const { atLeast, atMost } = given;
    if (atLeast === undefined && atMost === undefined) throw illegal(field, "a bound", "none");
    if (atLeast !== undefined && atMost !== undefined && boundOf(atLeast) > boundOf(atMost))
      throw illegal(field, "atLeast not above atMost", `${atLeast} and ${atMost}`);
  }
  if (given.check === "like") verifyLike(field, given);
  if (given.check === "pattern") verifyPattern(field, given);
}

function verifyPattern(field: string, given: Extract<Check, { check: "pattern" }>): void {
  try {
    RegExp(given.source, given.flags);
  } catch (cause) {
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: "checks",
      field,
      expected: "a regular expression",
      received: `/${given.source}/${given.flags}`,
      cause,
    });
  }
  if (/[gy]/u.test(given.flags)) throw illegal(field, "flags without g and y", given.flags);
}

function verifyLike(field: string, { test, reference, atMost, pAtLeast }: Extract<Check, { check: "like" }>) {
  const wanted = test === "chi-square" ? pAtLeast : atMost;
  if (wanted === undefined)
    throw illegal(field, `a bound of ${test}: ${test === "chi-square" ? "pAtLeast" : "atMost"}`, "none");
  if (test === "ks" && reference.kind === "texts") throw illegal(field, "numbers for ks", "texts");
}

/** A bound as a number; times in microseconds. */
export function boundOf(bound: number | string): number {
  return typeof bound === "number" ? bound : parseTimeText(bound)!;
}

function isDurationText(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    return milliseconds(value as Duration) > 0;
  } catch {
    return false;
  }
}

function illegal(field: string, expected: string, received: string, remedy?: string) {
  return tidelineError("DEFINITION_ILLEGAL", { who: "checks", field, expected, received, remedy });
}
