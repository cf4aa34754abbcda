import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import type { Matrix } from "../../matrix.ts";
import { entryValues, type Layout, type LayoutEntry } from "../layout.ts";
import type { Net } from "../net.ts";
import { surveyNet } from "../survey.ts";
import type { FittedNet } from "../train/fitted-net.ts";
import { writeNet } from "../write-net.ts";
import type { Tower } from "./tower.ts";

/** Writes one tower of a fitted pair with its numbers as constants. */
function writeTower(g: GraphBuilder, { inputs, write }: Tower, trained: FittedNet): Value {
  const net: Net = { inputs, forward: write };
  const from = (layout: Layout, flat: Float32Array) => (entry: LayoutEntry) => {
    const own = layout.entries.find(({ name }) => name === entry.name)!;
    return g.constant(entryValues(flat, own), own.dims);
  };
  return writeNet(g, net, {
    batch: "N",
    training: false,
    survey: surveyNet(net, "N", false),
    parameter: from(trained.layout, trained.parameters),
    state: from(trained.states, trained.state),
  }).scores;
}

/** A tower as a graph of its own: output "embedding" [N, size], each row of length 1. */
export function towerGraph(tower: Tower, trained: FittedNet): OnnxModel {
  const g = graphBuilder(`twoTower ${tower.side}`);
  g.output("embedding", writeTower(g, tower, trained));
  return g.build({ metadata: { ids: JSON.stringify(tower.ids.values) } });
}

/**
 * The user's tower before a catalogue: outputs "items" int64 [N, k], places in the catalogue, the best first, and
 * "scores" [N, k], their cosines.
 */
export function recommenderGraph(
  user: Tower,
  trained: FittedNet,
  catalogue: { readonly ids: readonly string[]; readonly embeddings: Matrix },
  k: number,
): OnnxModel {
  const g = graphBuilder("twoTower");
  const { rows, columns, values } = catalogue.embeddings;
  const across = Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
  const scores = g.op("MatMul", [writeTower(g, user, trained), g.constant(across, [columns, rows])]);
  const [best, places] = g.ops("TopK", [scores, g.ints([k])], { axis: -1, largest: 1, sorted: 1 });
  g.output("items", places!);
  g.output("scores", best!);
  const metadata = { users: JSON.stringify(user.ids.values), items: JSON.stringify(catalogue.ids) };
  return g.build({ metadata });
}
