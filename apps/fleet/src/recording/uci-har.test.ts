import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOP, WIDTH, WINDOW } from "./recording.ts";
import { PHONE_CHANNELS, readUciPart, uciHarRecordings } from "./uci-har.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = process.env.TIDELINE_DATA ?? join(root, "../shared/data/uci-har");
const required = (process.env.TIDELINE_REQUIRE ?? "").split(",").includes("data");
const present = existsSync(join(folder, "layout.json"));

describe.skipIf(!present && !required)("the real recordings", () => {
  it("give back all 10,299 windows exactly, from continuous streams", async () => {
    const recordings = await uciHarRecordings(folder);
    const sessions = new Map(
      recordings.flatMap((one) => one.sessions.map((session) => [session.id, session])),
    );
    let windows = 0;
    let samples = 0;
    for (const part of ["train", "test"] as const) {
      const { layout, rows, signals } = await readUciPart(folder, part);
      const columns = PHONE_CHANNELS.map((channel) => layout.channels.indexOf(channel));
      let different = 0;
      for (const [index, { label, subject, segment, position }] of rows.entries()) {
        const session = sessions.get(`${subject}-${segment}`)!;
        if (session.activity !== layout.labels[label]) different += 1;
        for (let time = 0; time < WINDOW; time += 1) {
          for (let channel = 0; channel < WIDTH; channel += 1) {
            const played = session.samples[(position * HOP + time) * WIDTH + channel];
            const published = signals[(index * WINDOW + time) * layout.channels.length + columns[channel]!];
            if (played !== published) different += 1;
            samples += 1;
          }
        }
        windows += 1;
      }
      expect(different).toBe(0);
    }
    expect(windows).toBe(10_299);
    expect(samples).toBe(10_299 * WINDOW * WIDTH);
    expect(sessions.size).toBe(857);
    const cohort = (name: string) =>
      recordings.filter((one) => one.cohort === name).map((one) => one.subject);
    expect(cohort("study")).toHaveLength(21);
    expect(cohort("beta")).toEqual(["2", "4", "9", "10"]);
    expect(cohort("control")).toEqual(["12", "13", "18", "20", "24"]);
  });
});

/** A small folder in the published form: two segments of subject 1, one of subject 2. */
async function writeSmall(at: string): Promise<void> {
  const channels = [...PHONE_CHANNELS];
  const windows = (segments: readonly number[]): Float32Array => {
    const parts = segments.flatMap((count, segment) =>
      Array.from({ length: count }, (_, position) =>
        Float32Array.from({ length: WINDOW * WIDTH }, (_, index) => {
          const time = position * HOP + Math.floor(index / WIDTH);
          return Math.sin(segment * 100 + time * 0.1 + (index % WIDTH));
        }),
      ),
    );
    return Float32Array.from(parts.flatMap((part) => [...part]));
  };
  const write = async (part: string, rows: string[], signals: Float32Array) => {
    await writeFile(join(at, `meta_${part}.csv`), `label,subject,segment,position\n${rows.join("\n")}\n`);
    await writeFile(
      join(at, `signals_${part}.f32.gz`),
      await promisify(gzip)(new Uint8Array(signals.buffer)),
    );
  };
  await writeFile(
    join(at, "layout.json"),
    JSON.stringify({
      dtype: "float32 little-endian",
      train_shape: [3, WINDOW, WIDTH],
      test_shape: [2, WINDOW, WIDTH],
      sample_rate_hz: 50,
      channels,
      labels: { 1: "WALKING", 2: "SITTING" },
    }),
  );
  await write("train", ["1,1,0,0", "1,1,0,1", "2,1,1,0"], windows([2, 1]));
  await write("test", ["2,2,0,0", "2,2,0,1"], windows([2]));
}

