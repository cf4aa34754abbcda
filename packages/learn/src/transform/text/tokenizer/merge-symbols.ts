import type { MergeTable } from "./merge-table.ts";

/** Up to this many symbols the next pair is sought by looking at all of them. */
const SHORT = 48;

/** Joins neighbours, the pair learnt first at a time and the leftmost of equals, and appends what is left. */
export function mergeSymbols(symbols: number[], merges: MergeTable, out: number[]): void {
  if (symbols.length <= SHORT) mergeShort(symbols, merges);
  else mergeLong(symbols, merges);
  for (const symbol of symbols) if (symbol >= 0) out.push(symbol);
}

function mergeShort(symbols: number[], merges: MergeTable): void {
  for (;;) {
    let best = -1;
    let least = Infinity;
    let made = -1;
    for (let at = 0; at + 1 < symbols.length; at++) {
      const place = merges.find(symbols[at]!, symbols[at + 1]!);
      if (place < 0 || merges.rankAt(place) >= least) continue;
      least = merges.rankAt(place);
      made = merges.madeAt(place);
      best = at;
    }
    if (best < 0) return;
    symbols[best] = made;
    symbols.splice(best + 1, 1);
  }
}

/** The same by a heap of pairs over a linked list: n log n for pieces of any length. */
function mergeLong(symbols: number[], merges: MergeTable): void {
  const count = symbols.length;
  const next = Int32Array.from(symbols, (_, at) => (at + 1 < count ? at + 1 : -1));
  const before = Int32Array.from(symbols, (_, at) => at - 1);
  const heap: Candidate[] = [];
  const offer = (at: number): void => {
    if (at < 0 || next[at]! < 0) return;
    const place = merges.find(symbols[at]!, symbols[next[at]!]!);
    if (place >= 0)
      raise(heap, {
        rank: merges.rankAt(place),
        at,
        made: merges.madeAt(place),
        left: symbols[at]!,
        right: symbols[next[at]!]!,
      });
  };
  for (let at = 0; at < count; at++) offer(at);
  for (let top = lower(heap); top !== undefined; top = lower(heap)) {
    const { at, made, left, right } = top;
    const other = next[at]!;
    // Something else has taken one of the two since.
    if (symbols[at] !== left || other < 0 || symbols[other] !== right) continue;
    symbols[at] = made;
    symbols[other] = -1;
    next[at] = next[other]!;
    if (next[other]! >= 0) before[next[other]!] = at;
    next[other] = -1;
    offer(before[at]!);
    offer(at);
  }
}

interface Candidate {
  readonly rank: number;
  readonly at: number;
  readonly made: number;
  readonly left: number;
  readonly right: number;
}

const precedes = (one: Candidate, other: Candidate): boolean =>
  one.rank < other.rank || (one.rank === other.rank && one.at < other.at);

function raise(heap: Candidate[], candidate: Candidate): void {
  let place = heap.length;
  heap.push(candidate);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!precedes(candidate, heap[parent]!)) break;
    heap[place] = heap[parent]!;
    place = parent;
  }
  heap[place] = candidate;
}

function lower(heap: Candidate[]): Candidate | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return top;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && precedes(heap[child + 1]!, heap[child]!)) child++;
    if (!precedes(heap[child]!, last)) break;
    heap[place] = heap[child]!;
    place = child;
  }
  heap[place] = last;
  return top;
}
