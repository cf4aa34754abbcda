import type { Bound, RowCheck } from "./check-def.ts";

/** Values of a list that are named. */
const NAMED = 8;

/**
 * What a check of rows wants, for a person.
 *
 * @param share of rows that may break it.
 * @example
 * expectedOf(range(0, 130, { share: 0.01 }), 0.01); // "from 0 to 130, in all but 1 % of the rows"
 */
export function expectedOf(check: RowCheck, share: number): string {
  const rows =
    check.severity === "quarantine" && share === 1
      ? "rows that break it are taken out"
      : share === 0
        ? "in every row"
        : `in all but ${Number((100 * share).toPrecision(6))} % of the rows`;
  return `${wantedOf(check)}, ${rows}`;
}

function wantedOf(check: RowCheck): string {
  switch (check.check) {
    case "type":
      return `values of kind ${check.kind}`;
    case "range":
      return boundsOf(check.atLeast, check.atMost);
    case "notMissing":
      return "a value";
    case "finite":
      return "no infinite number";
    case "oneOf": {
      const some = check.values.slice(0, NAMED).map((value) => JSON.stringify(value));
      return `one of ${some.join(", ")}${check.values.length > NAMED ? ` and ${check.values.length - NAMED} more` : ""}`;
    }
    case "pattern":
      return `texts with /${check.source}/${check.flags}`;
    case "unique":
      return `no value twice${check.with === undefined ? "" : ` together with ${listText(check.with)}`}`;
    case "rising": {
      const step = check.strict === true ? "above" : "not below";
      return `values ${step} the one before${check.by === undefined ? "" : ` in each group of ${listText([check.by])}`}`;
    }
    case "custom":
      return check.name;
  }
}

function boundsOf(low: Bound | undefined, high: Bound | undefined): string {
  if (low === undefined) return `at most ${high}`;
  return high === undefined ? `at least ${low}` : `from ${low} to ${high}`;
}

function listText(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
