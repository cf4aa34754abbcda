import { writeOnnx, type GraphRuntime, type LoadedGraph, type LoadOptions } from "@tideline/graph";
import { carriedNames, ofStep, repeatedStep } from "../repeated-step.ts";
import type { StepGraph } from "../training-step.ts";
import type { StepSlot } from "./step-slot.ts";

/** What one step says of itself. */
export interface StepOutcome {
  readonly loss: number;
  readonly norm: number;
}

/** Runs steps: one at a time, or `longest` in one call of the runtime. */
export interface StepRunner {
  readonly longest: number;
  /**
   * @param slots one filled slot, or `longest` in their order.
   * @param tensors parameters, slots of the optimiser and state, which are not changed.
   */
  run(
    slots: readonly StepSlot[],
    tensors: Readonly<Record<string, Float32Array>>,
  ): Promise<{ readonly tensors: Record<string, Float32Array>; readonly outcomes: readonly StepOutcome[] }>;
  release(): Promise<void>;
}

/**
 * A runner. The graph of `longest` steps is loaded at once, that of a single one when it is first needed: at the end of
 * an epoch whose steps `longest` does not divide.
 *
 * @param longest steps in one call; see {@link repeatedStep}.
 */
export async function stepRunner(
  step: StepGraph,
  runtime: GraphRuntime,
  load: LoadOptions,
  longest: number,
): Promise<StepRunner> {
  const names = carriedNames(step);
  const next = names.map((name) => `${name}_next`);
  const loaded = new Map<number, Promise<LoadedGraph>>();
  const graphOf = (count: number): Promise<LoadedGraph> => {
    const found =
      loaded.get(count) ??
      runtime.load(writeOnnx(count === 1 ? step.model : repeatedStep(step, count)), load);
    loaded.set(count, found);
    return found;
  };
  await graphOf(longest);
  return Object.freeze({
    longest,
    async run(slots: readonly StepSlot[], tensors: Readonly<Record<string, Float32Array>>) {
      const alone = slots.length === 1;
      const name = (of: string, at: number) => (alone ? of : ofStep(of, at));
      const feeds = Object.assign({}, ...slots.map((slot) => (alone ? slot.feeds : slot.feedsOf)));
      for (const one of names) {
        const values = tensors[one]!;
        feeds[one] = { elementType: "float32", dims: [values.length], values };
      }
      const own = slots.flatMap((_, at) => [name("loss", at), name("gradient_norm", at)]);
      const graph = await graphOf(slots.length);
      const out = await graph.run(feeds, [...next, ...own]);
      return {
        tensors: Object.fromEntries(names.map((one, at) => [one, out[next[at]!]!.values as Float32Array])),
        outcomes: slots.map((_, at) => ({
          loss: Number(out[name("loss", at)]!.values[0]),
          norm: Number(out[name("gradient_norm", at)]!.values[0]),
        })),
      };
    },
    async release() {
      const graphs = await Promise.allSettled(loaded.values());
      loaded.clear();
      for (const one of graphs) if (one.status === "fulfilled") await one.value.release();
    },
  });
}
