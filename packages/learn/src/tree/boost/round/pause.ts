/** Milliseconds of work after which others have their turn: a timer of 0 takes one, a hundredth of them. */
const TURN = 100;

/**
 * Gives the event loop a turn now and then, so that a signal or a timer that would end the work is heard.
 *
 * @returns to be awaited between pieces of work. @throws the signal's reason.
 */
export function pauses(signal: AbortSignal | undefined, now: () => number): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last >= TURN) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      last = now();
    }
    signal?.throwIfAborted();
  };
}
