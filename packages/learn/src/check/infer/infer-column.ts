import { edgesBelow } from "../../bin-among.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { quantileEdges } from "../../drift/psi.ts";
import * as c from "../check-def.ts";
import { binTally, type Reference } from "../reference.ts";
import type { ColumnFacts } from "./column-facts.ts";
import { looksPersonal, wordsOf } from "./identity.ts";
import type { InferSettings } from "./infer-option.ts";
import { roundOutward, roundWithin, shareAbove } from "./round-outward.ts";

/** Checks of a column, and what a person should know of them. */
export interface InferredColumn {
  readonly checks: c.CheckSet["columns"][string];
  readonly notes: readonly string[];
}

type Checks = (c.RowCheck | c.ColumnCheck)[];

/** Values from which on a distribution is a reference: psi of two such samples of one is about 0.02 in ten bins. */
const REFERENCE_ROWS = 1000;
/** By custom, the psi of a large shift. */
const PSI = 0.2;
/** Rows in which unique numbers are hardly chance, if their name does not say that they are a key. */
const KEY_ROWS = 1000;
/** Rows without which nothing is called a key. */
const FEWEST_ROWS = 20;
/** The share of rows whose texts may be too rare to be listed. */
const RARE = 0.02;
/** Characters of a text that may be listed: longer ones are prose. */
const LISTED_LENGTH = 64;
const KEY_WORDS = new Set("id key uuid guid hash token code number no".split(" "));
/** Words that others write for what is missing. */
const ABSENT = /^(?:\?|-+|\.|n\/?a|nan|null|none|nil|unknown|missing|undefined|)$/iu;
const DAY = 86_400_000;

/** The checks that a column of a sample holds. */
export function inferColumn(facts: ColumnFacts, settings: InferSettings): InferredColumn {
  const notes: string[] = [];
  const present = facts.rows - facts.missing;
  if (present === 0)
    return { checks: [], notes: ["no value in the sample: nothing is known of it but its name"] };
  const strict = settings.severity === "fail" ? {} : { severity: settings.severity };
  const key = isKey(facts, present);
  const list = listed(facts, settings, present);
  const checks: Checks = [c.type(facts.text?.reads ?? facts.kind, strict), missing(facts, strict)].filter(
    (check) => check !== undefined,
  );
  if (facts.identity !== undefined)
    notes.push(`may tell who people are, by ${facts.identity}: no value of it is told`);
  if (key) checks.push(c.unique(strict));
  else if (
    facts.unique === undefined &&
    (facts.whole || facts.kind === "string") &&
    facts.sample !== undefined
  )
    notes.push("has too many values to know whether each comes once: add unique() if it is a key");
  if (facts.infinite > 0)
    notes.push(`${facts.infinite} infinite values: say whether they may be, and between which bounds`);
  else if (facts.kind === "float" || facts.kind === "vector") checks.push(c.finite(strict));
  const open = facts.identity === undefined && !key;
  if (open) checks.push(...ranges(facts, settings, strict));
  if (list !== undefined) checks.push(list.check(strict));
  const absent = list?.check({}).values.find((value) => ABSENT.test(String(value)));
  if (absent !== undefined) notes.push(`has ${JSON.stringify(absent)}, which may stand for a missing value`);
  const form =
    facts.identity === undefined && facts.values?.length !== 1 ? facts.text?.form : facts.text?.anonymous;
  if (list === undefined && facts.text?.reads === undefined && form !== undefined)
    checks.push({ check: "pattern", source: form.source, flags: form.flags, ...strict });
  if (facts.kind === "time" && facts.identity === undefined) checks.push(...freshness(facts, settings));
  if (open && settings.references && present >= REFERENCE_ROWS) {
    const reference = list?.reference ?? numberReference(facts);
    if (reference !== undefined)
      checks.push(c.like(reference, { test: "psi", atMost: PSI, severity: "warn" }));
  }
  return { checks, notes };
}

