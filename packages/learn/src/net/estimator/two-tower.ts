import type { GraphRuntime, LoadOptions, OnnxModel } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Matrix } from "../../matrix.ts";
import { positive, positiveInteger } from "../check-option.ts";
import { inBatchSoftmax } from "../loss/in-batch-softmax.ts";
import type { Net } from "../net.ts";
import type { FittedNet } from "../train/fitted-net.ts";
import { rowWidth, type NetColumn, type NetData } from "../train/net-data.ts";
import { trainNet } from "../train/train-net.ts";
import type { NetEncoder, NetEstimator } from "./net-classifier.ts";
import { checkRecommend, firstItems, recommendations } from "./recommendation.ts";
import type { RecommendOptions, Recommendations } from "./recommendation.ts";
import { runRows } from "./run-row.ts";
import { embeddingsOf, towerOf, type SideTable, type Tower, type TowerRows } from "./tower.ts";
import { trainOptions, trainingSettings, type NetTrainingOptions } from "./training-option.ts";
import { recommenderGraph, towerGraph } from "./two-tower-graph.ts";

/** Who took what: interaction i is `users[i]` with `items[i]`. */
export interface InteractionRows {
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** What is known of users; every user must be in it. */
  readonly userFeatures?: SideTable;
  /** What is known of items; every item must be in it, and what nobody took yet may be. */
  readonly itemFeatures?: SideTable;
  /** [N], positive or zero. Default 1 for each. */
  readonly sampleWeight?: Float64Array;
}

/** What {@link twoTower} takes; plain data. */
export interface TwoTowerOptions extends Omit<NetTrainingOptions, "labelSmoothing" | "classWeights"> {
  /** Numbers that an id becomes. Default 32. */
  readonly embedding?: number;
  /** Numbers in which users and items meet. Default 32. */
  readonly size?: number;
  /** Units of each tower's hidden layers. Default none. */
  readonly hidden?: readonly number[];
  /** Cosines are divided by it while training. Default 0.1. */
  readonly temperature?: number;
  /** Whether an item's frequency is taken out of its score while training. Default true. */
  readonly correction?: boolean;
  /** Ids seen less often in training are unknown. Default 1. */
  readonly minimumCount?: number;
}

/** A fitted {@link twoTower}; frozen. */
export interface TwoTowerModel {
  readonly kind: "twoTower";
  readonly seed: number;
  /** Both towers; its net gives the scores of a batch against itself. */
  readonly trained: FittedNet;
  /** What can be recommended, and where it stands: [items, size]. */
  readonly catalogue: { readonly ids: readonly string[]; readonly embeddings: Matrix };
  /** int64 "user" [N] (a place in the metadata's `ids` plus 1, else 0), perhaps "user_features"; "embedding" [N, size]. */
  userGraph(): OnnxModel;
  /** As `userGraph`, of items: "item" and perhaps "item_features". */
  itemGraph(): OnnxModel;
  /** From "user" to the k best of the catalogue: int64 "items" [N, k], places in it, and "scores" [N, k]. Default 10. */
  graph(k?: number): OnnxModel;
  /** [N, size] of users. Errors: as `recommend`. */
  embedUsers(users: TowerRows, runtime: GraphRuntime, load?: LoadOptions): Promise<Matrix>;
  /** [N, size] of items, new ones too. Errors: as `recommend`. */
  embedItems(items: TowerRows, runtime: GraphRuntime, load?: LoadOptions): Promise<Matrix>;
  /**
   * At most k items for each user, the best first, by the cosine of their embeddings.
   *
   * @throws ARGUMENT_INVALID for a k, features or lists of what is left out that do not fit; what the runtime throws.
   */
  recommend(
    users: TowerRows,
    k: number,
    runtime: GraphRuntime,
    options?: RecommendOptions & { readonly load?: LoadOptions },
  ): Promise<Recommendations>;
}

/** Columns that are tensors already. */
const COLUMNS: NetEncoder<{ readonly count: number; readonly columns: Readonly<Record<string, NetColumn>> }> =
  {
    count: ({ count }) => count,
    check: () => {},
    inputs: ({ columns }, start, count) =>
      Object.fromEntries(
        Object.entries(columns).map(([name, { dims, values }]) => {
          const width = rowWidth(dims);
          return [name, { dims, values: values.subarray(start * width, (start + count) * width) }];
        }),
      ),
  };

