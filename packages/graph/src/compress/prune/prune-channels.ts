import { tidelineError } from "@tideline/spec";
import { elementCount, type OnnxModel } from "../../onnx.ts";
import { channelMap, type ChannelGroup } from "./channel-group.ts";
import { normImportance, type ChannelImportance } from "./channel-importance.ts";
import { removeChannels } from "./remove-channels.ts";

/** What `pruneChannels` takes. */
export interface PruneChannelsOptions {
  /** The share of channels that stays, above 0 and at most 1. */
  readonly share: number;
  /**
   * "layer": this share of each layer. "graph": this share of all, those that matter most wherever they are; importances
   * are divided by their mean in a layer first. Default "layer".
   */
  readonly scope?: "layer" | "graph";
  /** Each layer keeps a multiple of this many groups where it has them, for kernels that like it. Default 1. */
  readonly multiple?: number;
  /** How much each group matters, by its id. Default the norm of its weights. */
  readonly importance?: (groups: readonly ChannelGroup[]) => ChannelImportance;
  /** Layers, by the name of the node that makes them, that keep all channels. Default none. */
  readonly exclude?: readonly string[];
  /**
   * What earlier prunings of the same graph did: the share is then of what layers had before those, so that many small
   * steps come to where one large one does. Default the layers as they are.
   */
  readonly since?: readonly PrunedLayer[];
}

/** What became of the channels of one layer. */
export interface PrunedLayer {
  /** The node whose weights make the channels. */
  readonly name: string;
  /** Groups of channels: those that come and go together count once. */
  readonly before: number;
  readonly after: number;
}

/** A model with fewer channels. */
export interface PrunedChannels {
  readonly model: OnnxModel;
  readonly layers: readonly PrunedLayer[];
  /** Numbers in constants. */
  readonly parameters: { readonly before: number; readonly after: number };
}

function invalid(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "pruneChannels", field, expected, received });
}

/** Numbers in the floating-point constants of a model. */
function parameterCount({ graph }: OnnxModel): number {
  return graph.initializers.reduce(
    (sum, { elementType, dims }) => sum + (elementType.startsWith("float") ? elementCount(dims) : 0),
    0,
  );
}

/** The groups of each layer, most important first; of equals the first. */
function ranked(
  groups: readonly ChannelGroup[],
  importance: ChannelImportance,
): readonly (readonly number[])[] {
  const layers: number[][] = [];
  for (const { id, layer } of groups) (layers[layer] ??= []).push(id);
  return layers
    .filter((ids) => ids !== undefined)
    .map((ids) => ids.toSorted((a, b) => importance[b]! - importance[a]! || a - b));
}

/** How many groups layers had before the earliest pruning; layers of one name are told apart by their order. */
function widthsBefore(
  names: readonly string[],
  layers: readonly (readonly number[])[],
  since: readonly PrunedLayer[],
): readonly number[] {
  const left = [...since];
  return layers.map((ids, layer) => {
    const at = left.findIndex(({ name, after }) => name === names[layer] && after === ids.length);
    return at < 0 ? ids.length : left.splice(at, 1)[0]!.before;
  });
}

/** How many groups each layer keeps. */
function widths(
  layers: readonly (readonly number[])[],
  before: readonly number[],
  importance: ChannelImportance,
  options: PruneChannelsOptions,
): number[] {
  const { share, scope = "layer", multiple = 1 } = options;
  let wanted = before.map((width) => share * width);
  if (scope === "graph") {
    const scored = layers.flatMap((ids, layer) => {
      const mean = ids.reduce((sum, id) => sum + importance[id]!, 0) / ids.length;
      return ids.map((id) => ({ layer, score: mean === 0 ? 0 : importance[id]! / mean }));
    });
    wanted = layers.map(() => 0);
    const all = before.reduce((sum, width) => sum + width, 0);
    const kept = scored.toSorted((a, b) => b.score - a.score).slice(0, Math.round(share * all));
    for (const { layer } of kept) wanted[layer]! += 1;
  }
  return wanted.map((width, layer) => {
    const all = layers[layer]!.length;
    const rounded = multiple * Math.max(1, Math.round(width / multiple));
    return Math.min(all, rounded);
  });
}

/**
 * Removes the channels of a graph that matter least: the graph gets narrower, with the same inputs and outputs, and
 * answers as if the weights of what went were zero. Train it on afterwards (`tuneModel` of `@tideline/learn/compress`), and
 * prune before quantising.
 *
 * @throws ARGUMENT_INVALID for an option out of range, a layer that there is not, or a graph in which no channel can go;
 *   GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 *
 * @example
 * const { model: half, layers } = pruneChannels(model, { share: 0.5 });
 */
export function pruneChannels(model: OnnxModel, options: PruneChannelsOptions): PrunedChannels {
  const { share, scope = "layer", multiple = 1, exclude = [] } = options;
  if (!(share > 0 && share <= 1)) throw invalid("share", "a number above 0 and at most 1", String(share));
  if (!Number.isSafeInteger(multiple) || multiple < 1)
    throw invalid("multiple", "an integer of at least 1", String(multiple));
  if (scope !== "layer" && scope !== "graph") throw invalid("scope", '"layer" or "graph"', String(scope));
  const map = channelMap(model);
  const names = new Set(map.groups.map(({ name }) => name));
  const stranger = exclude.find((name) => !names.has(name));
  if (stranger !== undefined)
    throw invalid("exclude", `some of ${[...names].join(", ") || "no layer"}`, stranger);
  if (names.size === 0) throw invalid("model", "layers whose channels can go", "none");
  const importance = options.importance?.(map.groups) ?? normImportance(model, map.groups);
  const wrong = map.groups.find(({ id }) => !Number.isFinite(importance[id]));
  if (wrong !== undefined || importance.length !== map.groups.length)
    throw invalid(
      "importance",
      `a finite number for each of ${map.groups.length} groups`,
      `${importance.length}, ${String(importance[wrong?.id ?? 0])}`,
    );
  const layers = ranked(
    map.groups.filter(({ name }) => !exclude.includes(name)),
    importance,
  );
  const makers = layers.map((ids) => map.groups[ids[0]!]!.name);
  const before = widthsBefore(makers, layers, options.since ?? []);
  const kept = widths(layers, before, importance, options);
  const smaller = removeChannels(
    model,
    layers.flatMap((ids, layer) => ids.slice(kept[layer])),
    map,
  );
  return Object.freeze({
    model: smaller,
    layers: Object.freeze(
      layers.map((_, layer) =>
        Object.freeze({ name: makers[layer]!, before: before[layer]!, after: kept[layer]! }),
      ),
    ),
    parameters: Object.freeze({ before: parameterCount(model), after: parameterCount(smaller) }),
  });
}
