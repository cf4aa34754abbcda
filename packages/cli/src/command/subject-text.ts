import { isNothing, type LinkedName, type Survey } from "@tideline/pipeline";
import { count, plural, shortId } from "../output/figure.ts";
import { table } from "../output/table.ts";

/** What a folder holds, or held, of a person. */
export function surveyText(found: Survey): string {
  if (isNothing(found)) return "nothing is held of this person";
  const { log, tables, snapshots, steps, artifacts, models, names } = found;
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
    ...(names > 0 ? [`names      ${plural(names, "row")} of others that name the person`] : []),
    `snapshots  ${plural(snapshots.length, "snapshot")}`,
    `derived    ${plural(steps, "file")} of cached steps, ${plural(artifacts, "artifact")}`,
    ...models.map(
      ({ run, model, releases, learned }) =>
        `trained    ${model}, run ${shortId(run)}${releases.length === 0 ? "" : `, released as ${releases.join(", ")}`}${learned === "yes" ? "" : " (may have learned from the person)"}`,
    ),
  ].join("\n");
}

/** Other ids that phones claimed to be a person's. */
export interface ClaimedNames {
  readonly linked: readonly LinkedName[];
  /** Claims beyond what is followed of one phone. */
  readonly passedOver: number;
}

/**
 * Other ids that phones claimed to be a person's, by pseudonym, one a line, and how many claims were not looked at;
 * nothing where there are none. It begins with a line break.
 */
export function linkedText({ linked, passedOver }: ClaimedNames): string {
  if (linked.length === 0 && passedOver === 0) return "";
  const lines = linked.map(({ subject, followed, left }) => {
    const taken = followed === 0 ? "not followed" : `followed on ${plural(followed, "phone")}`;
    const rest =
      left === 0 ? "" : `; left on ${plural(left, "phone")}: --with ${subject} if it is the person's`;
    return `alias      ${subject} ${taken}${rest}`;
  });
  if (passedOver > 0)
    lines.push(`aliases    ${plural(passedOver, "claim")} of phones that claimed too many: not followed`);
  return `\n${lines.join("\n")}\n`;
}
