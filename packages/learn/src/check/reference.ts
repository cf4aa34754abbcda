import { edgesBelow } from "../bin-among.ts";
import type { Column } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import { quantileEdges } from "../drift/psi.ts";
import { positiveInteger } from "../net/check-option.ts";
import { isRecord, type OptionForm } from "../net/estimator/option-form.ts";

/** A distribution to compare with: plain data. The last count is of missing values. */
export type Reference =
  | {
      readonly kind: "numbers";
      /** Interior edges, ascending; bin `b` has the values above edge `b - 1` up to edge `b`. */
      readonly edges: readonly number[];
      /** [edges + 2] */
      readonly counts: readonly number[];
    }
  | {
      readonly kind: "texts";
      /** The most frequent ones; others count together. */
      readonly values: readonly string[];
      /** [values + 2]: of each, of others, of missing ones. */
      readonly counts: readonly number[];
    };

/** Texts of a reference at most. */
const MOST_TEXTS = 100;

/**
 * The distribution of a column as a reference: numbers, truths and times in bins of about equal shares, texts by value.
 *
 * @param bins Default 10, as psi is customarily taken; for `ks` take 100 or more, of which the statistic is a lower bound.
 * @throws ARGUMENT_INVALID for series and bytes.
 * @example
 * like(referenceOf(columnNamed(train, "age")), { test: "psi", atMost: 0.2 });
 */
export function referenceOf(column: Column, bins = 10): Reference {
  positiveInteger("referenceOf", "bins", bins);
  if (column.kind === "string") {
    const tally = new Float64Array(column.dictionary.length + 1);
    for (const code of column.codes) tally[code < 0 ? tally.length - 1 : code]!++;
    const places = column.dictionary.map((_, at) => at).filter((at) => tally[at]! > 0);
    places.sort((a, b) => tally[b]! - tally[a]! || (column.dictionary[a]! < column.dictionary[b]! ? -1 : 1));
    const kept = places.slice(0, MOST_TEXTS);
    const others = places.slice(MOST_TEXTS).reduce((sum, at) => sum + tally[at]!, 0);
    const counts = [...kept.map((at) => tally[at]!), others, tally.at(-1)!];
    return Object.freeze({ kind: "texts", values: kept.map((at) => column.dictionary[at]!), counts });
  }
  const numbers = Float64Array.from(numbersOf(column, "referenceOf"));
  const edges = quantileEdges(numbers, bins);
  const tally = binTally({ kind: "numbers", edges, counts: [] });
  tally.add(column);
  return Object.freeze({ kind: "numbers", edges, counts: [...tally.counts] });
}

/** Counts of a stream over the bins of a reference. */
export interface BinTally {
  readonly counts: Float64Array;
  add(column: Column): void;
}

/** A tally over the bins of a reference; columns of another kind count as missing. */
export function binTally(reference: Reference): BinTally {
  if (reference.kind === "texts") {
    const counts = new Float64Array(reference.values.length + 2);
    const place = new Map(reference.values.map((text, at) => [text, at]));
    const missing = counts.length - 1;
    return {
      counts,
      add(column) {
        if (column.kind !== "string") {
          counts[missing]! += "values" in column ? column.values.length : 0;
          return;
        }
        const places = column.dictionary.map((text) => place.get(text) ?? missing - 1);
        for (const code of column.codes) counts[code < 0 ? missing : places[code]!]!++;
      },
    };
  }
  const edges = Float64Array.from(reference.edges);
  const counts = new Float64Array(edges.length + 2);
  return {
    counts,
    add(column) {
      if (column.kind === "string" || column.kind === "series" || column.kind === "bytes") {
        counts[counts.length - 1]! +=
          column.kind === "string" ? column.codes.length : column.offsets.length - 1;
        return;
      }
      for (const value of numbersOf(column))
        counts[value !== value ? edges.length + 1 : edgesBelow(edges, value)]!++;
    },
  };
}

/** The form of a reference that came as data. */
export const referenceForm: OptionForm = {
  expected: "a reference, as referenceOf makes it",
  fits(value) {
    if (!isRecord(value) || !isCounts(value["counts"])) return false;
    const list = value["kind"] === "numbers" ? value["edges"] : value["values"];
    if (!Array.isArray(list) || value["counts"].length !== list.length + 2) return false;
    if (value["kind"] === "numbers")
      return list.every((edge, at) => Number.isFinite(edge) && (at === 0 || list[at - 1] < edge));
    return value["kind"] === "texts" && list.every((text) => typeof text === "string");
  },
};

function isCounts(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === "number" && one >= 0 && Number.isFinite(one)) &&
    value.some((one) => one > 0)
  );
}
