import type { CheckFinding } from "@tideline/learn/check";
import type { ColumnKind } from "@tideline/learn/frame";
import { count, percent, valueOf } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { pairBars } from "./plot/pair-bars.ts";
import { shownText } from "./shown-text.ts";

/** Bins that are drawn: of more, neighbours are joined and rare values count together. */
const MOST = 20;

interface Slot {
  readonly name: string;
  readonly before: number;
  readonly found: number;
}

/** What was found beside the reference, bin by bin, with the counts as a table. */
export function distributionPlot({ column, distribution }: CheckFinding): Markup | null {
  if (distribution === undefined) return null;
  const slots = slotsOf(distribution);
  const [before, found] = (["before", "found"] as const).map((side) =>
    slots.reduce((sum, one) => sum + one[side], 0),
  ) as [number, number];
  if (!(before > 0)) return null;
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  const pairs = slots.map((one) => ({
    name: one.name,
    found: share(one.found, found),
    before: share(one.before, before),
    text: `${short(one.found, found)}, was ${short(one.before, before)}`,
  }));
  const plot = pairBars(
    `Shares of ${shownText(column ?? "", 40)} now and in the reference; the counts are in the table below it.`,
    pairs,
  );
  return markup`<figure>${plot}<figcaption><span class="key"></span> found, <span class="key line"></span> reference</figcaption>
<details><summary>Rows by bin</summary><table><thead><tr><th scope="col">Values</th><th scope="col" class="number">Found</th><th scope="col" class="number">Reference</th></tr></thead><tbody>${slots.map(
    (one) =>
      markup`<tr><th scope="row" class="name"><bdi>${shownText(one.name)}</bdi></th><td class="number">${count(one.found)}</td><td class="number">${count(one.before)}</td></tr>`,
  )}</tbody></table></details></figure>`;
}

function short(part: number, whole: number): string {
  return percent(part, whole).replace(" %", "%");
}

function slotsOf({
  reference,
  counts,
  kind = "float",
}: NonNullable<CheckFinding["distribution"]>): readonly Slot[] {
  const slot = (name: string, from: number, to = from): Slot => {
    const sum = (list: readonly number[]) => list.slice(from, to + 1).reduce((total, one) => total + one, 0);
    return { name, before: sum(reference.counts), found: sum(counts) };
  };
  const last = reference.counts.length - 1;
  const missing = slot("(missing)", last);
  const some = missing.before > 0 || missing.found > 0 ? [missing] : [];
  if (reference.kind === "texts") {
    const all = reference.values.map((text, at) => slot(text, at));
    const sorted = all.toSorted((a, b) => b.before + b.found - a.before - a.found);
    const rare = [...sorted.slice(MOST), slot("", last - 1)];
    const others = rare.reduce(
      (sum, one) => ({ ...sum, before: sum.before + one.before, found: sum.found + one.found }),
      { name: "(others)", before: 0, found: 0 },
    );
    return [...sorted.slice(0, MOST), ...(others.before + others.found > 0 ? [others] : []), ...some];
  }
  const { edges } = reference;
  const joined = Math.ceil(last / MOST);
  const slots: Slot[] = [];
  for (let from = 0; from < last; from += joined) {
    const to = Math.min(last - 1, from + joined - 1);
    slots.push(slot(nameOf(edges[from - 1], edges[to], kind), from, to));
  }
  return [...slots, ...some];
}

function nameOf(low: number | undefined, high: number | undefined, kind: ColumnKind): string {
  const said = (value: number) => valueOf(value, kind);
  if (low === undefined) return high === undefined ? "all" : `up to ${said(high)}`;
  return high === undefined ? `above ${said(low)}` : `above ${said(low)}, up to ${said(high)}`;
}