function checkInteractions(who: string, { users, items }: InteractionRows): void {
  if (users.length === 0)
    throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least one interaction", received: "none" });
  if (users.length !== items.length)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "items",
      expected: `${users.length} ids, one for each user`,
      received: String(items.length),
    });
}

/**
 * Recommendation by two towers that meet in one space: users and items become vectors of length 1 from their ids and
 * what is known of them, and a user's next item is to be nearer than the other items of the batch, from whose scores the
 * logarithm of their frequency is taken, as frequent ones come up in batches more often (X. Yi et al.,
 * "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations", RecSys 2019; frequencies are counted
 * in the training rows, which are at hand here, not estimated from a stream). Dropout by default 0, 20 epochs.
 *
 * Large batches are better: they hold more items to tell apart. Hold `recallAtK` against {@link popularity}.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await twoTower({ seed: 1 }).fit({ users, items }, { runtime: onnxruntimeNode });
 * const { items: best } = await model.recommend({ ids: ["u7"] }, 10, onnxruntimeNode, { exclude: [seen] });
 */
export function twoTower(
  options: TwoTowerOptions = {},
): NetEstimator<InteractionRows, TowerRows, TwoTowerModel> {
  const { embedding = 32, size = 32, hidden = [], temperature = 0.1, correction = true } = options;
  const who = "twoTower";
  const settings = trainingSettings(who, { batch: 256, ...options }, { epochs: 20, dropout: 0 });
  for (const [name, value] of Object.entries({ embedding, size })) positiveInteger(who, name, value);
  for (const units of hidden) positiveInteger(who, "hidden", units);
  positive(who, "temperature", temperature);
  const minimumCount = positiveInteger(who, "minimumCount", options.minimumCount ?? 1);
  const shape = { embedding, size, hidden, dropout: settings.dropout };
  return Object.freeze({
    kind: who,
    async fit(rows, { validation, ...fit }) {
      checkInteractions(`${who}.fit`, rows);
      if (validation !== undefined) checkInteractions(`${who}.fit: validation`, validation);
      const user = towerOf("user", sideOf(rows.users, rows.userFeatures), shape, minimumCount);
      const item = towerOf("item", sideOf(rows.items, rows.itemFeatures), shape, minimumCount);
      const counts = new Map<string, number>();
      for (const id of rows.items) counts.set(id, (counts.get(id) ?? 0) + 1);
      const catalogue = [...new Set([...counts.keys(), ...(rows.itemFeatures?.ids ?? [])])].sort();
      const net = twoTowerNet(user, item, temperature, correction);
      const dataOf = (given: InteractionRows): NetData => {
        const { users, items, userFeatures = rows.userFeatures, itemFeatures = rows.itemFeatures } = given;
        const places = new Map(catalogue.map((id, at) => [id, at]));
        for (const id of items) if (!places.has(id)) places.set(id, places.size);
        const frequency = Float32Array.from(items, (id) =>
          Math.log((counts.get(id) ?? 1) / rows.items.length),
        );
        return {
          rows: users.length,
          inputs: {
            ...user.encode(`${who}.fit`, sideOf(users, userFeatures)),
            ...item.encode(`${who}.fit`, sideOf(items, itemFeatures)),
            ...(correction ? { log_frequency: { dims: [], values: frequency } } : {}),
          },
          target: { dims: [], values: Int32Array.from(items, (id) => places.get(id)!) },
          ...(given.sampleWeight === undefined ? {} : { weight: given.sampleWeight }),
        };
      };
      const trained = await trainNet(net, dataOf(rows), {
        ...trainOptions(settings, fit),
        loss: inBatchSoftmax(),
        ...(validation === undefined ? {} : { validation: dataOf(validation) }),
      });
      const embed = embedder(trained, fit.runtime, fit.load);
      const ids = Object.freeze(catalogue);
      const embeddings = await embed(`${who}.fit`, item, sideOf(ids, rows.itemFeatures));
      return twoTowerModel({ user, item, trained, catalogue: Object.freeze({ ids, embeddings }) });
    },
  } satisfies NetEstimator<InteractionRows, TowerRows, TwoTowerModel>);
}

