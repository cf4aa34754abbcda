const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Does work that cleans up behind itself when it is stopped. At the first signal that asks the process to end the work is told; once it
 * has ended, so does the process, by that signal, as a shell expects. A second signal ends it at once.
 *
 * @example
 * const report = await stoppable((signal) => runMachine({ files, server, chromium, signal }));
 */
export async function stoppable<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const stop = new AbortController();
  let by: NodeJS.Signals | undefined;
  const hear = (signal: NodeJS.Signals): void => {
    by = signal;
    for (const one of SIGNALS) process.off(one, hear);
    stop.abort(new Error(`ended by ${signal}`));
  };
  for (const one of SIGNALS) process.on(one, hear);
  try {
    return await work(stop.signal);
  } finally {
    for (const one of SIGNALS) process.off(one, hear);
    if (by !== undefined) process.kill(process.pid, by);
  }
}
