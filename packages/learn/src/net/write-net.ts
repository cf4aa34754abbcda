import type { GraphBuilder, Value } from "@tideline/graph";
import { countedRows } from "./counted-rows.ts";
import type { LayoutEntry } from "./layout.ts";
import type { CountedRows, Net } from "./net.ts";
import { netScope, type Declared } from "./scope.ts";
import { checkScores, writeInputs, type Survey } from "./survey.ts";
import { illegalOption } from "./check-option.ts";

/** Where a net is written, and where its numbers come from. */
export interface WriteNetOptions {
  readonly batch: number | "N";
  readonly training: boolean;
  readonly survey: Survey;
  parameter(entry: LayoutEntry): Value;
  state(entry: LayoutEntry): Value;
  /** float32 [batch]; while training. */
  readonly weight?: Value;
}

/** A net that was written into a graph. */
export interface WrittenNet {
  readonly scores: Value;
  /** What the states become, in the order of their layout: what a layer said, or what they were. */
  readonly states: readonly Value[];
}

/**
 * Writes a net into a graph whose flat tensors are unpacked already.
 *
 * @throws DEFINITION_ILLEGAL when the net declares something else than when it was surveyed.
 */
export function writeNet(g: GraphBuilder, net: Net, options: WriteNetOptions): WrittenNet {
  const { batch, training, survey } = options;
  const next = new Map<string, Value>();
  let noises = 0;
  let counted: CountedRows | undefined;
  const entryOf = (layout: Survey["parameters"], { name, dims }: Declared): LayoutEntry => {
    const entry = layout.entries.find((one) => one.name === name);
    if (entry !== undefined && entry.dims.join() === dims.join()) return entry;
    throw illegalOption(
      "net",
      `"${name}"`,
      "the same parameters whenever it is written",
      `[${dims.join(", ")}]`,
    );
  };
  const scope = netScope({
    g,
    training,
    batch,
    parameter: (declared) => options.parameter(entryOf(survey.parameters, declared)),
    state(declared) {
      const value = options.state(entryOf(survey.states, declared));
      next.set(declared.name, value);
      return {
        value,
        update(update) {
          if (!training) return;
          if (update.elementType !== "float32" || update.dims.join() !== declared.dims.join())
            throw illegalOption(
              `state "${declared.name}"`,
              "its update",
              `float32[${declared.dims.join(", ")}]`,
              `${update.elementType}[${update.dims.join(", ")}]`,
            );
          next.set(declared.name, update);
        },
      };
    },
    uniform(dims) {
      const noise = survey.noise[noises++];
      if (noise?.dims.join() === dims.join()) return g.input(noise.name, "float32", dims);
      throw illegalOption(
        "net",
        "uniform",
        "the same numbers whenever it is written",
        `[${dims.join(", ")}]`,
      );
    },
    counted: () => (counted ??= countedRows(g, options.weight!)),
    scopes: survey.scopes,
  });
  const scores = checkScores(net.forward(scope, writeInputs(g, net.inputs, batch)), batch);
  return { scores, states: survey.states.entries.map(({ name }) => next.get(name)!) };
}
