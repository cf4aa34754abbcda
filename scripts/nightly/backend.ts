import { runBackendSuite } from "../../packages/graph/src/op/testing/backend-suite.ts";

/**
 * Every case that ONNX publishes for the operators of the registry: `node scripts/nightly/backend.ts`. It needs Python with
 * the packages of scripts/requirements.txt, prints what passed and what is excluded for which reason, and fails on a case
 * that neither passes nor is excluded, and on an exclusion by name whose case passes.
 */
const { onnx, passed, excluded, failed, stale } = runBackendSuite({ part: 0, parts: 1 });
console.log(`onnx ${onnx}: ${passed.length} cases passed`);
for (const [reason, count] of excluded) console.log(`${count} excluded: ${reason}`);
for (const line of [...failed, ...stale]) console.error(line);
if (failed.length + stale.length > 0) process.exitCode = 1;
