import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createClient, type Restriction } from "@tideline/device";
import { createMemoryPorts, createMemorySecure, createMemoryStorage } from "@tideline/device/testing";
import {
  compact,
  openCatalog,
  openEngine,
  ownFolder,
  readLogs,
  releasePorts,
  startIngest,
  tableSql,
  texts,
  type Snapshot,
} from "@tideline/pipeline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeNetwork } from "../apps/fleet/src/adapter/node-network.ts";
import { app } from "../examples/activity/app.ts";
import { scanFolder } from "../packages/pipeline/src/subject/testing/scan-folder.ts";
import { batchOf, bytesOf, motionOf, post, samplesFrom, tapOf } from "./ingest/client.ts";

/** People who are not to be learned from, whatever was agreed to for them: real phones, a real server, its lake. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-restricted-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A person's phone; each start of it is an app that was opened anew. */
function phoneOf(user: string, collect: string, restrict: Restriction) {
  const ports = createMemoryPorts(releasePorts, {
    storage: createMemoryStorage(),
    secure: createMemorySecure(),
    network: nodeNetwork(),
    clock: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
  });
  const options = { app, ports, collect, console: collect, writeKey: "test-write-key", user, restrict };
  /** Agrees to everything, does something of everything, and gives the install under which it did. */
  return async (): Promise<string> => {
    const client = await createClient(options);
    await client.setConsent(Object.keys(app.purposes));
    const session = `session-of-${user}`;
    await client.track(app.events["tap"]!, { target: `tap-of-${user}`, screen: "home" });
    await client.track(app.events["annotation"]!, { session, activity: "WALKING" });
    const samples = { samples: 128, values: new Float32Array(6 * 128) };
    await client.track(app.events["motion"]!, { session, start: 0, samples });
    expect((await client.flush()).stopped).toBeNull();
    const { install } = client.diagnostics();
    await client.close();
    return install;
  };
}

/** The installs of which a snapshot's table has rows. */
async function installsIn(snapshot: Snapshot, table: string): Promise<readonly string[]> {
  const engine = await openEngine({ temporary: join(folder, "temporary") });
  try {
    const rows = await engine.columns(
      `select distinct install_id from ${tableSql(snapshot, table)} order by 1`,
    );
    return texts(rows, "install_id").map((install) => install!);
  } finally {
    await engine.close();
  }
}

test("a minor teaches nothing and has no lasting id; who opted out is in no snapshot, from a phone or a page", async () => {
  const owner = await ownFolder(folder, { command: "test" });
  const { epoch } = owner;
  const catalog = await openCatalog(folder, { epoch });
  const appModule = new URL("../examples/activity/app.ts", import.meta.url).pathname;
  const keys = { writeKeys: ["test-write-key"], pseudonymKey: new Uint8Array(32) };
  const ingest = await startIngest({ folder, epoch, appModule, port: 0, ...keys, clock: null });
  try {
    const [grown, minor, optedOut] = await Promise.all(
      [
        ["grown", {}],
        ["minor", { minor: true }],
        ["opted", { optOut: true }],
      ].map(async ([user, restrict]) => {
        const use = phoneOf(user as string, ingest.address, restrict as Restriction);
        return [await use(), await use()];
      }),
    );
    expect(new Set(grown).size).toBe(1);
    expect(new Set(minor).size).toBe(2);
    // A page whose client knows nothing of the signal; its browser does.
    const events = [
      tapOf(1, { user: "page", properties: { target: "tap-of-page", screen: "x" } }),
      motionOf(2, 0, 4),
    ];
    const page = bytesOf(batchOf("page", events), samplesFrom(0, 4));
    expect((await post(ingest.address, page, { headers: { "sec-gpc": "1" } })).status).toBe(200);

    // Everything is looked at twice, as the loop does: a snapshot on a snapshot.
    const snapshots: Snapshot[] = [];
    for (const again of [false, true]) {
      if (again) await phoneOf("later", ingest.address, {})();
      const to = { log: { epoch: epoch + 1, segment: 0, offset: 0 } };
      const read = (log: typeof to.log | null) => readLogs(folder, { log }, to);
      snapshots.push((await compact({ owner, catalog, app, clock: Date.now, read })).snapshot!);
    }
    for (const snapshot of snapshots) {
      for (const table of ["motion", "annotation"]) {
        const taught = await installsIn(snapshot, table);
        expect(taught).toContain(grown![0]);
        for (const install of [...minor!, ...optedOut!, "page"]) expect(taught).not.toContain(install);
      }
      const taps = await installsIn(snapshot, "tap");
      expect(taps).toEqual(expect.arrayContaining(minor!));
      for (const install of [...optedOut!, "page"]) expect(taps).not.toContain(install);
    }
    const needles = {
      opted: "of-opted",
      page: "tap-of-page",
      install: optedOut![0]!,
      // What a minor did is there, but not by whom, and not what a model would learn from.
      minor: "session-of-minor",
      grown: "session-of-grown",
    };
    const found = await scanFolder(folder, needles);
    expect(new Set(found.map((finding) => finding.split(" in ")[0]))).toEqual(new Set(["grown"]));
  } finally {
    await ingest.close();
    await catalog.close();
    owner.release();
  }
}, 30_000);