describe("a folder in the published form", () => {
  let good: string;
  let folders: string[] = [];
  const fresh = async () => {
    const at = await mkdtemp(join(tmpdir(), "tideline-uci-"));
    folders.push(at);
    return at;
  };
  beforeAll(async () => {
    good = await fresh();
    await writeSmall(good);
  });
  afterAll(async () => {
    await Promise.all(folders.map((at) => rm(at, { recursive: true })));
    folders = [];
  });

  it("is read as people with sessions in order", async () => {
    const recordings = await uciHarRecordings(good);
    expect(recordings.map(({ subject, cohort }) => [subject, cohort])).toEqual([
      ["1", "study"],
      ["2", "beta"],
    ]);
    const [first, second] = recordings[0]!.sessions;
    expect([first!.id, first!.activity, first!.samples.length]).toEqual(["1-0", "WALKING", 192 * WIDTH]);
    expect([second!.id, second!.activity, second!.samples.length]).toEqual(["1-1", "SITTING", 128 * WIDTH]);
  });

  const replace = async (at: string, file: string, from: string | RegExp, to: string) => {
    const text = await readFile(join(at, file), "utf8");
    expect(text).toMatch(from);
    await writeFile(join(at, file), text.replace(from, to));
  };
  const faults: [name: string, code: string, message: RegExp, spoil: (at: string) => Promise<unknown>][] = [
    ["a missing file", "DATA_NOT_FOUND", /signals_test/, (at) => rm(join(at, "signals_test.f32.gz"))],
    [
      "a layout that is not JSON",
      "DATA_MALFORMED",
      /layout.json/,
      (at) => writeFile(join(at, "layout.json"), "{"),
    ],
    ["another rate", "DATA_MALFORMED", /sample_rate_hz/, (at) => replace(at, "layout.json", ":50", ":100")],
    [
      "a missing channel",
      "DATA_MALFORMED",
      /total_acc_x/,
      (at) => replace(at, "layout.json", "total_acc_x", "a"),
    ],
    [
      "a wrong shape",
      "DATA_MALFORMED",
      /meta_train.csv.*4 rows/,
      (at) => replace(at, "layout.json", "[3,", "[4,"),
    ],
    [
      "a cell that is no number",
      "DATA_MALFORMED",
      /line 3/,
      (at) => replace(at, "meta_train.csv", "1,1,0,1", "1,x,0,1"),
    ],
    [
      "an unknown label",
      "DATA_MALFORMED",
      /line 2/,
      (at) => replace(at, "meta_train.csv", "1,1,0,0", "7,1,0,0"),
    ],
    [
      "a hole in a segment",
      "DATA_MALFORMED",
      /position 1/,
      (at) => replace(at, "meta_train.csv", "1,1,0,1", "1,1,0,2"),
    ],
    [
      "mixed labels",
      "DATA_MALFORMED",
      /label 2/,
      (at) => replace(at, "meta_train.csv", "1,1,0,1", "2,1,0,1"),
    ],
    [
      "a test person in training",
      "DATA_MALFORMED",
      /subject 2/,
      (at) => replace(at, "meta_train.csv", "2,1,1,0", "2,2,1,0"),
    ],
    [
      "windows that do not join",
      "DATA_MALFORMED",
      /first half/,
      (at) => replace(at, "meta_train.csv", /2,1,1,0/, "1,1,0,2"),
    ],
    ["another header", "DATA_MALFORMED", /header/, (at) => replace(at, "meta_test.csv", "label", "class")],
    [
      "cut signals",
      "DATA_MALFORMED",
      /signals_train/,
      (at) => writeFile(join(at, "signals_train.f32.gz"), "no gzip"),
    ],
    [
      "signals of another size",
      "DATA_MALFORMED",
      /unpacked, received 4/,
      async (at) => writeFile(join(at, "signals_train.f32.gz"), await promisify(gzip)(new Uint8Array(4))),
    ],
    [
      "a value that is no number",
      "DATA_MALFORMED",
      /finite/,
      async (at) => {
        const signals = new Float32Array(3 * WINDOW * WIDTH).fill(Number.NaN);
        await writeFile(
          join(at, "signals_train.f32.gz"),
          await promisify(gzip)(new Uint8Array(signals.buffer)),
        );
      },
    ],
  ];
  it.each(faults)("with %s is refused, naming file and fault", async (_, code, message, spoil) => {
    const at = await fresh();
    await cp(good, at, { recursive: true });
    await spoil(at);
    await expect(uciHarRecordings(at)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("that is not there is refused", async () => {
    await expect(uciHarRecordings(join(good, "none"))).rejects.toMatchObject({ code: "DATA_NOT_FOUND" });
  });
});
