import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  fromBase64,
  openEnvelope,
  toHex,
  type Envelope,
  type FrameReference,
  type ReleaseMetadata,
} from "@tideline/spec";
import { writeTable } from "@tideline/graph";
import { loadTable } from "@tideline/predict";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { app as activityApp } from "../examples/activity/app.ts";
import { readLog } from "../packages/pipeline/src/ingest/index.ts";
import { runSmallLoop, SMALL_APP } from "../scripts/compat/small-loop.ts";
import { app as compatApp } from "../scripts/compat/app.ts";
import { app as smallApp } from "./device-app.ts";
import { makeRoot, platform } from "./device-fixture.ts";
import { runServer, type RunningServer } from "./ingest/run-server.ts";
import { hasMaven, isRequired, runMaven, runProgram } from "./native-kotlin/build.ts";
import { another, recorded, runPhone, type PhoneEnd, type PhonePlace } from "./native-kotlin/phone.ts";
import { openShelf, tableRelease, windowOf } from "./native-kotlin/release.ts";
import { hostileTables, mostBytes } from "./table/hostile-table.ts";
import { randomModel, MODEL_KINDS } from "./table/random-model.ts";

/** The root of the fixture, valid today. */
const ROOT = makeRoot({ expires: Date.now() + 86_400_000 });

const work = mkdtempSync(join(tmpdir(), "tideline-kotlin-"));
afterAll(() => rm(work, { recursive: true, force: true }));

