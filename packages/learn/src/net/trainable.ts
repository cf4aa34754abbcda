import type { GraphBuilder, Value } from "@tideline/graph";
import { illegalOption } from "./check-option.ts";
import { pack, unpack } from "./flat-tensor.ts";
import { layoutOf, type Layout, type LayoutEntry } from "./layout.ts";

/** Which parameters are trained, by their full names such as "conv1d1/weight"; the others keep their bits. */
export type Trainable = (name: string) => boolean;

/** Parameters that lie side by side and are all trained, or all not. */
interface Segment {
  readonly trained: boolean;
  readonly layout: Layout;
}

/** The parameters of a net, divided into those that are trained and those that are not. */
export interface TrainedPart {
  /** The trained ones, one after another as the slots of the optimiser hold them. */
  readonly layout: Layout;
  /** In the order of the whole layout. */
  readonly segments: readonly Segment[];
}

/**
 * Divides a layout.
 *
 * @throws DEFINITION_ILLEGAL when nothing would be trained.
 */
export function trainedPart(whole: Layout, trainable: Trainable): TrainedPart {
  const runs: { readonly trained: boolean; readonly entries: LayoutEntry[] }[] = [];
  for (const entry of whole.entries) {
    const trained = trainable(entry.name);
    const last = runs.at(-1);
    if (last?.trained === trained) last.entries.push(entry);
    else runs.push({ trained, entries: [entry] });
  }
  if (!runs.some(({ trained }) => trained))
    throw illegalOption("trainingStep", "trainable", "at least one parameter to train", "none");
  return Object.freeze({
    layout: layoutOf(runs.flatMap(({ trained, entries }) => (trained ? entries : []))),
    segments: Object.freeze(runs.map(({ trained, entries }) => ({ trained, layout: layoutOf(entries) }))),
  });
}

/**
 * Which scopes train, the outermost "" included; what holds no parameters does as the scope around it. A scope is
 * frozen when all parameters that it declares itself are, or, where it declares none, all within it. A layer in a
 * frozen scope is written as it is when the net answers: its running statistics stay, and what drops numbers drops
 * none.
 */
export function trainingScopes(whole: Layout, trainable: Trainable): ReadonlyMap<string, boolean> {
  const own = new Map<string, boolean>();
  const within = new Map<string, boolean>();
  for (const { name } of whole.entries) {
    const trained = trainable(name);
    const mark = (into: Map<string, boolean>, scope: string) =>
      into.set(scope, trained || into.get(scope) === true);
    let scope = parentOf(name);
    mark(own, scope);
    for (; scope !== ""; scope = parentOf(scope)) mark(within, scope);
    mark(within, "");
  }
  return new Map([...within, ...own]);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A flat tensor of all parameters in a graph, divided. */
export interface DividedParameters {
  /** float32 [trained numbers]. */
  readonly trained: Value;
  /** Every parameter by its name. */
  readonly values: ReadonlyMap<string, Value>;
  /** The flat tensor of all parameters with the trained ones replaced. */
  whole(trained: Value): Value;
}

/** Divides the flat tensor of all parameters: one Split where some are frozen, and one Concat to put it together. */
export function divided(g: GraphBuilder, flat: Value, { segments }: TrainedPart): DividedParameters {
  if (segments.length === 1)
    return { trained: flat, values: unpack(g, flat, segments[0]!.layout), whole: (trained) => trained };
  const split = (value: Value, parts: readonly Segment[]): readonly Value[] =>
    parts.length === 1
      ? [value]
      : g.ops("Split", [value, g.ints(parts.map(({ layout }) => layout.length))], { axis: 0 });
  const pieces = split(flat, segments);
  const moving = segments.filter(({ trained }) => trained);
  return {
    trained: pack(
      g,
      pieces.filter((_, at) => segments[at]!.trained),
    ),
    values: new Map(segments.flatMap(({ layout }, at) => [...unpack(g, pieces[at]!, layout)])),
    whole(trained) {
      const next = split(trained, moving).values();
      return pack(
        g,
        segments.map((segment, at) => (segment.trained ? next.next().value! : pieces[at]!)),
      );
    },
  };
}