/** A function of its own: a net made where the training rows are in scope would keep them alive in every model. */
function twoTowerNet(user: Tower, item: Tower, temperature: number, correction: boolean): Net {
  const frequencies = { name: "log_frequency", elementType: "float32", dims: [] } as const;
  return {
    inputs: [...user.inputs, ...item.inputs, ...(correction ? [frequencies] : [])],
    forward(scope, inputs) {
      const { g } = scope;
      const items = g.op("Transpose", [item.write(scope, inputs)], { perm: [1, 0] });
      const cosines = g.op("MatMul", [user.write(scope, inputs), items]);
      const scores = g.op("Mul", [cosines, g.scalar(1 / temperature)]);
      const frequency = inputs[frequencies.name];
      if (frequency === undefined) return scores;
      return g.op("Sub", [scores, g.op("Unsqueeze", [frequency, g.ints([0])])]);
    },
  };
}

function sideOf(ids: readonly string[], features: SideTable | undefined): TowerRows {
  return features === undefined ? { ids } : { ids, features };
}

function embedder(trained: FittedNet, runtime: GraphRuntime, load: LoadOptions | undefined) {
  return async (who: string, tower: Tower, rows: TowerRows): Promise<Matrix> => {
    const model = towerGraph(tower, trained);
    const size = Number(model.graph.outputs[0]!.dims[1]);
    const plan = { model, inputs: tower.inputs, encoder: COLUMNS, outputs: { embedding: size } };
    const given = { count: rows.ids.length, columns: tower.encode(who, rows) };
    return embeddingsOf((await runRows(who, plan, given, runtime, load))["embedding"]!, size);
  };
}

interface TwoTowerParts extends Pick<TwoTowerModel, "trained" | "catalogue"> {
  readonly user: Tower;
  readonly item: Tower;
}

function twoTowerModel({ user, item, trained, catalogue }: TwoTowerParts): TwoTowerModel {
  const { ids } = catalogue;
  return Object.freeze({
    kind: "twoTower" as const,
    seed: trained.seed,
    trained,
    catalogue,
    userGraph: () => towerGraph(user, trained),
    itemGraph: () => towerGraph(item, trained),
    graph: (k = 10) => {
      positiveInteger("twoTower.graph", "k", k);
      return recommenderGraph(user, trained, catalogue, Math.min(k, ids.length));
    },
    embedUsers: (users: TowerRows, runtime: GraphRuntime, load?: LoadOptions) =>
      embedder(trained, runtime, load)("twoTower.embedUsers", user, users),
    embedItems: (items: TowerRows, runtime: GraphRuntime, load?: LoadOptions) =>
      embedder(trained, runtime, load)("twoTower.embedItems", item, items),
    async recommend(
      users: TowerRows,
      k: number,
      runtime: GraphRuntime,
      { exclude, load }: RecommendOptions & { readonly load?: LoadOptions } = {},
    ) {
      const who = "twoTower.recommend";
      checkRecommend(who, users.ids.length, k, exclude);
      const left = exclude?.map((own) => new Set(own));
      // As many more as the longest list could take away.
      const most = Math.min(ids.length, k + (left ?? []).reduce((top, { size }) => Math.max(top, size), 0));
      const model = recommenderGraph(user, trained, catalogue, most);
      const outputs = { items: most, scores: most };
      const given = { count: users.ids.length, columns: user.encode(who, users) };
      const plan = { model, inputs: user.inputs, encoder: COLUMNS, outputs };
      const { items, scores } = await runRows(who, plan, given, runtime, load);
      return recommendations(
        users.ids.map((_, row) => {
          const own = Array.from({ length: most }, (__, at) => {
            const place = row * most + at;
            return [ids[items![place]!]!, scores![place]!] as const;
          });
          return firstItems(own, k, left?.[row]);
        }),
      );
    },
  } satisfies TwoTowerModel);
}