/** Writes a value as JSON; where. */
function json(name: string, value: unknown): string {
  const path = join(work, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

describe.skipIf(!hasMaven && !isRequired)("the Kotlin core", () => {
  // A first run fetches the compiler.
  beforeAll(async () => {
    const { ok, output } = await runMaven(
      "-q",
      "test",
      `-Dvectors=${join(import.meta.dirname, "../vectors")}`,
    );
    expect(ok, output.slice(-8000)).toBe(true);
  }, 600_000);

  describe("sends to the real server", () => {
    let server: RunningServer;
    let place: PhonePlace;
    const log = join(work, "log");
    const ends = new Map<string, readonly PhoneEnd[]>();

    beforeAll(async () => {
      await mkdir(log);
      server = await runServer({ folder: log, epoch: 1 });
      place = {
        folder: join(work, "phones", "0"),
        app: json("activity.json", activityApp),
        root: json("root.json", ROOT),
        collect: server.address,
        console: "http://127.0.0.1:1",
        writeKey: "test-write-key",
      };
    });
    afterAll(async () => {
      server.kill();
      await server.ended;
    });

    const all = "consent:analytics,improve_product";
    const CRASHES = {
      "journal.append.before": [all, "tap:$-t:6", "flush"],
      "journal.append.after": [all, "motion:$-m:6", "flush"],
      "upload.send.before": [all, "tap:$-t:30", "motion:$-m:6", "flush"],
      "upload.send.after": [all, "tap:$-t:30", "motion:$-m:6", "flush"],
      "queue.acknowledge.after": [all, "tap:$-t:30", "motion:$-m:6", "flush"],
      "consent.purge.before": ["tap:$-x:1"],
      "consent.purge.after": ["tap:$-x:1"],
      "subject.erase.before": [all, "tap:$-withdrawn:5", "erase"],
      "subject.erase.after": [all, "tap:$-withdrawn:5", "erase"],
    } as const;

    test.each(Object.keys(CRASHES))("killed at %s, it loses and doubles nothing", async (point) => {
      const steps = CRASHES[point as keyof typeof CRASHES].map((step) => step.replace("$", point));
      const phone = another(place, point);
      const before: PhoneEnd[] = [];
      if (point.startsWith("consent.")) {
        // What was recorded under a consent that is withdrawn must never arrive.
        before.push(await runPhone(phone, [all, `motion:${point}-a:4`, "end"]));
        before.push(
          await runPhone(phone, [`tap:${point}-withdrawn:5`, "consent:improve_product"], { crashAt: point }),
        );
      } else before.push(await runPhone(phone, steps, { crashAt: point }));
      const last = before[before.length - 1]!;
      expect(last, last.errors).toMatchObject({ status: null, signal: "SIGKILL" });
      expect(last.told[last.told.length - 1]).toEqual({ at: point });
      const after = await runPhone(phone, [`motion:${point}-z:3`, "flush", "end"]);
      expect(after, after.errors).toMatchObject({ status: 0 });
      expect(after.told[after.told.length - 1]).toMatchObject({ pending: 0, epoch: 1 });
      ends.set(point, [...before, after]);
    });

    test("restored without its secret it is a new install, and what waited goes out under the old one", async () => {
      const first = another(place, "first");
      const restored = another(place, "restored");
      const before = await runPhone(first, [all, "tap:first:3", "end"]);
      await cp(join(first.folder, "files"), join(restored.folder, "files"), { recursive: true });
      const after = await runPhone(restored, ["tap:restored:2", "flush", "end"]);
      const again = await runPhone(first, ["flush", "end"]);
      const said = [before, after, again].map(({ told, errors }) => {
        expect(told[told.length - 1], errors).toMatchObject({ epoch: 1 });
        return told[told.length - 1]!;
      });
      expect(said.map(({ pending }) => pending)).toEqual([3, 0, 0]);
      expect(said[1]!["install"]).not.toBe(said[0]!["install"]);
      expect(said[2]!["install"]).toBe(said[0]!["install"]);
      ends.set("restored", [before, after, again]);
    });

    test("every event is in the log exactly once, as it was recorded", async () => {
      expect((await server.stop()).status).toBe(0);
      const found: string[] = [];
      const identities: string[] = [];
      for await (const { record, attachment } of readLog(log, null)) {
        expect(record.quarantined).toEqual([]);
        for (const { seq, name, properties } of record.events) {
          identities.push(`${record.install}.${record.epoch}.${seq}`);
          if (name === "tap") found.push(`${properties["target"]}`);
          if (name !== "motion") continue;
          const index = Number(properties["start"]) / 8;
          found.push(`${properties["session"]}-${index}`);
          const { offset, samples } = properties["samples"] as FrameReference;
          const values = new Float32Array(attachment.slice(offset, offset + samples * 24).buffer);
          expect([...values]).toEqual(Array.from({ length: 48 }, (_, at) => index * 100 + at));
        }
      }
      expect(new Set(identities).size).toBe(identities.length);
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((label) => label.includes("withdrawn"))).toEqual([]);
      const returned = recorded([...ends.values()].flat());
      const wanted = returned.filter((label) => !label.includes("withdrawn"));
      expect(wanted.length).toBeGreaterThan(130);
      // One whose call had not returned may be there too, but nothing else.
      expect(wanted.filter((label) => !found.includes(label))).toEqual([]);
      expect(found.length - wanted.length).toBeLessThan(10);
    });
  });

  test("tables give the numbers of the TypeScript reader", async () => {
    const folder = await mkdtemp(join(work, "tables-"));
    const expected = new Map<string, string>();
    for (const kind of MODEL_KINDS) {
      for (let seed = 0; seed < 12; seed += 1) {
        const { model, rows } = randomModel(kind, 5000 + seed);
        const written = writeTable(model.graph);
        if (!written.ok) throw new Error(JSON.stringify(written.reasons));
        const table = loadTable(written.bytes);
        const answers = rows.flatMap((row) => {
          table.run(row);
          return table.outputs.map((_, index) => toHex(new Uint8Array(table.read(index).slice().buffer)));
        });
        const name = `${kind}-${seed}`;
        writeFileSync(join(folder, `${name}.tlm`), written.bytes);
        writeFileSync(
          join(folder, `${name}.rows`),
          Buffer.concat(rows.map((row) => Buffer.from(row.buffer))),
        );
        expected.set(name, answers.join(""));
      }
    }
    const { lines, status, errors } = await runProgram("Tables", [folder]);
    expect(status, errors).toBe(0);
    const floats = (hex: string): Float32Array =>
      new Float32Array(new Uint8Array(Buffer.from(hex, "hex")).buffer);
    let same = 0;
    for (const line of lines) {
      const [name, answer] = line.split(" ") as [string, string];
      const wanted = floats(expected.get(name)!);
      const received = floats(answer);
      expect(received.length, name).toBe(wanted.length);
      const largest = Math.max(...wanted.filter(Number.isFinite).map(Math.abs), 0);
      const isClose = wanted.every((value, at) =>
        Number.isFinite(value)
          ? Math.abs(value - received[at]!) <= 1e-6 * largest
          : Object.is(value, received[at]),
      );
      expect(isClose, name).toBe(true);
      if (answer === expected.get(name)) same += 1;
    }
    expect(lines.length).toBe(MODEL_KINDS.length * 12);
    // What needs no transcendental function is equal to the bit.
    expect(same).toBeGreaterThan(lines.length / 2);
  });

  test("tables that ask for as much as they may get no more memory than the format says", async () => {
    const tables = hostileTables();
    const paths = tables.map(({ name, bytes }) => {
      const path = join(work, `${name}.tlm`);
      writeFileSync(path, bytes);
      return path;
    });
    const { lines, status, errors } = await runProgram("Cost", paths);
    expect(status, errors).toBe(0);
    const said = lines.slice(1).map((line) => JSON.parse(line) as { code: string; bytes: number });
    expect(said.length).toBe(tables.length);
    for (const [index, table] of tables.entries()) {
      const { code, bytes } = said[index]!;
      expect(code, table.name).toBe(table.isLegal ? "OK" : "MODEL_MALFORMED");
      // All that was ever allocated, garbage too.
      expect(bytes, table.name).toBeLessThan(mostBytes(table, 2 ** 16));
    }
  });

  describe("takes releases", () => {
    test("by a table, killed at each point of an update", { timeout: 120_000 }, async () => {
      const shelf = await openShelf();
      const place: PhonePlace = {
        folder: join(work, "updates", "0"),
        app: json("small.json", smallApp),
        root: json("root.json", ROOT),
        collect: "http://127.0.0.1:1",
        console: shelf.address,
        writeKey: "key",
      };
      try {
        const first = await tableRelease(1, 0.5);
        const second = await tableRelease(2, 0.8);
        shelf.offer(first);
        expect((await runPhone(place, ["consent:improve", "update"])).told).toEqual([
          { update: "ACTIVATED", version: 1, code: null },
        ]);
        shelf.offer(second);
        const points = ["accept.before", "accept.after", "load.before", "activate.before", "activate.after"];
        for (const point of points) {
          // Each time from the state of the first release on.
          const phone = another(place, point);
          await cp(place.folder, phone.folder, { recursive: true });
          expect(await runPhone(phone, ["update"], { crashAt: `update.${point}` })).toMatchObject({
            signal: "SIGKILL",
          });
          const { told, errors } = await runPhone(phone, ["predict:3:1:24", "update", "predict:3:20:24"]);
          // A model answers at once, and after the next update it is the new one.
          expect(told[0], errors).toMatchObject({ source: "DEVICE" });
          expect(told[1]).toMatchObject({ version: 2 });
          const model = loadTable(second.table);
          for (const [index, one] of told.slice(2).entries()) {
            const wanted = [...model.run(windowOf(index, 3))];
            const received = one["probabilities"] as readonly number[];
            for (const [label, value] of received.entries()) expect(value).toBeCloseTo(wanted[label]!, 6);
            expect(one).toMatchObject({ source: "DEVICE", runtime: "portable/table", reason: null });
          }
        }
        shelf.offer(await tableRelease(3, 0.5, 0.8));
        const bad = await runPhone(place, ["update", "predict:3:1:24"]);
        expect(bad.told[0]).toMatchObject({ update: "KEPT", code: "SELF_TEST_FAILED" });
        expect(bad.told[1]).toMatchObject({ source: "DEVICE" });
      } finally {
        shelf.close();
      }
    });
  });

  describe("against the whole server", () => {
    const folder = join(work, "whole");
    let served: ChildProcess | undefined;
    let place: PhonePlace;

    beforeAll(async () => {
      await runSmallLoop(folder, Date.now());
      const main = join(import.meta.dirname, "../packages/cli/src/main.ts");
      const args = [main, "serve", "--folder", folder, "--app", SMALL_APP, "--port", "0"];
      served = spawn(process.execPath, args, { cwd: work, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      for await (const piece of served.stderr!) {
        said += String(piece);
        const found = /console (http:\S+)\s+ingest (http:\S+)/.exec(said);
        if (found === null) continue;
        const keys = join(folder, "keys");
        const { chain } = JSON.parse(readFileSync(join(keys, "root.json"), "utf8")) as { chain: Envelope[] };
        const root = join(work, "whole-root.json");
        writeFileSync(root, fromBase64(chain[chain.length - 1]!.payload));
        // Sooner than the server says where the key stands, it has written it.
        const { writeKey } = JSON.parse(readFileSync(join(keys, "secret.json"), "utf8")) as {
          writeKey: string;
        };
        const [, console = "", collect = ""] = found;
        place = {
          folder: join(work, "people", "0"),
          app: json("compat.json", compatApp),
          root,
          collect,
          console,
          writeKey,
        };
        break;
      }
      served.stderr!.resume();
    }, 90_000);
    afterAll(() => {
      served?.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    test("takes the release that the loop made, and answers as its table does", async () => {
      const { window } = compatApp.models[0]!;
      const values = window.size * window.channels.length;
      const { told, errors } = await runPhone(place, ["consent:improve", "update", `predict:5:20:${values}`]);
      expect(told[0], errors).toEqual({ update: "ACTIVATED", version: 1, code: null });
      const manifest = await fetch(`${place.console}/v1/releases/activity/stable`);
      const { payload } = (await manifest.json()) as Envelope;
      const { variants } = JSON.parse(Buffer.from(payload, "base64").toString()) as ReleaseMetadata;
      const { sha256 } = variants.find(({ format }) => format === "table")!;
      const artifact = await fetch(`${place.console}/v1/artifacts/${sha256}`);
      const model = loadTable(new Uint8Array(await artifact.arrayBuffer()));
      expect(told.length).toBe(21);
      for (const [index, one] of told.slice(1).entries()) {
        expect(one).toMatchObject({ source: "DEVICE", runtime: "portable/table" });
        const wanted = [...model.run(windowOf(index, 5, values))];
        for (const [label, value] of (one["probabilities"] as readonly number[]).entries())
          expect(value).toBeCloseTo(wanted[label]!, 6);
      }
    });

    test("a person exports and leaves", { timeout: 90_000 }, async () => {
      const recording = ["consent:analytics,improve", "tap:CANARY:3", "flush"];
      expect((await runPhone(place, recording)).told.slice(-1)).toMatchObject([
        { pending: 0, stopped: null },
      ]);
      const exported = async (): Promise<unknown> =>
        (await runPhone(place, ["export"])).told.find(({ content }) => content !== null)?.["content"];
      await expect.poll(exported, { timeout: 60_000, interval: 500 }).toContain("CANARY-2");
      const [erased] = (await runPhone(place, ["erase"])).told;
      expect(erased?.["state"]).not.toBe("PENDING");
      // The server erases in its own time; the phone asks again whenever it sends.
      const receipt = async (): Promise<unknown> =>
        (await runPhone(place, ["flush", "receipts"])).told.find((one) => one["receipt"])?.["receipt"];
      await expect.poll(receipt, { timeout: 60_000, interval: 500 }).toContain("payloadType");
      const { roles, keys } = JSON.parse(readFileSync(place.root, "utf8")) as typeof ROOT;
      const envelope = JSON.parse(String(await receipt())) as Envelope;
      const type = "application/vnd.tideline.receipt+json";
      expect(await openEnvelope(envelope, type, roles.release, keys, platform)).toBeTruthy();
      // What follows is another install, of which the server holds nothing.
      const after = await runPhone(place, ["end"]);
      expect(after.told[0]?.["install"]).not.toBe(erased?.["install"]);
    });
  });
});
