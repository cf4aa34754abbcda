import { isNothing, type Survey } from "@tideline/pipeline";
import { count, plural, shortId } from "../output/figure.ts";
import { table } from "../output/table.ts";

/** What a folder holds, or held, of a person. */
export function surveyText(found: Survey): string {
  if (isNothing(found)) return "nothing is held of this person";
  const { log, tables, snapshots, steps, artifacts, models } = found;
  const rows = Object.entries(tables).map(([name, held]) => ({ name, ...held }));
  const text = table(
    rows,
    [
      { name: "table", text: ({ name }) => name },
      { name: "rows", text: (row) => count(row.rows), align: "right" },
      { name: "files", text: ({ files }) => count(files), align: "right" },
    ],
    "no rows in the lake",
  );
  return [
    text,
    "",
    `log        ${plural(log.records, "record")} in ${plural(log.segments, "segment")}: ${plural(log.events, "event")}, ${count(log.quarantined)} refused`,
    `snapshots  ${plural(snapshots.length, "snapshot")}`,
    `derived    ${plural(steps, "file")} of cached steps, ${plural(artifacts, "artifact")}`,
    ...models.map(
      ({ run, model, releases, learned }) =>
        `trained    ${model}, run ${shortId(run)}${releases.length === 0 ? "" : `, released as ${releases.join(", ")}`}${learned === "yes" ? "" : " (may have learned from the person)"}`,
    ),
  ].join("\n");
}
