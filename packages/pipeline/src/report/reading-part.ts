import type { Profile } from "@tideline/learn/check";
import { count, rowsText } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";

/** A row of a file that could not be read. */
export interface Rejected {
  readonly file: string;
  readonly line: number;
  readonly column?: string;
  readonly reason: string;
}

/** How a table was read. */
export interface Reading {
  /** Rows that could not be read, and some of them. Absent where the first such row would have been an error. */
  readonly rejected?: number;
  readonly examples?: readonly Rejected[];
}

/** Rows that are shown of those that could not be read. */
const MOST_EXAMPLES = 20;

/** What figures are of, how exact they are, and what could not be read. */
export function readingPart(profile: Profile, { rejected, examples = [] }: Reading = {}): Markup {
  const { rows, sampleRows, distinctError, quantileError, distinctRowsExact, columns } = profile;
  const sampled =
    sampleRows === rows
      ? "All figures are of every row."
      : `Counts, missing values, extremes, means, deviations and most frequent values are of every row. Quantiles, plots, correlations and guesses are of ${count(sampleRows)} rows drawn at random: a quantile\u2019s rank is off by ${(100 * quantileError).toFixed(2)} % (one standard error, at the median).`;
  const estimated = columns.some(({ distinctExact: exact }) => !exact)
    ? ` Numbers of different values marked \u201cabout\u201d or ~ are estimated, with a standard error of ${(100 * distinctError).toFixed(1)} %${distinctRowsExact ? "" : ", and so is that of repeated rows"}.`
    : "";
  return markup`<p>${sampled}${estimated}</p>
${
  rejected === undefined
    ? markup`<p>A row that cannot be read would have been an error: none is left out.</p>`
    : rejected === 0
      ? markup`<p>Every row could be read.</p>`
      : markup`<p><strong class="fail">${rowsText(rejected)} could not be read</strong>, which count in no figure of this page${examples.length === 0 ? "." : ":"}</p>${rejectedTable(examples)}`
}`;
}

function rejectedTable(examples: readonly Rejected[]): Markup | null {
  if (examples.length === 0) return null;
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Rows that could not be read"><table><thead><tr><th scope="col">File</th><th scope="col" class="number">Line</th><th scope="col">Column</th><th scope="col">Why</th></tr></thead><tbody>${examples
    .slice(0, MOST_EXAMPLES)
    .map(
      ({ file, line, column, reason }) =>
        markup`<tr><td class="name"><bdi>${shownText(file)}</bdi></td><td class="number">${line}</td><td class="name">${column === undefined ? "\u2013" : markup`<bdi>${shownText(column)}</bdi>`}</td><td class="words"><bdi>${shownText(reason, 200)}</bdi></td></tr>`,
    )}</tbody></table></div>`;
}
