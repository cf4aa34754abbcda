import type { CheckFinding } from "@tideline/learn/check";
import { count } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";

/** The first rows that break a check, where the report has them. */
export function exampleTable({ examples = [] }: CheckFinding): Markup | null {
  if (examples.length === 0) return null;
  return markup`<table><caption>First rows that break it</caption><thead><tr><th scope="col" class="number">Row (from 0)</th><th scope="col">Value</th></tr></thead><tbody>${examples.map(
    ({ row, value }) =>
      markup`<tr><th scope="row" class="number">${count(row)}</th><td class="name">${
        value === null
          ? markup`<span class="soft">left out: it may be personal</span>`
          : markup`<bdi>${value === "" ? "(missing or empty)" : shownText(value)}</bdi>`
      }</td></tr>`,
  )}</tbody></table>`;
}
