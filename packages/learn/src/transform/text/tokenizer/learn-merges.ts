/** A word of the training texts: its symbols, and how often it occurs. */
export interface TrainingWord {
  readonly symbols: number[];
  readonly count: number;
}

/** Two neighbours that become one symbol. */
export interface LearntMerge {
  readonly left: number;
  readonly right: number;
  readonly made: number;
}

/** Symbols are below this, so that a pair is one number. */
const SYMBOLS = 2 ** 24;

/**
 * Joins the most frequent pair of neighbours again and again (R. Sennrich et al., 2016): counts are kept from one step to the
 * next, and only words that have the pair are touched. Of equally frequent pairs the one of earlier symbols comes first.
 *
 * @param words whose symbols are changed.
 * @param make the number of the symbol made of two, or undefined to stop.
 */
export function learnMerges(
  words: readonly TrainingWord[],
  leastCount: number,
  make: (left: number, right: number) => number | undefined,
): readonly LearntMerge[] {
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const heap: { readonly pair: number; readonly count: number }[] = [];
  const precedes = (a: { pair: number; count: number }, b: { pair: number; count: number }) =>
    a.count > b.count || (a.count === b.count && a.pair < b.pair);
  const offer = (pair: number) => {
    const entry = { pair, count: counts.get(pair)! };
    let at = heap.push(entry) - 1;
    for (let up = (at - 1) >> 1; at > 0 && precedes(entry, heap[up]!); up = (at - 1) >> 1) {
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = entry;
  };
  const take = () => {
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (let down = 1; down < heap.length; down = 2 * at + 1) {
      if (down + 1 < heap.length && precedes(heap[down + 1]!, heap[down]!)) down++;
      if (!precedes(heap[down]!, last)) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return top;
  };
  const changed = new Set<number>();
  const count = (left: number, right: number, word: number, by: number) => {
    const pair = left * SYMBOLS + right;
    counts.set(pair, (counts.get(pair) ?? 0) + by);
    changed.add(pair);
    if (by < 0) return;
    const own = places.get(pair);
    if (own === undefined) places.set(pair, new Set([word]));
    else own.add(word);
  };
  const settle = () => {
    for (const pair of changed) if (counts.get(pair)! > 0) offer(pair);
    changed.clear();
  };

  for (const [at, { symbols, count: times }] of words.entries())
    for (let place = 1; place < symbols.length; place++)
      count(symbols[place - 1]!, symbols[place]!, at, times);
  settle();
  const merges: LearntMerge[] = [];
  for (let top = take(); top !== undefined; top = take()) {
    const { pair } = top;
    // A count that has changed since has an entry of its own.
    if (counts.get(pair) !== top.count) continue;
    if (top.count < leastCount) break;
    const [left, right] = [Math.floor(pair / SYMBOLS), pair % SYMBOLS];
    const made = make(left, right);
    if (made === undefined) break;
    merges.push({ left, right, made });
    for (const at of places.get(pair)!) {
      const { symbols, count: times } = words[at]!;
      for (let place = 1; place < symbols.length; place++) {
        if (symbols[place - 1] !== left || symbols[place] !== right) continue;
        count(left, right, at, -times);
        if (place > 1) {
          count(symbols[place - 2]!, left, at, -times);
          count(symbols[place - 2]!, made, at, times);
        }
        if (place + 1 < symbols.length) {
          count(right, symbols[place + 1]!, at, -times);
          count(made, symbols[place + 1]!, at, times);
        }
        symbols.splice(place - 1, 2, made);
      }
    }
    places.delete(pair);
    counts.delete(pair);
    changed.delete(pair);
    settle();
  }
  return merges;
}
