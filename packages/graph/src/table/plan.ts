import type { Instruction } from "./emitter.ts";
import type { Store } from "./view.ts";

/** Where every store lies in a table's memory. */
export interface Plan {
  readonly placeOf: ReadonlyMap<Store, number>;
  readonly constants: readonly Store[];
  readonly constantSize: number;
  readonly memory: number;
}

/**
 * Gives every store its place: constants in the order of their first use, then buffers, each in the lowest gap
 * that is free from its first to its last use.
 *
 * @param kept stores that must last from before the first instruction (the input) or to behind the last (outputs).
 */
export function planMemory(instructions: readonly Instruction[], input: Store, kept: readonly Store[]): Plan {
  const end = instructions.length;
  const constants = new Set<Store>();
  const life = new Map<Store, { first: number; last: number }>();
  const use = (store: Store, at: number): void => {
    if (store.values !== undefined) {
      constants.add(store);
      return;
    }
    const known = life.get(store);
    if (known === undefined) life.set(store, { first: at, last: at });
    else known.last = at;
  };
  use(input, -1);
  for (const [at, { reads, writes }] of instructions.entries())
    for (const store of [...reads, writes]) use(store, at);
  for (const store of kept) use(store, end);

  const placeOf = new Map<Store, number>();
  let constantSize = 0;
  for (const store of constants) {
    placeOf.set(store, constantSize);
    constantSize += store.size;
  }
  let memory = constantSize;
  const placed: { readonly store: Store; readonly from: number; readonly to: number }[] = [];
  for (const [store, { first, last }] of life) {
    const rivals = placed
      .filter((other) => life.get(other.store)!.first <= last && life.get(other.store)!.last >= first)
      .sort((left, right) => left.from - right.from);
    let from = constantSize;
    for (const rival of rivals) if (rival.from < from + store.size && rival.to > from) from = rival.to;
    placed.push({ store, from, to: from + store.size });
    placeOf.set(store, from);
    memory = Math.max(memory, from + store.size);
  }
  return { placeOf, constants: [...constants], constantSize, memory: Math.max(memory, 1) };
}