/** As many missing as in the sample and a few more; none where there was none. */
function missing(
  { missing: rows, rows: all }: ColumnFacts,
  strict: c.RowSevere,
): c.NotMissingCheck | undefined {
  if (rows === 0) return c.notMissing(strict);
  const share = rows / all;
  // Three standard errors, and a hundredth where these are less.
  const most = share + Math.max(0.01, 3 * Math.sqrt((share * (1 - share)) / all));
  return most < 1 ? c.notMissing({ share: shareAbove(most) }) : undefined;
}

/** Whether a column's values are to stay unique: it is named as a key, or unique among too many rows for chance. */
function isKey({ unique, name, whole, min, max, text }: ColumnFacts, present: number): boolean {
  if (unique !== true || present < FEWEST_ROWS) return false;
  if (wordsOf(name).some((word) => KEY_WORDS.has(word))) return true;
  if (whole) return present >= KEY_ROWS || max! - min! < 2 * present;
  return text?.form !== undefined && text.reads === undefined;
}

function ranges(facts: ColumnFacts, { slack }: InferSettings, strict: c.RowSevere): Checks {
  const { kind, min, max, infinite, whole } = facts;
  if (min === null || max === null || infinite > 0 || kind === "boolean") return [];
  if (kind === "time") {
    // What comes is later than what came, so only the year of the first is a bound.
    const year = new Date(min / 1000).getUTCFullYear();
    return year >= 1 && year <= 9999
      ? [c.range(`${String(year).padStart(4, "0")}-01-01`, Infinity, strict)]
      : [];
  }
  const [low, high] = roundOutward({ min, max, slack, whole });
  return [c.range(low, high, strict)];
}

/** A newest time that is a few days old at most says that the table is kept up to date. */
function freshness({ max }: ColumnFacts, { now }: InferSettings): Checks {
  if (now === undefined || max === null) return [];
  const age = now - max / 1000;
  if (age < 0 || age > 7 * DAY) return [];
  const within = age < DAY / 2 ? "1d" : `${2 * Math.ceil(age / DAY)}d`;
  return [c.fresh({ within: within as c.FreshCheck["within"], severity: "warn" })];
}

interface Listed {
  readonly check: (strict: c.RowSevere) => c.OneOfCheck;
  readonly reference: Reference;
}

/** The texts of a column of few, each of which enough rows have; undefined where one of them may be somebody's. */
function listed(facts: ColumnFacts, settings: InferSettings, present: number): Listed | undefined {
  const { values, text, identity, rows, missing: none } = facts;
  if (values === undefined || identity !== undefined || text?.reads !== undefined || present < FEWEST_ROWS)
    return undefined;
  const enough = ({ value, rows: own }: (typeof values)[number]) =>
    own >= settings.leastRows && facts.shared?.has(value) !== false;
  const known = values.filter(enough);
  const rare = present - known.reduce((sum, one) => sum + one.rows, 0);
  if (known.length === 0 || known.length > settings.mostValues || rare > RARE * present) return undefined;
  if (known.some(({ value }) => value.length > LISTED_LENGTH || looksPersonal(value))) return undefined;
  const names = known.map(({ value }) => value);
  return {
    check: (strict) =>
      rare === 0
        ? c.oneOf(names.toSorted(), strict)
        : c.oneOf(names.toSorted(), { share: shareAbove((2 * rare) / rows) }),
    reference: { kind: "texts", values: names, counts: [...known.map((one) => one.rows), rare, none] },
  };
}

/** The distribution of numbers, in bins whose edges are no row's numbers. */
function numberReference({ sample, kind, min, max }: ColumnFacts): Reference | undefined {
  if (sample === undefined || min === null || max === null || !(max > min)) return undefined;
  if (kind !== "float" && kind !== "integer" && kind !== "boolean") return undefined;
  const numbers = Float64Array.from(numbersOf(sample));
  const spread = max - min;
  const edges = [...new Set(quantileEdges(numbers).map((edge) => roundWithin(edge, spread) + 0))];
  const useful = edges.filter((edge) => numbers.some((value) => value > edge));
  if (useful.length === 0 || numbers.every((value) => edgesBelow(Float64Array.from(useful), value) === 0))
    return undefined;
  const tally = binTally({ kind: "numbers", edges: useful, counts: [] });
  tally.add(sample);
  return { kind: "numbers", edges: useful, counts: [...tally.counts] };
}
