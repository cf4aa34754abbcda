import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Acknowledgement } from "@tideline/spec";
import { openCatalog, ownFolder } from "../../catalog/index.ts";
import { pose } from "../../dataset/testing/pose-app.ts";
import { runFlow } from "../../flow/run-flow.ts";
import { loadApp, readLogs, startIngest } from "../../ingest/index.ts";
import { listSegments } from "../../ingest/log/segment.ts";
import type { LogPosition } from "../../log-record.ts";
import { compact, openEngine } from "../../lake/index.ts";
import { retainRows } from "../retain-rows.ts";

/** The moment at which the tests look. */
export const NOW = 1_900_000_000_000;
export const DAY = 86_400_000;

/** A module without imports: `tap` is kept a day, `note` for two hundred. */
const APP = `const event = (name, purpose, retain) => ({ name, version: 1, purpose, retain, previous: [],
  fields: { at: { kind: "string", maxLength: 99 } } });
export const app = { name: "test", purposes: { p: "Learn.", q: "Count." }, views: [], models: [],
  events: { tap: event("tap", "q", "1d"), note: event("note", "p", "200d") } };`;

/** An event of these tests: what it says, or a number, which is refused. */
export interface Sent {
  readonly seq: number;
  readonly name: string;
  readonly at: string | number;
}

/** Opens a folder with its owner; everything is closed by `close`. */
export async function openRetained(folder: string) {
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  const engine = await openEngine({ temporary: owner.layout.temporary, threads: 1 });
  const appModule = join(folder, "app.mjs");
  await writeFile(appModule, APP);
  const cohorts = { event: "tap", field: "at", train: ["taught"], corrections: [], control: ["watched"] };
  // A tap may put its person into the control group of a model of `p`.
  const app = { ...(await loadApp(appModule)), models: [{ ...pose, purpose: "p", cohorts }] };
  const clock = (): number => NOW;
  return {
    folder,
    owner,
    catalog,
    engine,
    app,
    /** An ingest server whose clock shows a moment. */
    serve: async (at: number) => {
      const ingest = await startIngest({
        folder,
        writer: null,
        epoch: owner.epoch,
        appModule,
        port: 0,
        writeKeys: ["key"],
        pseudonymKey: new Uint8Array(32),
        clock: { origin: at, wallOrigin: Date.now(), speed: 1 },
      });
      const send = async (install: string, sent: readonly Sent[]): Promise<Acknowledgement> => {
        const events = sent.map(({ seq, name, at: text }) => ({
          seq,
          name,
          version: 1,
          time: 1,
          user: "ada",
          consent: ["p", "q"],
          properties: { at: text },
        }));
        const answer = await fetch(`${ingest.address}/v1/batch`, {
          method: "POST",
          headers: { authorization: "Bearer key" },
          body: JSON.stringify({ format: 1, sdk: "t", install, epoch: 1, sent_at: at, events }),
        });
        if (answer.status !== 200) throw new Error(await answer.text());
        return (await answer.json()) as Acknowledgement;
      };
      // From the disk: the server's own word of it may come after the answer to a batch.
      const position = async (): Promise<LogPosition> => {
        const { epoch, number: segment, path } = (await listSegments(owner.layout.log)).at(-1)!;
        return { epoch, segment, offset: (await stat(path)).size };
      };
      return { send, position, close: () => ingest.close() };
    },
    compact: (end: LogPosition) =>
      compact({
        owner,
        catalog,
        app,
        clock,
        read: (log, logs) => readLogs(folder, { log, logs }, { log: end }),
      }),
    retain: (at: number, isServed: boolean) =>
      runFlow({ catalog, clock }, { name: "retain", input: { at } }, (step) =>
        retainRows({ owner, catalog, engine, app, clock, isServed }, at, step),
      ),
    close: async () => {
      await engine.close();
      await catalog.close();
      owner.release();
    },
  };
}
