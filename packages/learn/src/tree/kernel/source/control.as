import { ASLEEP, CALLER_ASLEEP, FAILED, FINISHED, OPERATION, SEQUENCE, THREADS, setup } from "./address";
import { addScores } from "./add-score";
import { derive, prepareSoftmax } from "./derivative";
import { exactSums } from "./exact-sum";
import { leafWork } from "./leaf-work";
import { partition } from "./partition";
import { takeUp } from "./quantise";
import { sumRows } from "./row-sums";
import { survey } from "./survey";
import { arrange } from "./arrange";

/**
 * Loads of the awaited word before a thread lies down: about a tenth of a millisecond, longer than the pause between two operations
 * of a tree; to be woken takes as long.
 */
const SPINS: u32 = 150000;

/** A thread's share of the operation that is written down. */
export function perform(thread: u32): void {
  const operation = load<u32>(OPERATION);
  if (operation == 1) arrange(thread);
  else if (operation == 2) survey(thread);
  else if (operation == 3) takeUp(thread);
  else if (operation == 4) leafWork(thread);
  else if (operation == 5) partition(thread);
  else if (operation == 6) exactSums(thread);
  else if (operation == 7) addScores(thread);
  else if (operation == 8) derive(thread);
  else if (operation == 9) prepareSoftmax(thread);
  else if (operation == 10) sumRows(thread);
}

/** What a thread beside the caller's does until operation 0 comes. */
export function work(thread: u32): void {
  if (!ASC_FEATURE_THREADS) return;
  let seen: i32 = 0;
  while (true) {
    let spins: u32 = 0;
    while (atomic.load<i32>(SEQUENCE) == seen) {
      if (++spins < SPINS) continue;
      atomic.add<i32>(ASLEEP, 1);
      atomic.wait<i32>(SEQUENCE, seen, -1);
      atomic.sub<i32>(ASLEEP, 1);
    }
    seen++;
    const last = load<u32>(OPERATION) == 0;
    if (!last) perform(thread);
    finish();
    if (last) return;
  }
}

function finish(): void {
  atomic.add<i32>(FINISHED, 1);
  if (atomic.load<i32>(CALLER_ASLEEP) != 0) atomic.notify(FINISHED, 1);
}

/** Tells the caller that a thread is lost. */
export function fail(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.store<i32>(FAILED, 1);
  finish();
}

/** Sets the other threads to the operation that is written down. */
export function post(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.store<i32>(FINISHED, 0);
  atomic.add<i32>(SEQUENCE, 1);
  if (atomic.load<i32>(ASLEEP) != 0) atomic.notify(SEQUENCE, -1);
}

/** Loads before a caller that may not sleep looks up: about a tenth of a second. */
const LONG: u32 = 50000000;
/** Nanoseconds of the same. */
const TENTH: i64 = 100000000;

/**
 * Waits until the other threads are done; asleep after a while, where the caller may. Returns 0 when they are, 1 where one
 * is lost, 2 where one is not done after about a tenth of a second: what has ended without a word is never heard of here.
 */
export function join(maySleep: u32): u32 {
  if (!ASC_FEATURE_THREADS) return 0;
  const others = i32(setup(THREADS)) - 1;
  let spins: u32 = 0;
  while (atomic.load<i32>(FINISHED) < others) {
    if (atomic.load<i32>(FAILED) != 0) return 1;
    if (++spins < SPINS) continue;
    if (maySleep == 0) {
      if (spins < LONG) continue;
      return 2;
    }
    atomic.store<i32>(CALLER_ASLEEP, 1);
    const finished = atomic.load<i32>(FINISHED);
    const late = finished < others && atomic.wait<i32>(FINISHED, finished, TENTH) == 2;
    atomic.store<i32>(CALLER_ASLEEP, 0);
    if (late) return 2;
  }
  return atomic.load<i32>(FAILED);
}
