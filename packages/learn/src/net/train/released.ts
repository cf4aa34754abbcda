/** What holds memory of a runtime. */
interface Releasable {
  release(): Promise<void>;
}

/**
 * Works with what `hold` was given, and releases all of it whatever happens.
 *
 * @throws what the work throws; else the first error of a release.
 */
export async function releasing<T>(
  work: (hold: <R extends Releasable>(held: R) => R) => Promise<T>,
): Promise<T> {
  const held: Releasable[] = [];
  const release = () => Promise.allSettled(held.map(async (one) => one.release()));
  let done: T;
  try {
    done = await work((one) => {
      held.push(one);
      return one;
    });
  } catch (error) {
    await release();
    throw error;
  }
  for (const result of await release()) if (result.status === "rejected") throw result.reason;
  return done;
}
