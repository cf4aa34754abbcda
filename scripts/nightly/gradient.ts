import * as fc from "fast-check";
import type { OpDefinition } from "../../packages/graph/src/op/op-definition.ts";
import type { OpName } from "../../packages/graph/src/op/op-name.ts";
import { OPS } from "../../packages/graph/src/op/registry.ts";
import { OP_CASES } from "../../packages/graph/src/op/testing/case.ts";
import { chains, gradientOf, writtenChain } from "../../packages/graph/src/op/testing/chain.ts";
import { disagreements, withGradients } from "../../packages/graph/src/op/testing/finite-difference.ts";
import { GRADIENT_TOLERANCE, gradientFault } from "../../packages/graph/src/op/testing/gradient-fault.ts";
import type { Cases } from "../../packages/graph/src/op/testing/op-case.ts";

/**
 * Gradients against finite differences on many cases: `node scripts/nightly/gradient.ts [cases of each operator] [chains]
 * [seed]`. It fails on the first that disagrees, which it prints.
 */
const [cases = 200, composites = 2000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}`);
const CASES: Record<OpName, Cases> = OP_CASES;
const definitions: Record<OpName, OpDefinition> = OPS;
const failures: string[] = [];

function run(name: string, property: fc.IProperty<unknown>, numRuns: number): void {
  const result = fc.check(property, { numRuns, seed });
  if (result.failed) failures.push(`${name}: ${fc.defaultReportMessage(result)}`);
}

for (const op of Object.keys(OPS) as OpName[]) {
  if (typeof definitions[op].gradient !== "function") continue;
  const agrees = fc.property(CASES[op], fc.nat(), (one, random) => {
    const fault = gradientFault(op, one, random);
    if (fault !== undefined && fault !== "no derivative") throw new Error(JSON.stringify(fault));
  });
  run(op, agrees as fc.IProperty<unknown>, cases);
}
for (const [name, least, most, again] of [
  ["chains", 3, 8, false],
  ["gradients of gradients", 1, 5, true],
] as const) {
  const agrees = fc.property(chains(least, most), (chain) => {
    const { write, feeds } = writtenChain(chain);
    const graph = withGradients(again ? gradientOf(write, chain.seed) : write, chain.seed)!;
    const found = disagreements(graph, feeds(), chain.seed)!;
    const fault = found.find(({ share }) => !(share <= GRADIENT_TOLERANCE));
    if (fault !== undefined) throw new Error(JSON.stringify(fault));
  });
  run(name, agrees as fc.IProperty<unknown>, composites);
}
for (const failure of failures) console.error(failure);
console.log(failures.length === 0 ? "all gradients agree" : `${failures.length} do not agree`);
if (failures.length > 0) process.exitCode = 1;
