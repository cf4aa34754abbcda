import type { CheckFinding, CheckReport } from "@tideline/learn/check";
import { renamedText, type RenamedColumn } from "@tideline/learn/frame";
import { count, percent } from "./figure.ts";
import { findingCards, findingTable } from "./finding-table.ts";
import { outcomeOf, OUTCOMES, type Outcome } from "./finding-outcome.ts";
import { figure } from "./figure-box.ts";
import { markup, type Markup } from "./markup.ts";
import { page, type PageOptions } from "./page.ts";
import { shareBars } from "./plot/share-bars.ts";
import { shownText } from "./shown-text.ts";

/** Bars of a plot at most; the table below has all. */
const MOST_BARS = 30;

/**
 * The data-quality report of checks as one HTML file, which loads nothing and runs nothing.
 *
 * @param renamed columns that have other names than in their file, as their source says
 * @param report as `checkFrame`, `checkedSource` or `checkRun` give it; with its examples and distributions where it has any.
 * @example
 * await writeFile("quality.html", qualityPage(report, { what: "taps.csv", at: Date.now() }));
 */
export function qualityPage(
  report: CheckReport,
  { what, at, renamed = [] }: PageOptions & { readonly renamed?: readonly RenamedColumn[] },
): string {
  const { findings, rowsIn, rowsOut, quarantined, verdict } = report;
  const tally = new Map<Outcome, number>();
  for (const one of findings) tally.set(outcomeOf(one), (tally.get(outcomeOf(one)) ?? 0) + 1);
  const broken = findings.filter((one) => !one.passed || one.quarantined > 0);
  const alike = findings.filter((one) => one.passed && one.distribution !== undefined);
  const name = shownText(what, 200);
  const body = markup`<h1>Data quality of <bdi>${name}</bdi></h1>
<p class="verdict ${VERDICTS[verdict].tone}"><strong>${VERDICTS[verdict].text}</strong></p>
<dl class="figures" id="summary">${[
    figure("Rows in", count(rowsIn)),
    figure("Rows through", count(rowsOut), percent(rowsOut, rowsIn)),
    figure("Quarantined", count(quarantined), percent(quarantined, rowsIn)),
    ...(["failed", "warned", "quarantined", "passed"] as const).map((outcome) =>
      figure(`Checks ${OUTCOMES[outcome].verb}`, count(tally.get(outcome) ?? 0)),
    ),
  ]}</dl>
${
  renamed.length === 0
    ? null
    : markup`<ul class="note">${renamed.map((one) => markup`<li><bdi>${shownText(one.name, 200)}</bdi> ${shownText(renamedText(one), 300)}</li>`)}</ul>`
}
${sharePlot(findings, rowsIn)}
<h2 id="broken">What does not hold</h2>
${
  broken.length === 0
    ? markup`<p>Nothing: every check holds and no row went to quarantine.</p>`
    : findingCards(broken, rowsIn)
}
${alike.length === 0 ? null : markup`<h2 id="alike">Distributions that hold</h2>${findingCards(alike, rowsIn)}`}
<h2 id="checks">All checks</h2>
${findingTable(findings, rowsIn)}
<p class="note">Checks of rows count all rows that came in; checks of columns and counts those that come through. A row may go to quarantine for several reasons.</p>`;
  return page({
    title: `Data quality of ${name}`,
    parts: [
      { id: "summary", name: "Summary" },
      { id: "broken", name: "What does not hold" },
      ...(alike.length === 0 ? [] : [{ id: "alike", name: "Distributions that hold" }]),
      { id: "checks", name: "All checks" },
    ],
    body,
    at,
  });
}

const VERDICTS = {
  pass: { tone: "pass", text: "\u2713 Passed: every check holds." },
  warn: { tone: "warn", text: "! Passed with warnings." },
  fail: { tone: "fail", text: "\u2715 Failed: a check that must hold does not." },
} as const;

/** Shares of rows that break checks, the largest first. */
function sharePlot(findings: readonly CheckFinding[], rows: number): Markup | null {
  const some = findings.filter(({ broken }) => (broken ?? 0) > 0).toSorted((a, b) => b.broken! - a.broken!);
  if (some.length === 0) return null;
  const bars = some.slice(0, MOST_BARS).map((one) => ({
    name: `${one.column === null ? "" : `${shownText(one.column, 24)}: `}${one.check}`,
    share: one.broken! / rows,
    text: percent(one.broken!, rows),
    tone: OUTCOMES[outcomeOf(one)].tone,
  }));
  const more = some.length - bars.length;
  return markup`<h2>Rows that break a check</h2>
<figure>${shareBars(`Share of rows that break each check, the largest first; the figures are in the table of all checks.`, bars)}
<figcaption>Share of all rows that came in${more > 0 ? `; ${count(more)} more checks are in the table below` : ""}.</figcaption></figure>`;
}
