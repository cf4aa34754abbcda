/** Runs tasks one after the other, in the order in which they were handed in. */
export type Turn = <Value>(task: () => Promise<Value>) => Promise<Value>;

/** A new {@link Turn}. A task that fails rejects its own promise and lets the next one run; do not nest. */
export function createTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task);
    last = run.catch(() => undefined);
    return run;
  };
}
