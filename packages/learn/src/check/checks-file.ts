import { tidelineError } from "@tideline/spec";
import { isRecord } from "../net/estimator/option-form.ts";
import type { CheckSet } from "./check-def.ts";
import { checks } from "./check-set.ts";

/** Version of the file's form; it changes with it. */
export const CHECKS_VERSION = 1;

const FORMAT = "tideline.checks";

/** Checks as JSON for a file: the same set gives the same text. */
export function checksJson(set: CheckSet): string {
  return `${JSON.stringify({ format: FORMAT, version: CHECKS_VERSION, ...set }, null, 2)}\n`;
}

/**
 * Checks of what {@link checksJson} wrote.
 *
 * @throws DATA_MALFORMED for text that is no JSON, or of another form or version; DEFINITION_ILLEGAL for checks that there are not.
 */
export function readChecks(text: string, who = "readChecks"): CheckSet {
  const malformed = (received: string, cause?: unknown) =>
    tidelineError("DATA_MALFORMED", {
      who,
      expected: `JSON with format "${FORMAT}" and version ${CHECKS_VERSION}`,
      received,
      ...(cause === undefined ? {} : { cause }),
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed("text that is no JSON", cause);
  }
  if (!isRecord(value) || value["format"] !== FORMAT)
    throw malformed(isRecord(value) ? `format ${JSON.stringify(value["format"])}` : "no object");
  const { format: _, version, ...given } = value;
  if (version !== CHECKS_VERSION) throw malformed(`version ${JSON.stringify(version)}`);
  return checks(given as Parameters<typeof checks>[0]);
}
