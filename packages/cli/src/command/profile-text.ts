import type { ColumnProfile, Profile } from "@tideline/pipeline/frame";
import { count } from "../output/figure.ts";
import { table } from "../output/table.ts";

const BARS = "▁▂▃▄▅▆▇█";
/** Characters of a name or value that are shown. */
const WIDTH = 28;

/**
 * Text of a file as it may go to a terminal: no control characters (which could move the cursor or change a title), none
 * that turn the direction of writing, one line, cut.
 */
export function plainText(text: string, width = WIDTH): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\ufffd").replaceAll(/\s+/gu, " ");
  const letters = [...plain];
  return letters.length <= width ? plain : `${letters.slice(0, width - 1).join("")}…`;
}

/** A number to five digits; times as dates. */
function figure(value: number | null | undefined, kind: ColumnProfile["kind"]): string {
  if (value === null || value === undefined) return "-";
  if (kind === "time" && Math.abs(value) < 8.64e18)
    return new Date(value / 1000).toISOString().slice(0, 16).replace("T", " ");
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return count(value);
  return String(Number(value.toPrecision(5)));
}

/** Characters of a picture of a distribution: bins beyond are drawn together. */
const SPARKS = 16;

function sparkline({ numbers }: ColumnProfile): string {
  const bins = numbers?.bins.rows ?? [];
  const joined = Math.ceil(bins.length / SPARKS);
  const rows = Array.from({ length: Math.ceil(bins.length / joined) || 0 }, (_, at) =>
    bins.slice(at * joined, (at + 1) * joined).reduce((sum, one) => sum + one, 0),
  );
  const most = Math.max(...rows, 1);
  return rows.map((one) => BARS[Math.ceil((one / most) * (BARS.length - 1))]).join("");
}

function share(part: number, rows: number): string {
  if (rows === 0 || part === 0) return "-";
  const percent = (100 * part) / rows;
  return percent < 0.1 ? "<0.1 %" : `${percent.toFixed(1)} %`;
}

function columnsText({ columns, rows, label }: Profile): string {
  const right = "right" as const;
  const quantile = (at: number) => (one: ColumnProfile) => figure(one.numbers?.quantiles[at], one.kind);
  return table(
    columns,
    [
      { name: "column", text: ({ name }) => plainText(name) },
      { name: "kind", text: ({ kind }) => kind },
      { name: "missing", text: ({ missing }) => share(missing, rows), align: right },
      {
        name: "distinct",
        text: ({ distinct, distinctExact }) => `${distinctExact ? "" : "~"}${count(distinct)}`,
        align: right,
      },
      { name: "min", text: ({ numbers, kind }) => figure(numbers?.min, kind), align: right },
      { name: "25 %", text: quantile(2), align: right },
      { name: "median", text: quantile(3), align: right },
      { name: "75 %", text: quantile(4), align: right },
      { name: "max", text: ({ numbers, kind }) => figure(numbers?.max, kind), align: right },
      { name: "mean", text: ({ numbers, kind }) => figure(numbers?.mean, kind), align: right },
      ...(label === null
        ? []
        : [
            {
              name: "label",
              text: ({ label: own }: ColumnProfile) => (own === null ? "-" : own.value.toFixed(2)),
              align: right,
            },
          ]),
      {
        name: "values",
        text: (one) =>
          one.kind === "string" || one.kind === "boolean" ? topText(one, rows) : sparkline(one),
      },
    ],
    "no column",
  );
}

function topText({ top }: ColumnProfile, rows: number): string {
  const first = (top ?? []).slice(0, 3);
  return first
    .map(({ value, rows: own }) => `${plainText(value, 16) || '""'} ${share(own, rows)}`)
    .join(", ");
}

/** A profile for a person. */
export function profileText(profile: Profile, what: string): string {
  const { rows, sampleRows, columns, warnings, distinctError, quantileError, label } = profile;
  const heading = `${plainText(what, 200)}: ${count(rows)} rows, ${count(columns.length)} columns`;
  const lines = warnings.map(({ kind, column, text }) => ({
    kind,
    where: column === null ? "(table)" : plainText(column),
    text: plainText(text, 100),
  }));
  const found = table(
    lines,
    [
      { name: "look at", text: ({ where }) => where },
      { name: "for", text: ({ kind }) => kind },
      { name: "because", text: ({ text }) => text },
    ],
    "nothing suspicious",
  );
  const estimated = columns.some(({ distinctExact }) => !distinctExact)
    ? [`~ is estimated, with a standard error of ${(100 * distinctError).toFixed(1)} %.`]
    : [];
  const sampled =
    sampleRows === rows
      ? []
      : [
          `Quantiles, correlations and guesses are of ${count(sampleRows)} rows drawn at random: a quantile's rank is off by ${(100 * quantileError).toFixed(2)} % (standard error); all else is of every row.`,
        ];
  const measures =
    label === null
      ? []
      : [`label: Pearson's r, correlation ratio or Cramér's V with ${JSON.stringify(plainText(label))}.`];
  const read = warnings.some(({ kind }) => kind === "placeholder")
    ? [
        "Of CSV, --missing TEXT says what stands for a missing value; a preparation's read step says it by `missing`.",
      ]
    : [];
  return [heading, columnsText(profile), found, [...read, ...measures, ...estimated, ...sampled].join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}
