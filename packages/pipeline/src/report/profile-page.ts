import type { Profile, ProfileWarning } from "@tideline/learn/check";
import { columnCard } from "./column-card.ts";
import { columnTable } from "./column-table.ts";
import { correlationPart, labelPart } from "./association-part.ts";
import { count, percent } from "./figure.ts";
import { figure } from "./figure-box.ts";
import { markup } from "./markup.ts";
import { page, type PageOptions } from "./page.ts";
import { readingPart, type Reading } from "./reading-part.ts";
import { shownText } from "./shown-text.ts";
import { suspicionList } from "./suspicion-list.ts";

/** What the page of a profile says besides it. */
export interface ProfilePageOptions extends PageOptions {
  /** How the table was read. */
  readonly reading?: Reading;
  /** Whether values of texts that may be personal are shown. Default false: a page travels further than its table. */
  readonly showPersonal?: boolean;
}

/**
 * A table at a glance as one HTML file, which loads nothing and runs nothing: what is suspicious first, then how columns go
 * with the label and each other, then each column with its distribution.
 *
 * @param profile as `profileSource` or `profileTable` give it.
 * @example
 * await writeFile("taps.html", profilePage(await profileTable("taps.csv", { now }), { what: "taps.csv", at: now }));
 */
export function profilePage(profile: Profile, options: ProfilePageOptions): string {
  const { rows, columns, warnings, label, distinctRows, distinctRowsExact, sampleRows } = profile;
  const { what, at, reading, showPersonal = false } = options;
  const name = shownText(what, 200);
  const cells = rows * columns.length;
  const missing = columns.reduce((sum, one) => sum + one.missing, 0);
  const repeated = Math.max(0, rows - distinctRows);
  const about = distinctRowsExact ? "" : "about ";
  const own = byColumn(warnings);
  const cards = columns.map((column, place) => {
    const said = own.get(column.name) ?? [];
    const hidden = !showPersonal && column.kind === "string" && said.some(({ kind }) => kind === "personal");
    return columnCard(column, { profile, at: place, warnings: said, hidden });
  });
  const body = markup`<h1>Profile of <bdi>${name}</bdi></h1>
<dl class="figures" id="summary">${[
    figure("Rows", count(rows), sampleRows < rows ? `${count(sampleRows)} in the sample` : undefined),
    figure("Columns", count(columns.length), kindsText(profile)),
    figure("Missing cells", percent(missing, cells), `${count(missing)} of ${count(cells)}`),
    figure("Repeated rows", `${about}${percent(repeated, rows)}`, `${about}${count(repeated)}`),
    figure("Suspicious things", count(warnings.length)),
    ...(reading?.rejected === undefined
      ? []
      : [figure("Rows rejected", count(reading.rejected), "see how it was read")]),
  ]}</dl>
<h2 id="look">Look at first</h2>
${suspicionList(profile)}
${label === null ? null : labelPart(profile)}
${correlationPart(profile)}
<h2 id="overview">All columns</h2>
${columnTable(profile, own)}
<h2 id="columns">Column by column</h2>
${cards}
<h2 id="reading">How it was read</h2>
${readingPart(profile, reading)}`;
  return page({
    title: `Profile of ${name}`,
    parts: [
      { id: "look", name: "Look at first" },
      ...(label === null ? [] : [{ id: "label", name: "The label" }]),
      ...(profile.correlations === null ? [] : [{ id: "correlation", name: "Correlation" }]),
      { id: "overview", name: "All columns" },
      { id: "columns", name: "Column by column" },
      { id: "reading", name: "How it was read" },
    ],
    body,
    at,
  });
}

function byColumn(warnings: readonly ProfileWarning[]): ReadonlyMap<string, readonly ProfileWarning[]> {
  const out = new Map<string, ProfileWarning[]>();
  for (const one of warnings) {
    if (one.column === null) continue;
    const own = out.get(one.column);
    if (own === undefined) out.set(one.column, [one]);
    else own.push(one);
  }
  return out;
}

function kindsText({ columns }: Profile): string {
  const kinds = new Map<string, number>();
  for (const { kind } of columns) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].map(([kind, own]) => `${own} ${kind}`).join(", ");
}
