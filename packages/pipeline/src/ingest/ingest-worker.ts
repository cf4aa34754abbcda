import { parentPort, workerData } from "node:worker_threads";
import { portableError } from "../portable-error.ts";
import { NO_COUNTS, type IngestCounts } from "./ingest-counts.ts";
import type { IngestCommand, IngestMessage } from "./ingest-message.ts";
import type { IngestOptions } from "./ingest-options.ts";
import { loadApp } from "./load-app.ts";
import { openIngest, type OpenIngest } from "./open-ingest.ts";

/** The entry of the ingest thread: opens what `workerData` asks for and reports to the owner. */

/** Milliseconds between reports of counts: what a page can show. */
const COUNTS_MS = 100;

/** Milliseconds for the 503s of a failed log to reach their phones before the process stops. */
const FAREWELL_MS = 1000;

const owner = parentPort!;
const options = workerData as IngestOptions;
const tell = (message: IngestMessage): void => owner.postMessage(message, []);

let ingest: OpenIngest | undefined;
let told: IngestCounts = NO_COUNTS;
let failed = false;

/** Answers what still waits, then tells the owner to stop. Once. */
async function fail(thrown: unknown): Promise<void> {
  if (failed) return;
  failed = true;
  const patience = new Promise((resolve) => setTimeout(resolve, FAREWELL_MS));
  // A second error on the way out adds nothing to the first.
  await Promise.race([ingest?.close().catch(() => undefined), patience]);
  tell({ kind: "fatal", error: portableError("ingest", thrown) });
}

function tellCounts(): void {
  if (ingest === undefined || ingest.counts() === told) return;
  told = ingest.counts();
  tell({ kind: "counts", counts: told });
}

owner.on("message", async (_command: IngestCommand) => {
  try {
    await ingest?.close();
    tell({ kind: "closed", counts: ingest?.counts() ?? NO_COUNTS });
    owner.close();
    clearInterval(reporting);
  } catch (error) {
    await fail(error);
  }
});

const reporting = setInterval(tellCounts, COUNTS_MS);

try {
  ingest = await openIngest(await loadApp(options.appModule), options, {
    onDurable: (position) => tell({ kind: "durable", position }),
    onFault: (error) => void fail(error),
  });
  tell({ kind: "ready", address: ingest.address, position: ingest.position });
} catch (error) {
  await fail(error);
  clearInterval(reporting);
  owner.close();
}
