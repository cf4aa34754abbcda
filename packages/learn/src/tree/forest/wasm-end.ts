import { instantiate, webAssembly, type WasmMemory, type WasmModule } from "../kernel/web-assembly.ts";
import { binCentre, cutBetween } from "./bin-centre.ts";
import type { EndGrower } from "./branch-end.ts";
import type { ForestDraft } from "./forest-draft.ts";
import type { ForestGrowth, ForestSource } from "./forest-source.ts";
import { FOREST_KERNELS } from "./generated/forest-kernels.ts";
import { copyRows, mostNear } from "./near-row.ts";
import type { NodeRows } from "./node-rows.ts";

interface Place {
  readonly value: number;
}

/** What `source/index.as` exports: `address.as` says what lies where. */
interface EndExports {
  place(from: number, most: number, features: number): number;
  fillTables(): void;
  setGrowth(
    features: number,
    byNode: number,
    depth: number,
    childRows: number,
    childWeight: number,
    gain: number,
    scale: number,
    weighted: boolean,
    twoClasses: boolean,
  ): void;
  growEnd(rows: number, seed: number, depth: number, root: number): number;
  readonly codes: Place;
  readonly pairs: Place;
  readonly targets: Place;
  readonly drawn: Place;
  readonly missings: Place;
  readonly nodeFeature: Place;
  readonly nodeCut: Place;
  readonly nodeLeft: Place;
  readonly nodeRight: Place;
  readonly nodeMissingLeft: Place;
  readonly nodeSums: Place;
  readonly nodeDraws: Place;
  readonly nodeGain: Place;
}

const PAGE = 2 ** 16;
/** The compiler's own memory is below. */
const FROM = 4096;
/** The upper bin of a cut that has only what is missing above it. */
const NOTHING_ABOVE = 255;
/** As deep as any tree may be. */
const MOST_DEPTH = 2 ** 31 - 1;

let module: WasmModule | undefined;
let tried = false;

/** The module, compiled once a thread; undefined where there is no WebAssembly with SIMD, or it may not be compiled. */
function endModule(): WasmModule | undefined {
  if (tried || webAssembly === undefined || typeof atob !== "function") return module;
  tried = true;
  try {
    module = new webAssembly.Module(Uint8Array.from(atob(FOREST_KERNELS), (letter) => letter.charCodeAt(0)));
  } catch {
    // Without SIMD, or where a page's policy forbids to compile: TypeScript grows the same ends.
  }
  return module;
}

/** Whether ends of such a forest are grown in WebAssembly: the best cuts of numbers, for targets that are numbers. */
function takes({ table, classes, weight }: ForestSource, { extra, minChildRows }: ForestGrowth): boolean {
  if (classes !== 0 || extra || (weight !== undefined && minChildRows > 1)) return false;
  return table.features.every(({ kind }) => kind === "numeric");
}

/**
 * What grows ends of branches in WebAssembly, once it is given the rows; undefined where TypeScript has to, whose nodes are the
 * same to the bit.
 */
export function wasmEnds(
  source: ForestSource,
  growth: ForestGrowth,
  draft: ForestDraft,
): ((rows: NodeRows) => EndGrower) | undefined {
  if (!takes(source, growth)) return undefined;
  const compiled = endModule();
  if (compiled === undefined) return undefined;
  const { features } = source.table;
  const most = mostNear(source);
  try {
    const memory = new webAssembly!.Memory({ initial: 1, maximum: PAGE });
    const run = instantiate(compiled, memory) as EndExports;
    memory.grow(Math.ceil(run.place(FROM, most, features.length) / PAGE) - 1);
    run.fillTables();
    run.setGrowth(
      features.length,
      growth.featuresByNode,
      Math.min(growth.depth, MOST_DEPTH),
      growth.minChildRows,
      growth.minChildWeight,
      growth.minGain,
      source.gainScale,
      source.weight !== undefined,
      source.gainScale === 2,
    );
    return (rows) => endOf(run, memory, most, rows, draft);
  } catch {
    // No memory: TypeScript needs less of it in one piece.
    return undefined;
  }
}

