import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { boostedTrees, chooseKernels, shapValues, treeTable, writeLightgbm } from "@tideline/learn/tree";
import { nodeTreeThreads } from "../../packages/pipeline/src/runtime/tree-threads.ts";
import { startChild } from "../side/child.ts";
import { callTime, largestDifference } from "./call-time.ts";
import { DEFAULTS, TREE_CASES } from "./case.ts";
import { readNumbers } from "./data-file.ts";
import { generatedColumns } from "./generate.ts";
import type { ModelCompareOptions, ModelResult } from "./model-case.ts";

/** What the peer is asked; it answers with how long it took. */
type ShapCall =
  | {
      readonly do: "open";
      readonly model: string;
      readonly rows: string;
      readonly columns: number;
      readonly threads: number;
    }
  | { readonly do: "explain"; readonly out: string };

interface ShapReply {
  readonly open: { readonly version: string };
  readonly explain: { readonly seconds: number };
}

/** Turns of both; the first ones warm up. */
const [TURNS, WARM] = [12, 3];

/** A model of two classes over 28 columns, and rows that it did not see. */
async function explained(trees: number, rows: number, threads: number) {
  const given = { ...TREE_CASES[0]!, name: "shap" };
  const trained = 20_000;
  const made = generatedColumns(given, trained + rows, 1);
  const columns: Float32Array[] = [];
  made.each((column) => columns.push(column.slice()));
  const y = Int32Array.from(made.target().subarray(0, trained));
  const part = (from: number, to?: number) => ({
    columns: Object.fromEntries(columns.map((values, at) => [`c${at}`, values.slice(from, to)])),
  });
  const kernels = chooseKernels({ threads: nodeTreeThreads() }).open;
  const estimator = boostedTrees({ rounds: trees, leaves: DEFAULTS.leaves, seed: 1 });
  const model = await estimator.fit({ ...part(0, trained), y, classes: ["no", "yes"] }, { kernels, threads });
  return { model, table: treeTable(part(trained)), columns: columns.map((values) => values.slice(trained)) };
}

/**
 * `shapValues` against LightGBM's `pred_contrib`: one model, trained by ours and handed over as LightGBM's text, the same
 * rows. Ours runs on one thread; LightGBM on one, and then on as many as are asked for.
 */
export async function* compareShap(options: ModelCompareOptions): AsyncGenerator<ModelResult> {
  const { python, folder, quick } = options;
  const [rows, trees] = quick ? [100, 30] : [1000, 300];
  const { model, table, columns } = await explained(trees, rows, options.threads);
  const files = {
    model: join(folder, "shap.txt"),
    rows: join(folder, "shap.f32"),
    out: join(folder, "shap.f64"),
  };
  writeFileSync(files.model, writeLightgbm(model.ensemble, model.link));
  writeFileSync(files.rows, Buffer.concat(columns.map(({ buffer }) => Buffer.from(buffer))));
  for (const threads of new Set([1, options.threads])) {
    const program = join(import.meta.dirname, "shap-peer.py");
    const peer = startChild<ShapCall, ShapReply>(python, [program], { OMP_NUM_THREADS: String(threads) });
    try {
      const { model: text, rows: asked, out } = files;
      const call = { do: "open", model: text, rows: asked, columns: columns.length, threads } as const;
      const { version } = await peer.ask(call);
      const [own, other]: [number[], number[]] = [[], []];
      let ours = shapValues(model.ensemble, table);
      for (let turn = 0; turn < (quick ? WARM + 1 : TURNS); turn++) {
        const started = performance.now();
        ours = shapValues(model.ensemble, table);
        const seconds = (performance.now() - started) / 1000;
        const theirs = await peer.ask({ do: "explain", out });
        if (turn < WARM) continue;
        own.push(seconds);
        other.push(theirs.seconds);
      }
      const width = columns.length + 1;
      // LightGBM's last column is what the others add to.
      const theirs = readNumbers(out, rows * width);
      const flat = Float64Array.from({ length: rows * width }, (_, at) => {
        const [row, column] = [Math.floor(at / width), at % width];
        return column < columns.length ? ours.values[row * columns.length + column]! : ours.base[0]!;
      });
      const [mine, peers] = [callTime(own), callTime(other)];
      yield {
        case: "shap",
        rows,
        trees,
        leaves: DEFAULTS.leaves,
        columns: columns.length,
        form: "columns",
        threads: { ours: 1, peer: threads },
        ours: mine,
        peer: peers,
        peerName: `${version} pred_contrib, ${threads} threads`,
        ratio: mine.median / peers.median,
        difference: largestDifference(flat, theirs),
      };
    } finally {
      await peer.end();
    }
  }
}
