import { isDeepStrictEqual } from "node:util";
import { wasmKernels } from "../../packages/learn/src/learn-tree.ts";
import { kernelSuite } from "../../packages/learn/src/tree/kernel/testing/kernel-suite.ts";
import { forestTwins } from "../../packages/learn/src/tree/forest/testing/forest-twin.ts";
import { nodeTreeThreads } from "../../packages/pipeline/src/runtime/tree-threads.ts";

/**
 * The kernels of trees in WebAssembly, on 1 to 4 threads of Node, against the TypeScript ones, over many more random tables
 * than the tests take, and those of forests: `node scripts/nightly/tree-kernels.ts [cases of each check] [seed]`. Fails on an answer or a tree that
 * differs in one bit.
 */
const [runs = 200, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}`);

let failures = 0;
for (const threads of [1, 2, 3, 4]) {
  const open = wasmKernels(threads === 1 ? undefined : nodeTreeThreads());
  const started = performance.now();
  for (const { name, run } of kernelSuite(open, { threads, runs, seed })) {
    try {
      await run();
    } catch (error) {
      failures++;
      console.error(`${threads} threads, ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`${threads} threads: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
for (let at = 0; at < 20 * runs; at++) {
  const { fast, slow } = forestTwins(seed + at);
  if (isDeepStrictEqual(fast, slow)) continue;
  failures++;
  console.error(`forest of seed ${seed + at}: trees differ`);
}
process.exitCode = failures === 0 ? 0 : 1;
