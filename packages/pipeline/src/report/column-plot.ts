import type { ColumnProfile, Tallied, ValueBins } from "@tideline/learn/check";
import { count, number, percent, rowsText, valueOf } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { binText, histogram } from "./plot/histogram.ts";
import { shareBars } from "./plot/share-bars.ts";
import { shownText } from "./shown-text.ts";

/** The picture of a column's distribution with its figures as a table; null where there is nothing to draw. */
export function columnPlot(column: ColumnProfile, hidden: boolean): Markup | null {
  const { name, kind, top, numbers, texts, rows, missing } = column;
  const said = shownText(name, 40);
  if (top !== null && top.length > 0 && (kind === "string" || kind === "boolean")) {
    if (!hidden) return topPlot(said, top, column);
    return markup`${lengthPlot(said, texts?.bins ?? null)}<p class="note">Its values are not shown here, since they may be personal.</p>`;
  }
  if (numbers !== null && numbers.bins.rows.length > 0) {
    const { bins, quantiles } = numbers;
    const plot = histogram(bins, {
      label: `Histogram of ${said}; its figures are in the table below it.`,
      kind,
      median: quantiles[3] ?? null,
    });
    return markup`<figure>${plot}<figcaption>${binCaption(bins, kind)}<span class="key line"></span> median</figcaption>${binTable(bins, kind)}</figure>`;
  }
  if (rows === missing) return markup`<p class="note">There is nothing to draw.</p>`;
  return lengthPlot(said, texts?.bins ?? null);
}

function topPlot(said: string, top: readonly Tallied[], { rows, missing, distinct }: ColumnProfile): Markup {
  const present = rows - missing;
  const most = top[0]!.rows;
  const rest = present - top.reduce((sum, one) => sum + one.rows, 0);
  const bars = top.map((one) => ({
    name: one.value,
    share: one.rows / Math.max(most, rest),
    text: percent(one.rows, present),
  }));
  const others =
    rest > 0
      ? [
          {
            name: `${count(distinct - top.length)} others`,
            share: rest / Math.max(most, rest),
            text: percent(rest, present),
            tone: "beyond" as const,
          },
        ]
      : [];
  const table = markup`<details><summary>Rows by value</summary><table><thead><tr><th scope="col">Value</th><th scope="col" class="number">Rows</th></tr></thead><tbody>${top.map(
    (one) =>
      markup`<tr><th scope="row" class="name"><bdi>${shownText(one.value)}</bdi></th><td class="number">${count(one.rows)}</td></tr>`,
  )}</tbody></table></details>`;
  return markup`<figure>${shareBars(`The most frequent values of ${said}; their rows are in the table below it.`, [...bars, ...others])}<figcaption>Share of the rows that have a value.</figcaption>${table}</figure>`;
}

function lengthPlot(said: string, bins: ValueBins | null): Markup | null {
  if (bins === null || bins.rows.length === 0) return null;
  const plot = histogram(bins, {
    label: `Histogram of the lengths of the texts of ${said}; its figures are in the table below it.`,
    kind: "integer",
  });
  return markup`<figure>${plot}<figcaption>Rows by the length of the text. ${binCaption(bins, "integer")}</figcaption>${binTable(bins, "integer")}</figure>`;
}

function binCaption({ edges, below, above }: ValueBins, kind: ColumnProfile["kind"]): string {
  const beyond = [
    below > 0 ? `${rowsText(below)} below ${valueOf(edges[0], kind)}` : "",
    above > 0 ? `${rowsText(above)} above ${valueOf(edges.at(-1), kind)}` : "",
  ].filter((part) => part !== "");
  return beyond.length === 0 ? "" : `Not drawn: ${beyond.join(" and ")}. `;
}

function binTable({ edges, rows, below, above, unit }: ValueBins, kind: ColumnProfile["kind"]): Markup {
  const line = (text: string, own: number) =>
    markup`<tr><th scope="row">${text}</th><td>${number(own)}</td></tr>`;
  const some = rows.flatMap((own, bin) => (own > 0 ? [line(binText({ edges, unit }, bin, kind), own)] : []));
  return markup`<details><summary>Rows by bin</summary><table class="bins"><thead><tr><th scope="col">${kind === "time" ? "UTC" : "Value"}</th><th scope="col" class="number">Rows</th></tr></thead><tbody>${
    below > 0 ? line(`below ${valueOf(edges[0], kind)}`, below) : null
  }${some}${above > 0 ? line(`above ${valueOf(edges.at(-1), kind)}`, above) : null}</tbody></table></details>`;
}
