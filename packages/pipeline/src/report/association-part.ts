import type { ColumnProfile, Correlations, Profile } from "@tideline/learn/check";
import { MEASURES } from "./column-card.ts";
import { count, rowsText } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { correlationMatrix } from "./plot/correlation-matrix.ts";
import { shareBars } from "./plot/share-bars.ts";
import { shownText } from "./shown-text.ts";

/** Correlations below this in size are not worth a line: a sample of 400 has them by chance. */
const WEAK = 0.1;
/** Columns that a plot of associations shows, and pairs that a table of correlations does. */
const [MOST_BARS, MOST_PAIRS] = [20, 20];

/** How much columns go with the label, the strongest first. */
export function labelPart({ columns, label }: Profile): Markup {
  const sorted = columns
    .filter(
      (one): one is ColumnProfile & { label: NonNullable<ColumnProfile["label"]> } => one.label !== null,
    )
    .toSorted((a, b) => Math.abs(b.label.value) - Math.abs(a.label.value));
  const heading = markup`<h2 id="label">What goes with the label <bdi>${shownText(label!)}</bdi></h2>`;
  if (sorted.length === 0) return markup`${heading}<p>No column could be compared with it.</p>`;
  const bars = sorted.slice(0, MOST_BARS).map(({ name, label: { value, measure } }) => ({
    name: `${shownText(name, 24)} (${SHORT[measure]})`,
    share: Math.abs(value),
    text: value.toFixed(2).replace("-", "\u2212"),
    tone: value < 0 ? ("down" as const) : ("up" as const),
  }));
  const more = sorted.length - bars.length;
  return markup`${heading}
<figure>${shareBars("How much each column goes with the label, the strongest first; the figures are in the table of all columns.", bars)}
<figcaption>r is ${MEASURES.pearson} (numbers with numbers), \u03b7 the ${MEASURES.eta} (numbers with classes), V ${MEASURES["cramers-v"]} (classes with classes, corrected for their number).${more > 0 ? ` ${count(more)} more are in the table of all columns.` : ""} Each column by itself: what tells the label only together with others is not seen here.</figcaption></figure>`;
}

const SHORT = { pearson: "r", eta: "\u03b7", "cramers-v": "V" } as const;

/** How columns of numbers go with each other. */
export function correlationPart({ correlations }: Profile): Markup | null {
  if (correlations === null) return null;
  const { columns, looked, among, rows } = correlations;
  const pairs = strongest(correlations);
  const list =
    pairs.length === 0
      ? markup`<p>No two columns go with each other by more than ${WEAK}.</p>`
      : markup`<table><thead><tr><th scope="col">Columns</th><th scope="col" class="number">r</th></tr></thead><tbody>${pairs.map(
          ([one, other, r]) =>
            markup`<tr><th scope="row" class="name"><bdi>${shownText(one, 40)}</bdi> and <bdi>${shownText(other, 40)}</bdi></th><td class="number">${r.toFixed(3).replace("-", "\u2212")}</td></tr>`,
        )}</tbody></table>`;
  const left =
    columns.length < among
      ? ` Shown are the ${count(columns.length)} that go most with another one, of the first ${count(looked)} of ${count(among)} columns of numbers.`
      : "";
  return markup`<h2 id="correlation">Correlation</h2>
<div class="two"><figure><div class="scroll" role="region" tabindex="0" aria-label="Picture of correlations">${correlationMatrix(correlations)}</div>
<figcaption><span class="key"></span> rise together, <span class="key down"></span> one falls as the other rises; the fuller the stronger. Pearson\u2019s r of numbers and times, of ${rowsText(rows)}.${left}</figcaption></figure>
<div><h3>Strongest pairs</h3>${list}</div></div>`;
}

function strongest({ columns, values }: Correlations): readonly (readonly [string, string, number])[] {
  return columns
    .flatMap((name, i) =>
      columns.slice(0, i).flatMap((other, j) => {
        const r = values[i]![j] ?? null;
        return r === null || Math.abs(r) < WEAK ? [] : [[other, name, r] as const];
      }),
    )
    .sort((a, b) => Math.abs(b[2]) - Math.abs(a[2]))
    .slice(0, MOST_PAIRS);
}
