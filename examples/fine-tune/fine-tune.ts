import { writeOnnx, type ExecutionProvider, type GraphRuntime } from "@tideline/graph";
import {
  adam,
  crossEntropy,
  inferenceGraph,
  trainNet,
  type EpochRecord,
  type FittedNet,
  type FittedNumbers,
  sgd,
  type Optimiser,
  type Progress,
} from "@tideline/learn/net";
import { ACTIVITIES } from "./motion.ts";
import { windowsOfPerson } from "./motion-data.ts";
import { isHead, MOTION_NET } from "./motion-net.ts";
import { PEOPLE, type PersonName } from "./person.ts";
import { checkAnswers, judge, type Judgement } from "./judge.ts";

/** What is trained on. */
export interface FineTuneSettings {
  readonly person: PersonName;
  /** "head": the convolutions stay as they are. */
  readonly part: "all" | "head";
  readonly epochs: number;
  readonly provider: ExecutionProvider;
  readonly seed: number;
}

/** What comes of it. */
export interface FineTuned {
  readonly fitted: FittedNet;
  readonly before: Judgement;
  readonly after: Judgement;
  /** The loss of each step. */
  readonly losses: readonly number[];
  /** The training step as it ran: an ONNX file. */
  readonly stepGraph: Uint8Array;
  /** The fine-tuned model as a file. */
  readonly onnx: Uint8Array;
}

/** Who watches. */
export interface FineTuneWatch {
  readonly onBefore?: (before: Judgement) => void;
  readonly onStep?: (progress: Progress) => void;
  /** Answering "stop" ends it with what there is. */
  readonly onEpoch?: (record: EpochRecord) => "stop" | void | Promise<"stop" | void>;
}

/** The model as a file, of numbers that fit the net. */
export function modelFile(
  numbers: FittedNumbers,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const all = { classes: ACTIVITIES.join(","), ...metadata };
  return writeOnnx(inferenceGraph(MOTION_NET, numbers, { name: "activity", metadata: all }));
}

/** Adam; on a GPU, where onnxruntime-web has no double precision for the correction of its moments, plain momentum. */
function optimiserFor({ part, provider }: FineTuneSettings): Optimiser {
  if (provider === "webgpu") return sgd({ rate: part === "head" ? 3e-2 : 1e-2, momentum: 0.9 });
  return adam({ rate: part === "head" ? 1e-2 : 3e-3 });
}

/**
 * Trains a model that was fitted on a population a little further on windows of one person, and judges it before and
 * after by windows of that person that it does not learn from. Runs wherever the runtime does.
 *
 * @throws RUNTIME_UNSUPPORTED for a provider that is not here, or whose answers are not those of the CPU; what
 *   `trainNet` throws.
 */
export async function fineTune(
  runtime: GraphRuntime,
  initial: FittedNumbers,
  settings: FineTuneSettings,
  watch: FineTuneWatch = {},
): Promise<FineTuned> {
  const { person, part, epochs, provider, seed } = settings;
  const { own, heldOut } = windowsOfPerson(PEOPLE[person].person, seed);
  const load = { provider };
  const losses: number[] = [];
  const before = await judge(runtime, load, modelFile(initial), heldOut);
  if (provider !== "cpu")
    checkAnswers(before, await judge(runtime, {}, modelFile(initial), heldOut), provider);
  watch.onBefore?.(before);
  let stepGraph: Uint8Array | undefined;
  const fitted = await trainNet(MOTION_NET, own, {
    runtime: {
      name: runtime.name,
      load(bytes, options) {
        // The step is what training loads first.
        stepGraph ??= bytes;
        return runtime.load(bytes, options);
      },
    },
    load,
    loss: crossEntropy(),
    optimiser: optimiserFor(settings),
    epochs,
    batch: 20,
    // The page draws every step as it is done, and says how long it took.
    stepsPerRun: 1,
    seed,
    initial,
    ...(part === "head" ? { trainable: isHead } : {}),
    // Only watched: the numbers of the last epoch are kept, whatever these rows say.
    validation: heldOut,
    metric: "accuracy",
    onStep(progress) {
      losses.push(progress.loss);
      watch.onStep?.(progress);
    },
    ...(watch.onEpoch === undefined ? {} : { onEpoch: watch.onEpoch }),
  });
  const onnx = modelFile(fitted, {
    fine_tuned: part,
    epochs: String(fitted.curves.length),
    seed: String(seed),
  });
  const after = await judge(runtime, load, onnx, heldOut);
  return { fitted, before, after, losses, stepGraph: stepGraph!, onnx };
}
