import type { CheckFinding } from "@tideline/learn/check";
import { count, rowsText } from "./figure.ts";
import { foundText, outcomeOf, OUTCOMES } from "./finding-outcome.ts";
import { distributionPlot } from "./distribution-plot.ts";
import { exampleTable } from "./finding-example.ts";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";

/** Findings as a table, the worst first, else in the order of the checks. */
export function findingTable(findings: readonly CheckFinding[], rows: number): Markup {
  if (findings.length === 0) return markup`<p>There are no checks.</p>`;
  const sorted = findings.toSorted((a, b) => OUTCOMES[outcomeOf(a)].rank - OUTCOMES[outcomeOf(b)].rank);
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="All checks"><table><thead><tr><th scope="col">Outcome</th><th scope="col">Column</th><th scope="col">Check</th><th scope="col">Expected</th><th scope="col">Found</th><th scope="col" class="number">Quarantined</th></tr></thead><tbody>
${sorted.map(
  (one) =>
    markup`<tr><td>${outcomeMark(one)}</td><th scope="row" class="name">${one.column === null ? "(table)" : markup`<bdi>${shownText(one.column)}</bdi>`}</th><td><bdi>${shownText(one.check)}</bdi></td><td class="words"><bdi>${shownText(one.expected, 300)}</bdi></td><td class="words">${foundText(one, rows)}</td><td class="number">${count(one.quarantined)}</td></tr>
`,
)}</tbody></table></div>`;
}

/** The outcome with its sign. */
export function outcomeMark(one: CheckFinding): Markup {
  const outcome = outcomeOf(one);
  const { sign, tone } = OUTCOMES[outcome];
  return markup`<span class="state ${tone}">${sign} ${outcome}</span>`;
}

/** A card for each finding, the worst first. */
export function findingCards(findings: readonly CheckFinding[], rows: number): Markup {
  const sorted = findings.toSorted((a, b) => OUTCOMES[outcomeOf(a)].rank - OUTCOMES[outcomeOf(b)].rank);
  return markup`${sorted.map(
    (one) =>
      markup`<section class="card"><header><h3>${one.column === null ? "(table)" : markup`<bdi>${shownText(one.column)}</bdi>`}: <bdi>${shownText(one.check)}</bdi></h3>${outcomeMark(one)}</header>
<div class="two"><dl class="list"><dt>Expected</dt><dd><bdi>${shownText(one.expected, 300)}</bdi></dd><dt>Found</dt><dd>${foundText(one, rows)}</dd>${one.quarantined > 0 ? markup`<dt>Quarantined</dt><dd>${rowsText(one.quarantined)}</dd>` : null}</dl>${exampleTable(one)}${distributionPlot(one)}</div></section>
`,
  )}`;
}
