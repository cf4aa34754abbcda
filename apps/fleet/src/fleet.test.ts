import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeJournal } from "@tideline/device";
import type { RootMetadata } from "@tideline/spec";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { app } from "../../../examples/activity/app.ts";
import { nodeCrypto } from "./adapter/node-crypto.ts";
import {
  fleetEntry,
  type FleetCommand,
  type FleetConfiguration,
  type FleetMessage,
  type PhoneEntry,
} from "./index.ts";
import { startCollector, type Collector } from "./testing/collector.ts";

const root = {
  type: "root",
  format: 1,
  version: 1,
  expires: 4e12,
  development: true,
  keys: {},
  roles: { root: { keys: [], threshold: 1 }, release: { keys: [], threshold: 1 } },
} satisfies RootMetadata;

describe("the fleet's process", () => {
  let folder: string;
  let collector: Collector;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tideline-fleet-"));
  });
  afterEach(() => collector.close());
  afterAll(() => rm(folder, { recursive: true }));

  const configuration = (changes: Partial<FleetConfiguration> = {}): FleetCommand => ({
    type: "configure",
    data: null,
    seed: 2,
    people: { study: 2, beta: 1, control: 1 },
    folder,
    collect: collector.address,
    console: collector.address,
    writeKey: "key",
    root,
    clock: { origin: Date.now(), wallOrigin: Date.now(), speed: 200 },
    appModule: fileURLToPath(import.meta.resolve("../../../examples/activity/app.ts")),
    definition: "d".repeat(64),
    ...changes,
  });

  /** Gives commands one after the other and collects what the process tells until it ends. */
  const run = async (commands: readonly FleetCommand[]) => {
    const child = fork(fleetEntry, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const messages: FleetMessage[] = [];
    child.on("message", (message: FleetMessage) => {
      messages.push(message);
      if (message.type === "summary") child.disconnect();
    });
    for (const command of commands) child.send(command);
    const [status] = (await once(child, "exit")) as [number];
    const of = <Type extends FleetMessage["type"]>(type: Type) =>
      messages.filter((message): message is Extract<FleetMessage, { type: Type }> => message.type === type);
    return { status, messages, of };
  };

  it("plays a phase over a kill and a broken SDK, and every event is accounted for", async () => {
    collector = await startCollector(() => undefined, app);
    const play: FleetCommand = {
      type: "play",
      phase: "collect",
      cohorts: ["study", "beta"],
      turned: false,
      predict: false,
    };
    const { status, messages, of } = await run([configuration(), play, { type: "finish" }]);
    expect(of("failed")).toEqual([]);
    expect(status).toBe(0);
    expect(messages[0]!.type).toBe("ready");
    expect(of("phone-killed")).toEqual([{ type: "phone-killed", subject: "s01" }]);
    expect(of("phase")).toEqual([{ type: "phase", phase: "collect", done: true }]);
    const progress = of("progress");
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)!.playedSeconds).toBeCloseTo(progress[0]!.totalSeconds, 6);

    const [{ phones, peakMb }] = of("summary") as [Extract<FleetMessage, { type: "summary" }>];
    const entries = JSON.parse(await readFile(join(folder, "phones.json"), "utf8")) as PhoneEntry[];
    expect(entries).toEqual(of("ready")[0]!.phones);
    expect(entries.map(({ subject, special }) => [subject, special])).toEqual([
      ["s01", "killed"],
      ["s02", "endpoint"],
      ["b01", null],
      ["c01", null],
      ["broken-sdk", "broken_sdk"],
    ]);
    for (const { subject, install, recorded, acknowledged, pending, dropped } of phones) {
      expect([subject, pending, dropped]).toEqual([subject, 0, 0]);
      expect(acknowledged).toBe(recorded);
      let journaled = 0;
      for (const name of await readdir(join(folder, subject))) {
        if (!name.startsWith("journal-")) continue;
        const bytes = await readFile(join(folder, subject, name));
        const { records, validBytes } = decodeJournal(bytes, nodeCrypto.text);
        expect([validBytes, name.includes(install)]).toEqual([bytes.length, true]);
        journaled += records.length;
      }
      expect(journaled).toBe(recorded);
    }
    expect(phones.find(({ subject }) => subject === "c01")!.recorded).toBe(0);
    expect(phones.find(({ subject }) => subject === "broken-sdk")).toMatchObject({
      recorded: 8,
      quarantined: 8,
    });
    const sent = phones.reduce((sum, { recorded }) => sum + recorded, 0);
    expect(collector.events.size).toBe(sent - 8);
    expect(progress.at(-1)!.acknowledged).toBe(sent);
    expect(peakMb).toBeGreaterThan(60);
  });

  it("ends with the code and the exit status of what it cannot do", async () => {
    collector = await startCollector();
    const none = await run([configuration({ data: join(folder, "nothing") })]);
    expect([none.status, none.of("failed")[0]!.code]).toEqual([66, "DATA_NOT_FOUND"]);
    expect(none.of("failed")[0]!.message).toMatch(/layout\.json/);
    const early = await run([{ type: "finish" }]);
    expect([early.status, early.of("failed")[0]!.code]).toEqual([78, "CONFIG_MALFORMED"]);
    const lost = await run([configuration({ appModule: join(folder, "app.ts") })]);
    expect([lost.status, lost.of("failed")[0]!.code]).toEqual([66, "NOT_FOUND"]);
  });
});
