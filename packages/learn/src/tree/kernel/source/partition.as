import { COLUMNS, COMPACTION, GOES_LEFT, LEAF_BEGIN, LEAF_COUNT, MOVED, MOVED_PAIRS, ORDER, PAIRS, ROWS, THREADS, setup, word } from "./address";

/**
 * Splits a thread's part of a leaf: rows whose bin does not go left become its part of another. Rows never leave the part
 * of their thread, so no thread waits for another. Words: 0 leaf, 1 the other, 2 feature.
 */
export function partition(thread: u32): void {
  const threads = setup(THREADS);
  const from = 4 * (word(0) * threads + thread);
  const into = 4 * (word(1) * threads + thread);
  const begin = load<u32>(setup(LEAF_BEGIN) + from);
  const count = load<u32>(setup(LEAF_COUNT) + from);
  const column = setup(COLUMNS) + word(2) * setup(ROWS);
  const order = setup(ORDER) + 4 * begin;
  // From the beginning of the thread's part, where leaf 0 stays: what is used again is in the cache, the rest is never touched.
  const moved = setup(MOVED) + 4 * load<u32>(setup(LEAF_BEGIN) + 4 * thread);
  const pairs = setup(PAIRS) - setup(ORDER);
  const movedPairs = setup(MOVED_PAIRS) - setup(MOVED);
  const stay = partitionRows(order, pairs, moved, movedPairs, count, column, setup(GOES_LEFT), setup(COMPACTION));
  store<u32>(setup(LEAF_COUNT) + from, stay);
  store<u32>(setup(LEAF_BEGIN) + into, begin + stay);
  store<u32>(setup(LEAF_COUNT) + into, count - stay);
}

/**
 * Rows that stay move to the front in their order, the others behind them. Four rows at a time: both groups are drawn
 * together by a shuffle (16 masks of 16 bytes at `compaction`) and stored whole; what is too much is overwritten next. Their pairs go with
 * them: they lie `pairs` bytes after the rows, `movedPairs` after those that move.
 */
export function partitionRows(
  order: usize, pairs: usize, moved: usize, movedPairs: usize, count: u32, column: usize, left: usize, compaction: usize,
): u32 {
  let stay = order;
  let move = moved;
  let at = order;
  const end = order + 4 * count;
  const endOfFours = order + 4 * (count & ~3);
  while (at < endOfFours) {
    const rows = v128.load(at);
    const mask =
      u32(load<u8>(left + load<u8>(column + load<u32>(at)))) |
      (u32(load<u8>(left + load<u8>(column + load<u32>(at, 4)))) << 1) |
      (u32(load<u8>(left + load<u8>(column + load<u32>(at, 8)))) << 2) |
      (u32(load<u8>(left + load<u8>(column + load<u32>(at, 12)))) << 3);
    const staying = popcnt(mask) << 2;
    const own = v128.load(at + pairs);
    const staying4 = v128.load(compaction + (mask << 4));
    const moving4 = v128.load(compaction + ((mask ^ 15) << 4));
    v128.store(stay, v128.swizzle(rows, staying4));
    v128.store(stay + pairs, v128.swizzle(own, staying4));
    v128.store(move, v128.swizzle(rows, moving4));
    v128.store(move + movedPairs, v128.swizzle(own, moving4));
    stay += staying;
    move += 16 - staying;
    at += 16;
  }
  while (at < end) {
    const row = load<u32>(at);
    if (load<u8>(left + load<u8>(column + row))) {
      store<u32>(stay, row);
      store<u32>(stay + pairs, load<u32>(at + pairs));
      stay += 4;
    } else {
      store<u32>(move, row);
      store<u32>(move + movedPairs, load<u32>(at + pairs));
      move += 4;
    }
    at += 4;
  }
  memory.copy(stay, moved, move - moved);
  memory.copy(stay + pairs, moved + movedPairs, move - moved);
  return u32(stay - order) >> 2;
}
