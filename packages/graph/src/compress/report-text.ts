import type { CompressionReport } from "./report.ts";

/** Lines of a table: the first column to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => [...row[column]!].length)));
  const pad = (text: string, column: number): string => {
    const space = " ".repeat(widths[column]! - [...text].length);
    return column === 0 ? text + space : space + text;
  };
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const change = (by: number): string => (by === 0 ? "" : `${by > 0 ? "+" : ""}${by.toFixed(4)}`);

/**
 * A compression report as a person reads it in a terminal: a line for each form, `*` where no other is as small, as fast and as
 * good; then slices, then layers.
 */
export function compressionText({ runs, entries, missing }: CompressionReport): string {
  const [before] = entries;
  const runtimes = [...new Set(entries.map(({ runtime }) => runtime))];
  const apart = runtimes.length > 1 ? "; what is on the front is so on its own runtime" : "";
  const forms = table([
    ["", "bytes", "of before", "ms", "p90", "time", "score", "change", "front"],
    ...entries.map((one) => [
      one.name,
      String(one.bytes),
      percent(one.share),
      one.p50.toFixed(3),
      one.p90.toFixed(3),
      `${one.time.toFixed(2)} x`,
      one.score.toFixed(4),
      change(one.score - before!.score),
      one.front ? "*" : "",
    ]),
  ]);
  const parts = [`${forms}\nMedian of ${runs} runs on ${runtimes.join(" and ")}, in turn${apart}.`];
  for (const { name, reason } of missing) parts.push(`No ${name}: ${reason}`);
  const slices = Object.keys(before!.slices);
  if (slices.length > 0)
    parts.push(
      table([
        ["score of slice", ...entries.map(({ name }) => name)],
        ...slices.map((slice) => [slice, ...entries.map((one) => one.slices[slice]!.toFixed(4))]),
      ]),
    );
  for (const { name, layers } of entries)
    if (layers.length > 0)
      parts.push(
        table([
          [`layers of ${name}`, "operator", "numbers", "bytes", "of before", "weights moved"],
          ...layers.map((layer) => [
            layer.name,
            layer.op,
            layer.precision,
            String(layer.bytes),
            percent(layer.bytes / layer.bytesBefore),
            percent(layer.weightError),
          ]),
        ]),
      );
  return parts.join("\n\n");
}
