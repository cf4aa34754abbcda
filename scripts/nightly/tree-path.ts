import { categories, numbers } from "../../packages/learn/src/tree/model/testing/random-ensemble.ts";
import {
  leafTeller,
  runGraph,
  runTable,
  tryingCase,
} from "../../packages/learn/src/tree/model/testing/lowered.ts";
import { leafNodes } from "../../packages/learn/src/tree/model/raw-scores.ts";
import { onnxruntimeNode } from "../../packages/pipeline/src/runtime/onnxruntime-node.ts";
import { onnxruntimeWeb } from "../../packages/pipeline/src/runtime/onnxruntime-web.ts";

/**
 * 1,000 random ensembles, larger than those of the tests, each over 300 rows of thresholds and their neighbours: `node
 * scripts/nightly/tree-path.ts [ensembles]`. Fails where onnxruntime, its web build or the model table leads a row to another leaf.
 */
const [ensembles = 1000] = process.argv.slice(2).map(Number);

const failures: string[] = [];
for (let seed = 0; seed < ensembles; seed++) {
  const features = [
    ...numbers(1 + (seed % 7), seed % 3 === 0),
    ...(seed % 2 === 0 ? [categories("few", 1 + (seed % 40)), categories("many", 300)] : []),
  ];
  const form = { seed, trees: 1 + (seed % 40), leaves: 2 + (seed % 120), features };
  const { ensemble, table } = tryingCase(form, 300);
  const teller = leafTeller(ensemble);
  const expected = leafNodes(ensemble, table);
  const answers = {
    "onnxruntime-node": await runGraph(onnxruntimeNode, teller, table),
    "onnxruntime-web": await runGraph(onnxruntimeWeb, teller, table),
    table: runTable(teller, table),
  };
  for (const [runtime, leaves] of Object.entries(answers)) {
    const apart = expected.findIndex((leaf, at) => leaves[at] !== leaf);
    if (apart >= 0 || leaves.length !== expected.length)
      failures.push(`${runtime}, ensemble ${seed}: leaf ${leaves[apart]} in the place of ${expected[apart]}`);
  }
}
console.log(JSON.stringify({ ensembles, failures: failures.length }));
for (const failure of failures.slice(0, 20)) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
