import { differentiate, graphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { illegalOption, positive, positiveInteger } from "./check-option.ts";
import { clipGradient, type Clip } from "./clip-gradient.ts";
import { pack, unpack } from "./flat-tensor.ts";
import type { Layout } from "./layout.ts";
import type { Loss, LossTarget } from "./loss/loss.ts";
import type { Net, NetInput } from "./net.ts";
import type { Optimiser } from "./optimiser/optimiser.ts";
import { checkInputs, surveyNet, type Noise } from "./survey.ts";
import { divided, trainedPart, trainingScopes, type Trainable } from "./trainable.ts";
import { writeNet } from "./write-net.ts";

/** What `trainingStep` takes. */
export interface TrainingStepOptions {
  /** Rows in a batch. */
  readonly batch: number;
  readonly loss: Loss;
  readonly optimiser: Optimiser;
  /** Largest norm of the gradient over all parameters (a number), or a `Clip`. Default: as it comes. */
  readonly clip?: number | Clip;
  /**
   * Which parameters are trained, by name: `(name) => name.startsWith("dense")`. Default all. The others come out of a
   * step as they went in, and no gradient is written for them. A layer all of whose own parameters are frozen works as it
   * does when the net answers: a batch norm keeps its running statistics and uses them, a dropout within drops nothing.
   */
  readonly trainable?: Trainable;
}

/**
 * A training step as one graph. Parameters, each slot of the optimiser and the state are flat float32 tensors.
 *
 * Inputs of `model`: "parameters"; a slot by its name; "state" (absent when empty); "rate" [], the learning rate of
 * this step; "step" [], 1 at the first one; the net's inputs by name, with the batch in front; "target"; "weight"
 * [batch], 0 for rows that only fill the batch; noise by name. Outputs: "parameters_next", "<slot>_next", "state_next"
 * (absent when empty), "loss" [], "gradient_norm" [] (before clipping), "scores". An output must not share memory with
 * an input.
 */
export interface StepGraph {
  readonly model: OnnxModel;
  readonly batch: number;
  /** All parameters, trained or not. */
  readonly parameters: Layout;
  /** Those that are trained, as the slots hold them; `parameters` where nothing is frozen. */
  readonly trained: Layout;
  readonly states: Layout;
  /** Names of the optimiser's flat tensors, each as long as `trained` and 0 in the beginning. */
  readonly slots: readonly string[];
  /** Uniform numbers in [0, 1) to feed anew in each step. */
  readonly noise: readonly Noise[];
  readonly inputs: readonly NetInput[];
  readonly target: LossTarget;
}

/** 1 for what weight decay shrinks, 0 for the rest; undefined when it shrinks everything. */
function decayMask(layout: Layout): Float32Array | undefined {
  if (layout.entries.every(({ decay }) => decay)) return undefined;
  const mask = new Float32Array(layout.length);
  for (const [at, { decay, offset }] of layout.entries.entries())
    if (decay) mask.fill(1, offset, layout.entries[at + 1]?.offset ?? layout.length);
  return mask;
}

/**
 * Writes one training step of a net as a graph: forward, loss, backward, update of parameters, moments and state. It
 * runs wherever ONNX runs; what is trained is fed in and comes out, so the step itself remembers nothing.
 *
 * @throws DEFINITION_ILLEGAL for an option or a net that makes no sense; GRAPH_ILLEGAL where shapes do not fit;
 *   MODEL_UNSUPPORTED where an operator has no gradient.
 * @example
 * const step = trainingStep(net, { batch: 64, loss: crossEntropy(), optimiser: adam({ rate: 1e-3 }), clip: 1 });
 * const { parameters, state } = initialParameters(step, 7);
 */
export function trainingStep(net: Net, options: TrainingStepOptions): StepGraph {
  const { loss, optimiser } = options;
  const batch = positiveInteger("trainingStep", "batch", options.batch);
  const clip: Clip =
    typeof options.clip === "number"
      ? { norm: positive("trainingStep", "clip", options.clip) }
      : (options.clip ?? {});
  checkInputs(net.inputs, optimiser.slots);
  const { trainable = () => true } = options;
  let survey = surveyNet(net, batch, true);
  const { parameters: layout } = survey;
  if (layout.length === 0) throw illegalOption("trainingStep", "net", "parameters to train", "none");
  const part = trainedPart(layout, trainable);
  const trained = part.segments.length === 1 ? layout : part.layout;
  const scopes = trainingScopes(layout, trainable);
  // Layers in frozen scopes may draw no noise, so what the net declares is looked at again.
  if ([...scopes.values()].includes(false)) survey = surveyNet(net, batch, true, scopes);
  const { states } = survey;

  const g = graphBuilder("training_step");
  const flat = g.input("parameters", "float32", [layout.length]);
  const slots = optimiser.slots.map((name) => g.input(name, "float32", [trained.length]));
  const state = states.length === 0 ? undefined : g.input("state", "float32", [states.length]);
  const rate = g.input("rate", "float32", []);
  const step = g.input("step", "float32", []);
  const parameters = divided(g, flat, part);
  const stateParts = state === undefined ? new Map<string, Value>() : unpack(g, state, states);

  const weight = g.input("weight", "float32", [batch]);

  const written = writeNet(g, net, {
    batch,
    training: true,
    survey,
    weight,
    parameter: ({ name }) => parameters.values.get(name)!,
    state: ({ name }) => stateParts.get(name)!,
  });
  const target = g.input("target", loss.target.elementType, [batch, ...loss.target.dims]);
  const value = loss.write(g, written.scores, { target, weight });

  const gradients = differentiate(
    g,
    value,
    trained.entries.map(({ name }) => parameters.values.get(name)!),
  );
  const clipped = clipGradient(g, pack(g, gradients), clip);
  const mask = optimiser.decays ? decayMask(trained) : undefined;
  const updated = optimiser.update(g, {
    parameter: parameters.trained,
    gradient: clipped.gradient,
    slots,
    rate,
    step,
    decay: mask && g.constant(mask),
  });

  g.output("parameters_next", parameters.whole(updated.parameter));
  for (const [at, name] of optimiser.slots.entries()) g.output(`${name}_next`, updated.slots[at]!);
  if (state !== undefined) {
    const next = pack(g, written.states);
    g.output("state_next", next === state ? g.op("Identity", [next]) : next);
  }
  g.output("loss", value);
  g.output("gradient_norm", clipped.norm);
  g.output("scores", written.scores);
  return Object.freeze({
    model: g.build(),
    batch,
    parameters: layout,
    trained,
    states,
    slots: optimiser.slots,
    noise: survey.noise,
    inputs: Object.freeze([...net.inputs]),
    target: loss.target,
  });
}
