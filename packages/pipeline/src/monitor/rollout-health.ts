import { UPDATE_EVENT, type ErrorCode, type ModelDefinition } from "@tideline/spec";
import type { Relation } from "../dataset/index.ts";
import { literal, numbers, type Engine } from "../lake/index.ts";

/** How phones fare with a release. */
export interface RolloutHealth {
  /** Phones that took it, or tried to. */
  readonly phones: number;
  /**
   * Of them, those on which it ended the app, could not be taken, failed its self-test on a runtime, or fell back for
   * a fault of its own in more than a tenth of its predictions.
   */
  readonly failing: number;
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

/** SQL of whether a text names a fault. */
const isFault = (text: string): string =>
  `coalesce(regexp_matches(${text}, ${literal(`(^|:)(${FAULTS.join("|")})(,|$)`)}), false)`;

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
  if (versions.length === 0) return { phones: 0, failing: 0, heldBack: 0 };
  const columns = await engine.columns(`WITH told AS (
  SELECT install_id, time, result, code, failed FROM ${relation(UPDATE_EVENT)}
  WHERE model = ${literal(model.name)} AND version IN (${versions.join(", ")})
  QUALIFY row_number() OVER (PARTITION BY install_id ORDER BY epoch DESC, seq DESC) = 1
), fallback AS (
  SELECT told.install_id, avg(${isFault("p.reason")}::INT) > ${FALLBACKS} AS falls
  FROM told JOIN ${relation("prediction")} p ON p.install_id = told.install_id
  WHERE p.model = ${literal(model.name)} AND p.time >= told.time AND told.result = 'activated'
    AND told.code IS NULL
  GROUP BY ALL
)
SELECT count(*) FILTER (result NOT IN ('held-back', 'killed'))::DOUBLE AS phones,
  count(*) FILTER (result = 'held-back')::DOUBLE AS held_back,
  count(*) FILTER (result NOT IN ('held-back', 'killed') AND (result = 'crashed' OR ${isFault("failed")}
    OR (result = 'kept' AND ${isFault("code")}) OR coalesce(falls, false)))::DOUBLE AS failing
FROM told LEFT JOIN fallback USING (install_id)`);
  const [phones, heldBack, failing] = ["phones", "held_back", "failing"].map(
    (name) => numbers(columns, name)[0]!,
  );
  return { phones: phones!, failing: failing!, heldBack: heldBack! };
}
