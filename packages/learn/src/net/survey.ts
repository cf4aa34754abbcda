import { formatType, graphBuilder, type Value } from "@tideline/graph";
import { illegalOption } from "./check-option.ts";
import { countedRows } from "./counted-rows.ts";
import { layoutOf, type Layout } from "./layout.ts";
import type { Net, NetInput } from "./net.ts";
import { netScope, type Declared } from "./scope.ts";

/** Numbers in [0, 1) that a training step is fed. */
export interface Noise {
  readonly name: string;
  readonly dims: readonly number[];
}

/** What a net declares when it is written into a graph. */
export interface Survey {
  readonly parameters: Layout;
  readonly states: Layout;
  readonly noise: readonly Noise[];
  /** Whether the layers of a scope are written as in training; see `trainingScopes`. */
  readonly scopes: ReadonlyMap<string, boolean>;
}

/** Names that the ends of a step graph bear, which no input of a net may have. */
const RESERVED = /^(parameters|state|rate|step|target|weight|scores|loss|gradient_norm|noise_\d+|.*_next)$/;

/**
 * Checks the inputs of a net.
 *
 * @param also further names that the graph needs.
 * @throws DEFINITION_ILLEGAL for none at all, a name twice or a reserved one, and lengths that are not positive.
 */
export function checkInputs(inputs: readonly NetInput[], also: readonly string[] = []): void {
  if (inputs.length === 0) throw illegalOption("net", "inputs", "at least one", "none");
  const seen = new Set(also);
  for (const { name, dims } of inputs) {
    if (name === "" || seen.has(name) || RESERVED.test(name))
      throw illegalOption(
        "net",
        "an input's name",
        "a new one that the step graph does not use",
        `"${name}"`,
      );
    if (!dims.every((dim) => Number.isSafeInteger(dim) && dim > 0))
      throw illegalOption("net", `input "${name}"`, "lengths of at least 1", `[${dims.join(", ")}]`);
    seen.add(name);
  }
}

/** Checks that a net gave scores. @throws DEFINITION_ILLEGAL otherwise. */
export function checkScores(scores: Value, batch: number | "N"): Value {
  if (scores.elementType === "float32" && scores.dims.length >= 1 && scores.dims[0] === batch) return scores;
  throw illegalOption("net", "scores", `float32[${batch}] or float32[${batch}, K]`, formatType(scores));
}

/**
 * Writes a net into a graph that is thrown away, to see what it declares: flat tensors must be split where the graph
 * begins, before the layers that they are for.
 */
export function surveyNet(
  net: Net,
  batch: number | "N",
  training: boolean,
  scopes: ReadonlyMap<string, boolean> = new Map(),
): Survey {
  checkInputs(net.inputs);
  const g = graphBuilder("survey");
  const parameters: Declared[] = [];
  const states: Declared[] = [];
  const noise: Noise[] = [];
  let weight: Value | undefined;
  const scope = netScope({
    g,
    training,
    batch,
    parameter(declared) {
      parameters.push(declared);
      return g.input(`parameter ${declared.name}`, "float32", declared.dims);
    },
    state(declared) {
      states.push(declared);
      return { value: g.input(`state ${declared.name}`, "float32", declared.dims), update: () => {} };
    },
    uniform(dims) {
      const name = `noise_${noise.length + 1}`;
      noise.push(Object.freeze({ name, dims: Object.freeze([...dims]) }));
      return g.input(name, "float32", dims);
    },
    counted: () => countedRows(g, (weight ??= g.input("weight", "float32", [batch]))),
    scopes,
  });
  checkScores(net.forward(scope, writeInputs(g, net.inputs, batch)), batch);
  return Object.freeze({
    parameters: layoutOf(parameters),
    states: layoutOf(states),
    noise: Object.freeze(noise),
    scopes,
  });
}

/** The inputs of a net as inputs of a graph, with their batch. */
export function writeInputs(
  g: ReturnType<typeof graphBuilder>,
  inputs: readonly NetInput[],
  batch: number | "N",
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    inputs.map(({ name, elementType, dims }) => [name, g.input(name, elementType, [batch, ...dims])]),
  );
}
