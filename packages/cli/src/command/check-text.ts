import { VERDICTS, type Change, type Verdict } from "@tideline/spec/compatibility";
import { plural } from "../output/figure.ts";

/** Verdicts as a person should read them: the worst first. */
const ORDER: readonly Verdict[] = [
  "breaks_phones",
  "breaks_lake",
  "needs_version",
  "changes_consent",
  "invalidates_models",
  "compatible",
];

const indent = (text: string, by: string): string => text.replaceAll(/^/gm, by);

/** A long text of an example, shortened: that it is long is all it says. */
function shorten(_: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= 40) return value;
  return `${value.slice(0, 16)}... (${value.length} characters)`;
}

/** A change in lines; `above` is the remedy of the one before, which is not said twice. */
function changeText({ where, what, why, remedy, witness }: Change, above: string | undefined): string {
  const lines = [`  ${where}: ${what}`, indent(why, "    ")];
  if (witness !== undefined) {
    const { name, version, consent, properties } = witness.event;
    lines.push(`    For example ${JSON.stringify({ name, version, consent, properties }, shorten)}`);
  }
  if (remedy !== undefined && remedy === above) lines.push("    Remedy as above");
  else if (remedy?.startsWith("version: ") === true) lines.push(`    Write\n${indent(remedy, "      ")}`);
  else if (remedy !== undefined) lines.push(indent(remedy, "    "));
  return lines.join("\n");
}

/** How many changes of each verdict, in words. */
export function verdictLine(changes: readonly Change[]): string {
  if (changes.length === 0) return "no change";
  const counts = ORDER.map((verdict) => [
    verdict,
    changes.filter((change) => change.verdict === verdict).length,
  ]);
  const parts = counts
    .filter(([, count]) => count !== 0)
    .map(([verdict, count]) => `${count} ${VERDICTS[verdict as Verdict]}`);
  return `${plural(changes.length, "change")}: ${parts.join(", ")}`;
}

/** All changes for a person, by verdict, the worst first. */
export function changesText(changes: readonly Change[]): string {
  const groups = ORDER.flatMap((verdict) => {
    const of = changes.filter((change) => change.verdict === verdict);
    return of.length === 0
      ? []
      : [
          `${VERDICTS[verdict]}\n${of.map((change, index) => changeText(change, of[index - 1]?.remedy)).join("\n")}`,
        ];
  });
  return [verdictLine(changes), ...groups].join("\n\n");
}
