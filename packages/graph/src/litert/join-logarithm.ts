import type { OnnxModel, OnnxNode } from "../onnx.ts";
import { viewOf, type GraphView } from "../optimise/graph-view.ts";
import { edited, type Pass, type Rewritten } from "../optimise/pass.ts";

/** `Log(x)` or `Log(x + shift)` that nothing else needs, and its nodes, the last one first. */
interface Logarithm {
  readonly of: string;
  /** The number that is added, by name; empty for none. */
  readonly shift: string;
  readonly nodes: readonly OnnxNode[];
}

function logarithmOf(view: GraphView, value: string, reader: OnnxNode): Logarithm | undefined {
  const log = view.makerOf.get(value);
  if (log?.op !== "Log" || log.domain !== "" || !view.passesTo(value, reader)) return undefined;
  const [inner] = log.inputs as readonly [string];
  const add = view.makerOf.get(inner);
  const [of, shift] = add?.op === "Add" && add.domain === "" ? (add.inputs as [string, string]) : ["", ""];
  const number = view.constants.get(shift);
  const one = number?.values.length === 1 && number.dims.length <= view.types.get(of)!.dims.length;
  return one && view.passesTo(inner, log)
    ? { of, shift, nodes: [log, add!] }
    : { of: inner, shift: "", nodes: [log] };
}

/** From where to where values are logarithms of the same kind: the first run that fewer nodes can give. */
function worthwhile(
  found: readonly (Logarithm | undefined)[],
): readonly [from: number, to: number] | undefined {
  for (const [from, first] of found.entries()) {
    if (first === undefined || found[from - 1]?.shift === first.shift) continue;
    const other = found.findIndex((one, at) => at > from && one?.shift !== first.shift);
    const to = other < 0 ? found.length : other;
    const depth = first.nodes.length;
    const more = to - from === found.length ? 0 : 1;
    if (depth + more < (to - from) * depth) return [from, to];
  }
  return undefined;
}

/**
 * Logarithms laid beside each other, of numbers that the same one is added to, are one of what lies beside each other: every
 * number stays what it was, and an operator of a few numbers costs what starting it costs.
 */
export const joinLogarithms: Pass = {
  bound: 0,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    for (const concat of view.graph.nodes) {
      if (concat.op !== "Concat" || concat.domain !== "") continue;
      const found = concat.inputs.map((value) => logarithmOf(view, value, concat));
      const run = worthwhile(found);
      if (run === undefined) continue;
      const [from, to] = run;
      const chosen = found.slice(from, to) as readonly Logarithm[];
      const [first] = chosen as readonly [Logarithm];
      const whole = chosen.length === found.length;
      const parts = { ...concat, inputs: chosen.map(({ of }) => of) };
      // The nodes of the first stand for all, under their names; where they are the whole, the last is it.
      const names = first.nodes.map(({ outputs }, at) =>
        at === 0 && whole ? concat.outputs[0]! : outputs[0]!,
      );
      const beside = view.fresh(concat.outputs[0]!);
      const functions = first.nodes.map((node, at) => {
        const given = names[at + 1] ?? beside;
        return { ...node, inputs: [given, ...node.inputs.slice(1)], outputs: [names[at]!] };
      });
      const made = [{ ...parts, name: beside, outputs: [beside] }, ...functions.toReversed()];
      const rest = {
        ...concat,
        inputs: [...concat.inputs.slice(0, from), names[0]!, ...concat.inputs.slice(to)],
      };
      const nodes = new Map<OnnxNode, readonly OnnxNode[]>(
        chosen.flatMap(({ nodes: own }) => own.map((node) => [node, []] as const)),
      );
      nodes.set(concat, whole ? made : [...made, rest]);
      return edited(model, { nodes }, 1);
    }
    return edited(model, {}, 0);
  },
};
