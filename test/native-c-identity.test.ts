import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLog } from "../packages/pipeline/src/ingest/index.ts";
import { runServer, type RunningServer } from "./ingest/run-server.ts";
import { BUILD_MS, buildPrograms, hasCompiler, isRequired } from "./native-c/build.ts";
import { bytesOf, lineOf, phoneAt, reportOf, type Phone } from "./native-c/phone.ts";

const isWanted = hasCompiler || isRequired;

let programs: string;
let folder: string;
let server: RunningServer;
let phones = 0;

beforeAll(async () => {
  if (!isWanted) return;
  programs = await buildPrograms();
  folder = await mkdtemp(join(tmpdir(), "tideline-native-c-"));
  server = await runServer({ folder: join(folder, "server"), epoch: 1 });
}, BUILD_MS);

afterAll(async () => {
  if (!isWanted) return;
  server.kill();
  await server.ended;
  await rm(folder, { recursive: true, force: true });
});

const BOTH = "consent=analytics,improve_product";
const newPhone = (): Phone => phoneAt(programs, server.address, join(folder, `phone-${(phones += 1)}`));

/** A phone with a copy of another's files. */
function copyOf(phone: Phone): Phone {
  const copy = phoneAt(programs, server.address, join(folder, `phone-${(phones += 1)}`));
  cpSync(phone.home, copy.home, { recursive: true });
  return copy;
}

