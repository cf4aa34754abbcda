import { tidelineError } from "@tideline/spec";
import type { Column, StringColumn } from "../../frame/column.ts";
import { isMissing } from "../../frame/validity.ts";
import { MOST_TALLIED } from "../../profile/value-tally.ts";

/** Which texts of a column enough different people have. */
export interface PeopleTally {
  /** Takes rows; `people` names the person of each. */
  add(column: StringColumn, people: Column, rows: number): void;
  /** The texts; none where there are too many to know. */
  finish(): ReadonlySet<string>;
}

/**
 * A tally that forgets who they are once there are `least` of them: memory is that of 10,000 texts with so many people each.
 *
 * @throws ARGUMENT_INVALID (in use) for people who are neither texts nor whole numbers.
 */
export function peopleTally(least: number): PeopleTally {
  // Who has a text; null once these are enough.
  let all: Map<string, Set<string> | null> | undefined = new Map();
  return {
    add(column, people, rows) {
      if (all === undefined) return;
      const personOf = personsOf(people);
      const own = column.dictionary.map((text) => all!.get(text));
      for (let row = 0; row < rows; row++) {
        const code = column.codes[row]!;
        if (code < 0 || own[code] === null || isMissing(people, row)) continue;
        const text = column.dictionary[code]!;
        const known = own[code] ?? new Set();
        known.add(personOf(row));
        own[code] = known.size < least ? known : null;
        all.set(text, own[code]);
      }
      if (all.size > MOST_TALLIED) all = undefined;
    },
    finish: () => new Set([...(all ?? [])].flatMap(([text, who]) => (who === null ? [text] : []))),
  };
}

function personsOf(people: Column): (row: number) => string {
  if (people.kind === "string") return (row) => people.dictionary[people.codes[row]!]!;
  if (people.kind === "integer" || people.kind === "float") return (row) => String(people.values[row]);
  throw tidelineError("ARGUMENT_INVALID", {
    who: "inferChecks",
    field: "person",
    expected: "a column of texts or numbers",
    received: `"${people.name}", a ${people.kind} column`,
  });
}
