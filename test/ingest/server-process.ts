import { ERROR_CODES, isTidelineError, messageOf } from "@tideline/spec";
import { startIngest, type IngestLimits } from "../../packages/pipeline/src/ingest/index.ts";

/**
 * An ingest server as a process of its own, for tests and benchmarks: `server-process.ts FOLDER EPOCH [LIMITS]`.
 * Prints its address; ends on SIGTERM when drained, telling the CPU seconds since it was ready and its counts, and with the code's exit status on a fatal error.
 */
export const WRITE_KEY = "test-write-key";

const appModule = new URL("../../examples/activity/app.ts", import.meta.url).pathname;

function stop(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(isTidelineError(error) ? ERROR_CODES[error.code].exit : 70);
}

async function main([folder, epoch, limits]: readonly string[]): Promise<void> {
  const ingest = await startIngest({
    folder: folder!,
    epoch: Number(epoch),
    appModule,
    port: 0,
    writeKeys: [WRITE_KEY],
    pseudonymKey: new Uint8Array(32).fill(7),
    clock: null,
    limits: JSON.parse(limits ?? "{}") as Partial<IngestLimits>,
  });
  const ready = process.cpuUsage();
  void ingest.fatal.then(stop);
  process.once("SIGTERM", () => {
    void ingest.close().then(() => {
      const { user, system } = process.cpuUsage(ready);
      process.stdout.write(
        `${JSON.stringify({ cpuSeconds: (user + system) / 1e6, counts: ingest.counts() })}\n`,
      );
      process.exit(0);
    }, stop);
  });
  process.stdout.write(`${ingest.address}\n`);
}

if (import.meta.main) await main(process.argv.slice(2)).catch(stop);
