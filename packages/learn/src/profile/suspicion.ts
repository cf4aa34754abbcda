import { identityOf, PERSONAL_NAME } from "../check/infer/identity.ts";
import type { Column, Frame, RenamedColumn } from "../frame/column.ts";
import { parseFloatText, parseTimeText } from "../frame/parse-text.ts";
import { renamedText } from "../frame/renamed-text.ts";
import type { Twins } from "./column-pairs.ts";
import { fillNumber, placeholders } from "./placeholder.ts";
import type { ColumnProfile, NumberProfile, ProfileWarning, Suspicion } from "./profile-report.ts";

/** Texts of a column that guesses are made from. */
const GUESSED = 5000;

/** What texts may be instead. */
const READS = [
  ["numbers", parseFloatText],
  ["times", parseTimeText],
] as const;

/** What suspicions need to know of the whole table. */
interface TableFacts {
  readonly now: number;
  readonly rows: number;
  readonly distinctRows: number;
  readonly distinctRowsExact: boolean;
  readonly twins: readonly Twins[];
  readonly renamed: readonly RenamedColumn[];
}

/** What is suspicious about a table; guesses by its sample, each said as such. */
export function suspicions(
  columns: readonly ColumnProfile[],
  sample: Frame | undefined,
  { now, distinctRows, distinctRowsExact, rows, twins, renamed }: TableFacts,
): readonly ProfileWarning[] {
  const found: ProfileWarning[] = [];
  const say = (kind: Suspicion, column: string | null, text: string) => found.push({ kind, column, text });
  if (rows === 0) say("no-rows", null, "there is no row at all");
  for (const one of renamed) say("renamed", one.name, renamedText(one));
  for (const [at, one] of columns.entries()) {
    const own = sample?.columns[at];
    if (rows === 0) continue;
    if (one.missing === rows) {
      say("all-missing", one.name, "no value at all");
      continue;
    }
    if (one.missing > 0.5 * rows) say("mostly-missing", one.name, `${percent(one.missing / rows)} missing`);
    if (one.distinct === 1 && rows > 1) say("constant", one.name, "one value only");
    const present = rows - one.missing;
    const named = one.kind === "string" || one.kind === "integer";
    if (named && present > 50 && one.distinct > 0.95 * present)
      say("identifier", one.name, "almost every row has a value of its own");
    if (one.label !== null && Math.abs(one.label.value) > 0.98 && one.distinct > 1)
      say("leak", one.name, `tells the label by itself (${one.label.measure} ${one.label.value.toFixed(3)})`);
    if (own !== undefined) texts(own, one.name, say);
    if (one.numbers !== null) {
      numbers(one, one.numbers, present, now, say);
      const fill = own === undefined ? undefined : fillNumber(own, one.numbers);
      if (fill !== undefined)
        say(
          "placeholder",
          one.name,
          `${fill} is far from the rest and repeated: it may stand for a missing value`,
        );
    }
  }
  const share = rows === 0 ? 0 : 1 - distinctRows / rows;
  if (share > 0.03) {
    const about = distinctRowsExact ? "" : "about ";
    say("duplicate-rows", null, `${about}${percent(share)} of the rows repeat one before them`);
  }
  for (const { column, with: other, correlation, others } of twins) {
    const more = others === 0 ? "" : ` and with ${others} more before it`;
    say("correlated", column, `correlation ${correlation.toFixed(3)} with ${JSON.stringify(other)}${more}`);
  }
  return Object.freeze(found);
}

type Say = (kind: Suspicion, column: string | null, text: string) => void;

/** Whether the classes of a label are far from balanced. */
export function imbalance(label: ColumnProfile): readonly ProfileWarning[] {
  const [first] = label.top ?? [];
  const present = label.rows - label.missing;
  if (first === undefined || label.distinct > 20 || label.distinct < 2 || first.rows < 0.9 * present)
    return [];
  const text = `${percent(first.rows / present)} of the labels are ${JSON.stringify(first.value)}`;
  return [{ kind: "imbalance", column: label.name, text }];
}

function texts(column: Column, name: string, say: Say): void {
  if (column.kind !== "string") {
    // Numbers of people's devices and sessions are no contacts of theirs.
    if (PERSONAL_NAME.test(name)) say("personal", name, "may be personal data, by its name");
    return;
  }
  const all = column.dictionary.slice(0, GUESSED).filter((text) => text !== "");
  const stands = placeholders(all);
  const some = all.filter((text) => !stands.includes(text));
  if (stands.length > 0) {
    const read = READS.find(
      ([, parse]) => some.length > 0 && some.every((text) => parse(text) !== undefined),
    );
    const rest = read === undefined ? "" : `, and all other texts are ${read[0]}`;
    const what = stands.map((text) => JSON.stringify(text)).join(", ");
    say("placeholder", name, `${what} may stand for a missing value${rest}`);
  }
  if (some.length === 0) return;
  const share = (fits: (text: string) => boolean) => some.filter(fits).length / some.length;
  const identity = identityOf(name, some);
  if (identity !== undefined) say("personal", name, `may be personal data, by ${identity}`);
  for (const [what, parse] of READS) {
    const like = share((text) => parse(text) !== undefined);
    if (like < 1 && (some.length > 10 ? like > 0.05 : like >= 0.75))
      say("mixed-types", name, `${percent(like)} of its different texts are ${what}, the others are not`);
  }
}

function numbers(
  { name, kind }: ColumnProfile,
  { infinite, skewness, quantiles, min, max, deviation }: NumberProfile,
  present: number,
  now: number,
  say: Say,
): void {
  if (infinite > 0) say("infinite", name, `${infinite} infinite`);
  if (kind === "time" && max !== null && max > now * 1000)
    say("future", name, "times that are still to come");
  if (kind === "time" || kind === "boolean" || present < 50) return;
  if (skewness !== null && Math.abs(skewness) > 5) say("skewed", name, `skewness ${skewness.toFixed(1)}`);
  const spread = quantiles[4]! - quantiles[2]!;
  const [low, high] = [quantiles[2]! - 10 * spread, quantiles[4]! + 10 * spread];
  if (spread > 0 && deviation !== null && (min! < low || max! > high))
    say(
      "outliers",
      name,
      `${Number((min! < low ? min! : max!).toPrecision(6))} lies over ten quartile ranges outside the quartiles`,
    );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