function endOf(
  run: EndExports,
  { buffer }: WasmMemory,
  most: number,
  rows: NodeRows,
  draft: ForestDraft,
): EndGrower {
  const { source, list, cuts } = draft;
  const { features } = source.table;
  const width = features.length;
  const into = {
    codes: new Uint8Array(buffer, run.codes.value, most * width),
    pairs: new Float64Array(buffer, run.pairs.value, 2 * most),
    targets: new Float64Array(buffer, run.targets.value, most),
    drawn: new Uint32Array(buffer, run.drawn.value, most),
  };
  const nodes = 2 * most;
  const from = {
    feature: new Int32Array(buffer, run.nodeFeature.value, nodes),
    cut: new Int32Array(buffer, run.nodeCut.value, nodes),
    left: new Int32Array(buffer, run.nodeLeft.value, nodes),
    right: new Int32Array(buffer, run.nodeRight.value, nodes),
    missingLeft: new Uint8Array(buffer, run.nodeMissingLeft.value, nodes),
    sums: new Float64Array(buffer, run.nodeSums.value, 2 * nodes),
    draws: new Float64Array(buffer, run.nodeDraws.value, nodes),
    gain: new Float64Array(buffer, run.nodeGain.value, nodes),
  };
  const numbers = features.filter((feature) => feature.kind === "numeric");
  const missing = numbers.map((feature) => (feature.missing ? feature.bins - 1 : -1));
  new Int32Array(buffer, run.missings.value, width).set(missing);
  const centres = numbers.map(binCentre);
  const uppers = numbers.map(({ upper }) => upper);
  const weighted = source.weight !== undefined;
  return {
    most,
    grow(start, end, depth, seed) {
      const { order } = rows;
      copyRows(into.codes, source.byRow, width, order, start, end - start);
      copyPairs(into.pairs, into.targets, rows.pairs, order, start, end - start);
      if (weighted) copyDrawn(into.drawn, rows.drawn, order, start, end - start);
      const root = list.count;
      const count = run.growEnd(end - start, seed, depth, root);
      list.count = root + count;
      list.feature.set(from.feature.subarray(0, count), root);
      list.left.set(from.left.subarray(0, count), root);
      list.right.set(from.right.subarray(0, count), root);
      list.missingLeft.set(from.missingLeft.subarray(0, count), root);
      list.rows.set(from.draws.subarray(0, count), root);
      list.gain.set(from.gain.subarray(0, count), root);
      list.set.fill(-1, root, root + count);
      writeSums(list.weight, list.value, from.sums, source.centre, source.scale, root, count);
      writeCuts(cuts, list.threshold, from.feature, from.cut, centres, uppers, root, count);
      return root;
    },
  };
}

// One loop a function: see `bin-sum.ts`.

function copyPairs(
  pairs: Float64Array,
  targets: Float64Array,
  given: Float64Array,
  order: Int32Array,
  start: number,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const at = 2 * order[start + i]!;
    const weight = given[at]!;
    const target = given[at + 1]!;
    pairs[2 * i] = weight;
    pairs[2 * i + 1] = weight * target;
    targets[i] = target;
  }
}

function copyDrawn(
  drawn: Uint32Array,
  given: Uint32Array,
  order: Int32Array,
  start: number,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) drawn[i] = given[order[start + i]!]!;
}

/** As `writeValue`. */
function writeSums(
  weights: Float64Array,
  values: Float64Array,
  sums: Float64Array,
  centre: number,
  scale: number,
  root: number,
  count: number,
): void {
  for (let at = 0; at < count; at++) {
    const weight = sums[2 * at]!;
    weights[root + at] = weight;
    values[root + at] = centre + scale * (sums[2 * at + 1]! / weight);
  }
}

function writeCuts(
  cuts: Int32Array,
  thresholds: Float64Array,
  features: Int32Array,
  given: Int32Array,
  centres: readonly Float64Array[],
  uppers: readonly Float64Array[],
  root: number,
  count: number,
): void {
  for (let at = 0; at < count; at++) {
    const feature = features[at]!;
    if (feature < 0) {
      thresholds[root + at] = Number.NaN;
      continue;
    }
    const upper = uppers[feature]!;
    const [low, high] = [given[at]! & 255, given[at]! >> 8];
    const cut = high === NOTHING_ABOVE ? upper.length - 1 : cutBetween(centres[feature]!, low, high);
    cuts[root + at] = cut;
    thresholds[root + at] = upper[cut]!;
  }
}
