import type { ColumnProfile, Profile, ProfileWarning } from "@tideline/learn/check";
import { count, number, percent, valueOf } from "./figure.ts";
import { columnPlot } from "./column-plot.ts";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";
import { SUSPICIONS } from "./suspicion-list.ts";

/** How associations with a label are named. */
export const MEASURES = {
  pearson: "Pearson\u2019s r",
  eta: "correlation ratio",
  "cramers-v": "Cram\u00e9r\u2019s V",
} as const satisfies Record<NonNullable<ColumnProfile["label"]>["measure"], string>;

/** What a card needs besides its column. */
export interface CardOptions {
  readonly profile: Profile;
  readonly at: number;
  readonly warnings: readonly ProfileWarning[];
  /** Values are not shown. */
  readonly hidden: boolean;
}

/** All that is known of a column. */
export function columnCard(column: ColumnProfile, { profile, at, warnings, hidden }: CardOptions): Markup {
  const { name, kind } = column;
  const label = profile.label === name ? markup` <span class="state pass">label</span>` : null;
  return markup`<section class="card" id="c${at}" aria-labelledby="h${at}"><header><h3 id="h${at}"><bdi>${shownText(name)}</bdi></h3><span class="soft">${kind}</span>${label}${warnings.map(
    (one) => markup`<span class="state ${SUSPICIONS[one.kind][1]}">${SUSPICIONS[one.kind][0]}</span>`,
  )}</header>
<div class="two"><dl class="list">${figuresOf(column).map(
    ([term, value]) => markup`<dt>${term}</dt><dd>${value}</dd>`,
  )}</dl>${columnPlot(column, hidden)}</div></section>
`;
}

/** The figures of a column, each with its name. */
function figuresOf(column: ColumnProfile): readonly (readonly [string, string])[] {
  const { kind, rows, missing, distinct, distinctExact, numbers, texts, label } = column;
  const rough = distinctExact ? "" : "about ";
  const out: (readonly [string, string])[] = [
    ["Missing", missing === 0 ? "none" : `${count(missing)} (${percent(missing, rows)})`],
    ["Distinct", `${rough}${count(distinct)}`],
  ];
  if (numbers !== null && numbers.min !== null && kind !== "boolean") {
    const { min, max, mean, deviation, skewness, infinite, quantiles } = numbers;
    out.push(["Least", valueOf(min, kind)]);
    for (const [at, name] of [
      [1, "5 %"],
      [2, "25 %"],
      [3, "Median"],
      [4, "75 %"],
      [5, "95 %"],
    ] as const)
      out.push([name, valueOf(quantiles[at], kind)]);
    out.push(["Greatest", valueOf(max, kind)], ["Mean", valueOf(mean, kind)]);
    if (kind !== "time") {
      out.push(["Standard deviation", valueOf(deviation, kind)]);
      if (skewness !== null) out.push(["Skewness", number(Number(skewness.toPrecision(3)))]);
    }
    if (infinite > 0) out.push(["Infinite", `${count(infinite)} (${percent(infinite, rows)})`]);
  }
  if (texts !== null && texts.shortest !== null)
    out.push([
      "Length",
      `${count(texts.shortest)} to ${count(texts.longest!)}, mean ${number(Number(texts.mean!.toPrecision(3)))}`,
    ]);
  if (label !== null) out.push(["With the label", `${label.value.toFixed(3)} (${MEASURES[label.measure]})`]);
  return out;
}
