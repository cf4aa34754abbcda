import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that trains: one call a line on its standard input, one answer a line on its standard output. */
export interface Child<Calls extends { readonly do: string }, Replies> {
  ask<Call extends Calls>(call: Call): Promise<Replies[Call["do"] & keyof Replies]>;
  /** Ends the process and waits for it. */
  end(): Promise<void>;
}

/**
 * Starts a child. `ask` rejects with what the child wrote to its standard error when it ends before it answers.
 *
 * @param environment is added to this process's.
 */
export function startChild<Calls extends { readonly do: string }, Replies>(
  command: string,
  parameters: readonly string[],
  environment: Record<string, string> = {},
): Child<Calls, Replies> {
  const child = spawn(command, parameters, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let complaint = "";
  child.stderr.on("data", (text: Buffer) => (complaint = (complaint + text.toString()).slice(-4000)));
  // A child that died says so by its end, not by a broken pipe.
  child.stdin.on("error", () => {});
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(`ended with ${code}: ${complaint.trim()}`));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(call) {
      child.stdin.write(`${JSON.stringify(call)}\n`);
      const line = await Promise.race([lines.next(), ended]);
      if (typeof line === "string" || line.done === true)
        throw new Error(`${command} ${typeof line === "string" ? line : await ended}`);
      return JSON.parse(line.value) as never;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
