/** Runs asynchronous work one after the other, in the order of the calls; a failure ends only its own call. */
export type Turn = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** A new line of turns. */
export function createTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
