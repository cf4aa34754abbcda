import { canonicalJson } from "@tideline/spec";
import { cachedStep } from "../cached-step.ts";
import type { TrainingSet } from "../feature/index.ts";
import {
  decodeFittedState,
  encodeFittedState,
  trainInThread,
  type FittedState,
  type TrainedModel,
  type TrainOptions,
} from "../train/index.ts";
import { asBytes, asText } from "./artifact-text.ts";
import type { LoopContext } from "./loop-context.ts";

/** JSON that a fit leaves in the step cache. */
interface FitOutput {
  /** Artifacts. */
  readonly fitted: string;
  readonly report: string;
  readonly validationRows: readonly number[];
  /** Rows of the final fit. */
  readonly rows: readonly number[];
}

/** A fit, fresh or from the cache. */
export interface Fit {
  /** Content address of the fit: names the run. */
  readonly key: string;
  readonly fitted: FittedState;
  /** Artifact of the fitted state. */
  readonly fittedArtifact: string;
  readonly report: Omit<TrainedModel, "fitted" | "validationRows" | "rows">;
  readonly reportArtifact: string;
  readonly validationRows: Int32Array;
  readonly rows: Int32Array;
}

/** Fits a model on a thread of its own, once for a training set, a definition and a seed. */
export async function fitStep(context: LoopContext, set: TrainingSet, options: TrainOptions): Promise<Fit> {
  const { model, artifacts } = context;
  const { seed, recentSince } = options;
  const input = { set: set.key, candidates: model.candidates, labels: model.labels, seed, recentSince };
  const { key, output } = await cachedStep<FitOutput>(
    context,
    { name: "fit", version: 1, input },
    async ({ fitted, report }) => (await artifacts.has(fitted)) && artifacts.has(report),
    async () => {
      const { fitted, validationRows, rows, ...report } = await trainInThread(set, model, options);
      const [state, scores] = [encodeFittedState(fitted), canonicalJson(report)];
      return {
        output: {
          fitted: (await artifacts.put(asBytes(state))).sha256,
          report: (await artifacts.put(asBytes(scores))).sha256,
          validationRows: [...validationRows],
          rows: [...rows],
        },
        log: {
          rowsIn: set.y.length,
          rowsOut: rows.length,
          reasons: { not_recent: set.y.length - rows.length },
        },
      };
    },
  );
  return {
    key,
    fitted: decodeFittedState(asText(await artifacts.read(output.fitted))),
    fittedArtifact: output.fitted,
    report: JSON.parse(asText(await artifacts.read(output.report))) as Fit["report"],
    reportArtifact: output.report,
    validationRows: Int32Array.from(output.validationRows),
    rows: Int32Array.from(output.rows),
  };
}
