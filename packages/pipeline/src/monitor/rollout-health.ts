import { UPDATE_EVENT, type ErrorCode, type ModelDefinition } from "@tideline/spec";
import type { Relation } from "../dataset/index.ts";
import { literal, numbers, type Engine } from "../lake/index.ts";

/** How phones fare with a release. */
export interface RolloutHealth {
  /** Phones that took it, or tried to. */
  readonly phones: number;
  /**
   * Of them, those on which it ended the app or could not be taken, or on which something else than the phone's own
   * model answered for a fault of its own in more than a tenth of the predictions.
   */
  readonly failing: number;
  /** Phones on which it runs and does well although one of its files failed there: another file or runtime took its place. */
  readonly withFailedFile: number;
  /** Phones that are outside of its share. */
  readonly heldBack: number;
}

/** Codes for which a release is at fault, or what serves it; not the network, an old app or a full phone. */
const FAULTS: readonly ErrorCode[] = [
  "SELF_TEST_FAILED",
  "RUNTIME_CRASHED",
  "RUNTIME_UNSUPPORTED",
  "MODEL_MALFORMED",
  "ARTIFACT_CORRUPT",
];

/** Share of a phone's predictions that may fall back before it counts as failing. */
const FALLBACKS = 0.1;

/** SQL of whether a list of `place:CODE` by commas, or a code alone, names one of some codes. */
const names = (text: string, codes: readonly ErrorCode[]): string =>
  `coalesce(regexp_matches(${text}, ${literal(`(^|:)(${codes.join("|")})(,|$)`)}), false)`;

/** SQL of whether a text names a fault. */
const isFault = (text: string): string => names(text, FAULTS);

/**
 * SQL of whether a release's fault kept it from a prediction `p`: not where the phone's model answered by another file or
 * runtime, nor where the day's budget let none of them run.
 */
const FELL_BACK = `coalesce(p.source <> 'device' AND ${isFault("p.reason")}
    AND NOT regexp_matches(p.reason, '(^|,)[a-z]+/[^,]*:BUDGET_SPENT(,|$)'), false)`;

/**
 * How phones fare with some versions of a model, which are one release: the newest report of each phone about them
 * counts (`updateEvent`), and its predictions since. A version that was only renewed or offered to more phones is the
 * same release.
 */
export async function rolloutHealth(
  engine: Engine,
  model: Pick<ModelDefinition, "name">,
  relation: Relation,
  versions: readonly number[],
): Promise<RolloutHealth> {
  if (versions.length === 0) return { phones: 0, failing: 0, withFailedFile: 0, heldBack: 0 };
  const columns = await engine.columns(`WITH told AS (
  SELECT install_id, time, result, code, failed FROM ${relation(UPDATE_EVENT)}
  WHERE model = ${literal(model.name)} AND version IN (${versions.join(", ")})
  QUALIFY row_number() OVER (PARTITION BY install_id ORDER BY epoch DESC, seq DESC) = 1
), fallback AS (
  SELECT told.install_id, avg((${FELL_BACK})::INT) > ${FALLBACKS} AS falls
  FROM told JOIN ${relation("prediction")} p ON p.install_id = told.install_id
  WHERE p.model = ${literal(model.name)} AND p.time >= told.time AND told.result = 'activated'
    AND told.code IS NULL
  GROUP BY ALL
), phone AS (
  SELECT result, failed, result = 'crashed' OR ${names("failed", ["RUNTIME_CRASHED"])}
    OR (result = 'kept' AND ${isFault("code")}) OR coalesce(falls, false) AS is_failing
  FROM told LEFT JOIN fallback USING (install_id)
)
SELECT count(*) FILTER (result NOT IN ('held-back', 'killed'))::DOUBLE AS phones,
  count(*) FILTER (result = 'held-back')::DOUBLE AS held_back,
  count(*) FILTER (result NOT IN ('held-back', 'killed') AND is_failing)::DOUBLE AS failing,
  count(*) FILTER (result = 'activated' AND NOT is_failing AND failed IS NOT NULL)::DOUBLE AS with_failed_file
FROM phone`);
  const [phones, heldBack, failing, withFailedFile] = [
    "phones",
    "held_back",
    "failing",
    "with_failed_file",
  ].map((name) => numbers(columns, name)[0]!);
  return { phones: phones!, failing: failing!, withFailedFile: withFailedFile!, heldBack: heldBack! };
}
