import { TABLE_OPERATORS } from "@tideline/predict";
import type { Instruction } from "./emitter.ts";
import type { Store } from "./view.ts";

/** Where a product's instruction has its target; the activation follows. */
const TARGETS: ReadonlyMap<number, number> = new Map([
  [TABLE_OPERATORS.matmul, 15],
  [TABLE_OPERATORS.conv, 18],
]);

/** The instructions with every function of one number that alone reads a product's result taken into that product. */
export function fuseActivations(
  instructions: readonly Instruction[],
  kept: readonly Store[],
): readonly Instruction[] {
  const uses = new Map<Store, number>();
  for (const { reads, writes } of instructions)
    for (const store of [...reads, writes]) uses.set(store, (uses.get(store) ?? 0) + 1);
  const result = [...instructions];
  const writer = new Map<Store, number>();
  for (const [at, one] of instructions.entries()) {
    const [source] = one.reads;
    const made = one.code === TABLE_OPERATORS.unary ? writer.get(source!) : undefined;
    const product = made === undefined ? undefined : result[made];
    const target = product && TARGETS.get(product.code);
    const whole = source !== undefined && one.args[1] === source.size;
    if (
      target !== undefined &&
      product!.args[target + 1] === 0 &&
      whole &&
      uses.get(source) === 2 &&
      !kept.includes(source)
    ) {
      const [kind, , , place, p, q] = one.args;
      result[made!] = {
        ...product!,
        args: [...product!.args.slice(0, target), place!, kind!, p!, q!],
        writes: one.writes,
      };
      result.splice(at, 1, { ...one, code: 0 });
      writer.set(one.writes, made!);
      continue;
    }
    writer.set(one.writes, at);
  }
  return result.filter(({ code }) => code !== 0);
}

/** The instructions that the kept stores need, in order. */
export function dropUnused(
  instructions: readonly Instruction[],
  kept: readonly Store[],
): readonly Instruction[] {
  const wanted = new Set(kept);
  return instructions
    .toReversed()
    .filter(({ reads, writes }) => {
      const needed = wanted.has(writes);
      if (needed) for (const store of reads) wanted.add(store);
      return needed;
    })
    .toReversed();
}
