/** Runs tasks one after the other, in the order in which they were handed in. */
export type Serial = <T>(task: () => Promise<T>) => Promise<T>;

/** A new {@link Serial}. A task that fails rejects its own promise and lets the next one run; do not nest. */
export function createSerial(): Serial {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = tail.then(task);
    tail = run.catch(() => undefined);
    return run;
  };
}