const sha256 = (bytes: string | Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** The test client's secret is the hash of a text; batches carry the hash of the secret. */
const proofOf = (text: string): string => sha256(sha256(text)).toString("hex");

/** What the server's log holds of an install: epochs, numbers and proofs, sorted. */
async function loggedBy(install: string) {
  const found: { epoch: number; seq: number; proof: string | undefined }[] = [];
  for await (const { record } of readLog(join(folder, "server"), null)) {
    if (record.install !== install) continue;
    for (const { seq } of record.events) found.push({ epoch: record.epoch, seq, proof: record.proof });
  }
  return found.sort((left, right) => left.epoch - right.epoch || left.seq - right.seq);
}

describe.skipIf(!isWanted)("an install in C is one secret", () => {
  test("a copy without the secret is a new install; what waited goes out once, under the old one and its proof", async () => {
    const first = newPhone();
    const one = { TL_SECRET: "one" };
    const before = reportOf(await first.run([BOTH, "taps=2", "flush", "taps=3", "report"], one));
    const second = copyOf(first);
    const restored = { TL_SECRET: "two", TL_INSTANCE: "another-device" };
    const after = reportOf(await second.run(["taps=4", "flush", "report"], restored));
    expect(after).toMatchObject({ epoch: 1, pending: 0 });
    expect(after.install).not.toBe(before.install);
    // The first phone is still there, and sends the same.
    expect(reportOf(await first.run(["flush", "report"], one))).toMatchObject({ pending: 0, epoch: 1 });
    const proof = proofOf("one");
    expect(await loggedBy(before.install)).toEqual([1, 2, 3, 4, 5].map((seq) => ({ epoch: 1, seq, proof })));
    expect(await loggedBy(after.install)).toEqual(
      [1, 2, 3, 4].map((seq) => ({ epoch: 1, seq, proof: proofOf("two") })),
    );
    // The next start is no copy any more.
    expect(reportOf(await second.run(["report"], restored))).toMatchObject({
      install: after.install,
      epoch: 1,
    });
  });

  test("a copy with the secret goes on in another epoch", async () => {
    const first = newPhone();
    const before = reportOf(await first.run([BOTH, "taps=2", "report"], { TL_SECRET: "three" }));
    const moved = { TL_SECRET: "three", TL_INSTANCE: "another-device" };
    const after = reportOf(await copyOf(first).run(["taps=1", "flush", "report"], moved));
    expect(after.install).toBe(before.install);
    expect(after.epoch).toBeGreaterThan(1);
    const proof = proofOf("three");
    expect(await loggedBy(after.install)).toEqual([
      { epoch: 1, seq: 1, proof },
      { epoch: 1, seq: 2, proof },
      { epoch: after.epoch, seq: 1, proof },
    ]);
  });

  test("a secret that is gone, or comes later, is told from a copy", async () => {
    const phone = newPhone();
    const before = reportOf(await phone.run([BOTH, "taps=1", "report"], { TL_SECRET: "four" }));
    const gone = reportOf(await phone.run(["report"]));
    expect(gone.install).not.toBe(before.install);
    // A client that had none yet is given one on the same device.
    const given = reportOf(await phone.run(["report"], { TL_SECRET: "five" }));
    expect(given).toMatchObject({ install: gone.install, epoch: 1, pending: 1 });
    const changed = reportOf(await phone.run(["flush", "report"], { TL_SECRET: "six" }));
    expect(changed.install).not.toBe(given.install);
    expect(await loggedBy(before.install)).toEqual([{ epoch: 1, seq: 1, proof: proofOf("four") }]);
  });

  /** Cuts a state file's payload and seals it again. */
  function cut(path: string, length: number): void {
    const payload = readFileSync(path).subarray(12, 12 + length);
    const head = Buffer.alloc(12);
    head.write("TLS1");
    head.writeUInt32LE(payload.length, 4);
    head.writeUInt32LE(crc32(payload), 8);
    writeFileSync(path, Buffer.concat([head, payload]));
  }

  test("files of before there were proofs and ages are read, and their events go out", async () => {
    const phone = newPhone();
    const secret = { TL_SECRET: "seven" };
    const before = reportOf(await phone.run([BOTH, "taps=2", "flush", "taps=2", "report"], secret));
    // Install, epoch, starts, instance; totals, one source with one range of numbers.
    cut(join(phone.home, "identity.tls"), 2 + 32 + 8 + 8 + 2 + "this-device".length);
    cut(join(phone.home, "queue.tls"), 3 * 8 + 4 + 2 + 32 + 8 + 4 + 16 + 4);
    const after = reportOf(await phone.run(["taps=1", "flush", "report"], secret));
    expect(after).toMatchObject({ install: before.install, epoch: 1, acknowledged: 5, pending: 0 });
    expect((await loggedBy(after.install)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test("age counts from the recording, by a clock that may jump", async () => {
    const phone = newPhone();
    const lastYear = Date.now() - 365 * 86_400_000;
    await phone.run([BOTH, `old-tap=${lastYear}`]);
    // One jump makes nothing old, nor does what an event says of its own time.
    const jumped = await phone.run(["answer=503:-1:none", "report"], { TL_CLOCK_DAYS: "400" });
    expect(reportOf(jumped)).toMatchObject({ pending: 1, dropped: 0 });
    for (let day = 401; day < 429; day += 1) await phone.run([], { TL_CLOCK_DAYS: `${day}` });
    // Thirty days to the millisecond, and what the program itself took: it goes now or with the next look.
    const near = await phone.run([], { TL_CLOCK_DAYS: "429" });
    const end = await phone.run(["taps=1", "report"], { TL_CLOCK_DAYS: "430" });
    expect(reportOf(end)).toMatchObject({ pending: 1, dropped: 1 });
    // Of age, and none of them for want of consent.
    expect(lineOf(end, "report").slice(-2)).toEqual(["1", "0"]);
    expect(near.errors + end.errors).toContain("1 events given up: age");
  });
});

describe.skipIf(!isWanted)("media by reference in C", () => {
  test("a reference is checked as declared, and stands in the journal as it travels", async () => {
    const phone = newPhone();
    const digest = "ab".repeat(32);
    const photo = (sha256: string, bytes: number, type: string) => `photo=${sha256}:${bytes}:${type}`;
    const end = await phone.run([
      BOTH,
      photo(digest, 1000, "image/png"),
      photo(digest, 1001, "image/png"),
      photo(digest, 0, "image/png"),
      photo(digest.toUpperCase(), 1, "image/png"),
      photo(digest, 1, "image/gif"),
      "report",
    ]);
    expect(reportOf(end)).toMatchObject({ recorded: 1 });
    const refused = end.lines.filter((line) => line.startsWith("refused\t")).map((line) => line.split("\t"));
    expect(refused.map(([, code, field]) => [code, field])).toEqual(
      Array.from({ length: 4 }, () => ["FIELD_INVALID", "photo"]),
    );
    expect(bytesOf(phone)).toContain(`"photo":{"sha256":"${digest}","bytes":1000,"type":"image/png"}`);
  });
});
