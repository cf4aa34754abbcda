import type { Profile, ProfileWarning } from "@tideline/learn/check";
import { count, percent, valueOf } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";
import { SUSPICIONS } from "./suspicion-list.ts";

/** Every column in a line, with a link to all that is known of it. */
export function columnTable(
  { columns, rows, label }: Profile,
  warnings: ReadonlyMap<string, readonly ProfileWarning[]>,
): Markup {
  const heads = [
    "Missing",
    "Distinct",
    "Least",
    "Median",
    "Greatest",
    ...(label === null ? [] : ["With the label"]),
  ];
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="All columns"><table><thead><tr><th scope="col">Column</th><th scope="col">Kind</th>${heads.map(
    (head) => markup`<th scope="col" class="number">${head}</th>`,
  )}<th scope="col">Look at</th></tr></thead><tbody>
${columns.map(({ name, kind, missing, distinct, distinctExact, numbers, label: own }, at) => {
  const shown = kind === "boolean" ? null : numbers;
  const cells = [
    missing === 0 ? "\u2013" : percent(missing, rows),
    `${distinctExact ? "" : "~"}${count(distinct)}`,
    valueOf(shown?.min, kind),
    valueOf(shown?.quantiles[3], kind),
    valueOf(shown?.max, kind),
    ...(label === null ? [] : [own === null ? "\u2013" : own.value.toFixed(2)]),
  ];
  const kinds = [...new Set((warnings.get(name) ?? []).map((one) => one.kind))];
  return markup`<tr><th scope="row" class="name"><a href="#c${at}"><bdi>${shownText(name)}</bdi></a></th><td>${kind}</td>${cells.map(
    (cell) => markup`<td class="number">${cell}</td>`,
  )}<td class="words">${kinds.map((one) => SUSPICIONS[one][0]).join(", ")}</td></tr>
`;
})}</tbody></table></div>`;
}
