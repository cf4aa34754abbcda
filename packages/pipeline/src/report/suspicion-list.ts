import type { Profile, ProfileWarning, Suspicion } from "@tideline/learn/check";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";

/** Suspicious things in the order in which they should be looked at, and what each means for a person. */
export const SUSPICIONS = {
  leak: [
    "May leak the label",
    "fail",
    "A column that nearly tells the label by itself is often known only after it.",
  ],
  personal: [
    "May be personal data",
    "fail",
    "A guess by name or form: such columns need a reason to be kept.",
  ],
  "all-missing": ["No value", "fail", "Nothing can be learned from these columns."],
  "no-rows": ["No rows", "fail", "A table of names alone: was it written to its end?"],
  renamed: [
    "Another name than in the file",
    "warn",
    "The file gives one name to several columns, or none: say which is which where it is written.",
  ],
  "mixed-types": [
    "Several types in one column",
    "fail",
    "Some texts read as numbers or times, and others do not.",
  ],
  placeholder: [
    "Stands for a missing value",
    "fail",
    "Read as a value it is a category or a number of its own: say what stands for a missing one where the table is read.",
  ],
  infinite: ["Infinite numbers", "fail", "Means and most models break on them."],
  future: ["Times to come", "warn", "Later than when this report was made: a wrong clock, unit or zone."],
  "duplicate-rows": [
    "Repeated rows",
    "warn",
    "In training and test at once they make a model look better than it is.",
  ],
  imbalance: ["Labels out of balance", "warn", "Accuracy says little here."],
  "mostly-missing": ["Mostly missing", "warn", "Fewer than half of the rows have a value."],
  constant: ["One value only", "warn", "Nothing can be learned from these columns."],
  identifier: ["Looks like an identifier", "warn", "A model would learn the rows by heart."],
  outliers: ["Far from the rest", "warn", "A mistake of entry or unit, or the most telling rows."],
  correlated: ["Says what another column says", "hold", "Pearson's correlation above 0.95 in size."],
  skewed: ["Skewed", "hold", "A logarithm or a power transform may help."],
} as const satisfies Record<Suspicion, readonly [string, string, string]>;

const ORDER = Object.keys(SUSPICIONS) as readonly Suspicion[];
/** Things of one kind that are shown at once; the rest unfolds. */
const SHOWN = 12;

/** What is suspicious, the gravest kind first, with links to the columns. */
export function suspicionList({ warnings, columns }: Profile): Markup {
  if (warnings.length === 0) return markup`<p>Nothing suspicious was found.</p>`;
  const places = new Map(columns.map(({ name }, at) => [name, at]));
  return markup`${ORDER.map((kind) => {
    const own = warnings.filter((one) => one.kind === kind);
    if (own.length === 0) return null;
    const [title, tone, why] = SUSPICIONS[kind];
    const items = own.map((one) => item(one, places));
    const rest = items.slice(SHOWN);
    return markup`<section class="look"><h3 class="${tone}">${title}${own[0]!.column === null ? null : markup` <span class="soft">(${own.length})</span>`}</h3><p class="note">${why}</p><ul class="look">${items.slice(0, SHOWN)}</ul>${
      rest.length === 0
        ? null
        : markup`<details><summary>${rest.length} more</summary><ul class="look">${rest}</ul></details>`
    }</section>
`;
  })}`;
}

function item({ column, text }: ProfileWarning, places: ReadonlyMap<string, number>): Markup {
  const said = shownText(text, 200);
  if (column === null) return markup`<li>${said}</li>`;
  return markup`<li><a href="#c${places.get(column) ?? 0}"><bdi>${shownText(column)}</bdi></a>: <bdi>${said}</bdi></li>`;
}
