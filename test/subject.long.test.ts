import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Envelope, LoopStatus, ReleaseMetadata, SelfTestVectors } from "@tideline/spec";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { scanFolder } from "../packages/pipeline/src/subject/testing/scan-folder.ts";
import { lastJson, runCli } from "./cli/run-cli.ts";
import { batchOf, bytesOf, post } from "./ingest/client.ts";
import { ask, ended, look } from "./subject/ask-console.ts";
import { canaryPhone, type CanaryPhone, type PhoneEvent } from "./subject/canary-phone.ts";
import { serveCanaries, type ServeProcess } from "./subject/serve-process.ts";

/** The person who asks and leaves. What these name stands in events that the person consented to. */
const USER = "canary-user@example.org";
const KEPT = {
  user: USER,
  text: "canary-text",
  code: "canary-code",
  extra: "canary-extra",
  session: "canary-session",
  refused: "canary-refused",
  diary: "canary-diary",
};
/** What nobody consented to: none of it may be found anywhere, ever. */
const NEVER = {
  noConsent: "never-without-consent",
  noPurpose: "never-without-purpose",
  withdrawn: "never-after-withdrawal",
  unknown: "never-unknown-event",
  malformed: "never-malformed",
  large: "never-too-large",
};
/** A sample that occurs once: bytes and number of a canary in a frame. */
const SAMPLE = 0.987_654_34;

const work = mkdtempSync(join(tmpdir(), "tideline-subject-"));
const folder = join(work, "folder");
let server: ServeProcess;
let own: CanaryPhone;
let second: CanaryPhone;
let shared: CanaryPhone;

const cli = (...args: readonly string[]) => runCli([...args, "--folder", folder], work);
const app = join(import.meta.dirname, "subject", "canary-app.ts");

/** Samples of a pose, from a seed; no two phones have the same. */
function samples(pose: string, seed: number): Float32Array {
  return Float32Array.from({ length: 160 }, (_, index) =>
    index % 2 === 0 ? (pose === "UP" ? 1 : -1) : Math.sin(seed + index),
  );
}

/** A person's part in the study: enrolment, and a labelled session of each pose. */
function part(user: string, prefix: string, seed: number): readonly PhoneEvent[] {
  return [
    { name: "enrolment", user, properties: { cohort: "study" } },
    ...["UP", "DOWN"].flatMap((pose, turn): readonly PhoneEvent[] => [
      {
        name: "motion",
        user,
        properties: { session: `${prefix}-${pose}`, start: 0, samples: samples(pose, seed + 0.3 * turn) },
      },
      { name: "annotation", user, properties: { session: `${prefix}-${pose}`, pose } },
    ]),
  ];
}

const note = (user: string | null, change: Readonly<Record<string, unknown>> = {}): PhoneEvent => ({
  name: "note",
  user,
  properties: {
    text: "plain",
    code: "plain",
    amount: 7,
    ratio: 0.5,
    flag: true,
    at: 1_700_000_000_000,
    spot: [1, 2, 3],
    ...change,
  },
});

/** Everything that is wrong with a batch, each with a canary in it. */
async function sendMalformed({ collect, writeKey }: ServeProcess): Promise<void> {
  const { malformed } = NEVER;
  const bodies: readonly Uint8Array[] = [
    Buffer.from(`{"format":1,"install":"${malformed}","events":[`),
    Buffer.from(`${malformed} is no batch`),
    bytesOf({ ...batchOf("phone-malformed", []), sdk: `${malformed}\u0000`, events: [{ seq: 1 }] }),
    bytesOf({ ...batchOf("phone-malformed", []), events: [{ seq: "x", user: malformed }] }),
    gzipSync(Buffer.from(malformed)).subarray(0, 20),
  ];
  for (const body of bodies) {
    const response = await post(collect, body, { key: writeKey });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(malformed);
  }
  const events = [
    {
      seq: 1,
      name: "note",
      user: malformed.repeat(20),
      properties: {},
      time: 1,
      version: 1,
      consent: ["research"],
    },
    { seq: 2, name: "note", user: null, properties: malformed, time: 1, version: 1, consent: ["research"] },
    { seq: 3, name: malformed, user: null, properties: {}, time: 1, version: 1, consent: ["research"] },
    {
      seq: 4,
      name: "note",
      user: null,
      properties: { x: malformed },
      time: 1,
      version: 1,
      consent: malformed,
    },
  ];
  const response = await post(collect, bytesOf({ ...batchOf("phone-malformed", []), events }), {
    key: writeKey,
  });
  expect(((await response.json()) as { quarantined: unknown[] }).quarantined).toHaveLength(4);
}

beforeAll(async () => {
  server = await serveCanaries(folder, work);
  own = canaryPhone(server, "canary-install-own");
  second = canaryPhone(server, "canary-install-second");
  shared = canaryPhone(server, "shared-install");
  const first = part(USER, KEPT.session, 1);
  first.forEach(({ properties }) => {
    if (properties["samples"] instanceof Float32Array) properties["samples"][3] = SAMPLE;
  });
  await own.send([note(null, { text: `${KEPT.text}-before-sign-in` }), ...first]);
  const { text, code, extra, diary } = KEPT;
  await second.send([note(USER, { text, code, extra, diary })]);
  await second.send([note(USER, { surprise: KEPT.refused }), note(USER, { amount: KEPT.refused })]);
  await shared.send([note(USER, { text: `${text}-shared` }), note("somebody", { text: "of somebody else" })]);
  const refused = canaryPhone(server, "phone-refused");
  await refused.send([
    { ...note(NEVER.noConsent, { text: NEVER.noConsent, surprise: NEVER.noConsent }), consent: [] },
    { ...note("asked", { text: "asked", diary: NEVER.noPurpose }), consent: ["research"] },
    { ...note("asked", { text: 7, diary: NEVER.noPurpose }), consent: ["research"] },
    { ...note("asked", { text: NEVER.unknown }), name: "undeclared" },
    note("asked", { text: NEVER.large.repeat(10_000) }),
    // Withdrawn in the middle of a batch.
    note("withdrew", { text: "before the withdrawal" }),
    { ...note("withdrew", { text: NEVER.withdrawn }), consent: ["analytics"] },
    {
      name: "motion",
      user: "withdrew",
      consent: [],
      properties: { session: NEVER.withdrawn, start: 0, samples: new Float32Array(32).fill(0.123_456_7) },
    },
  ]);
  await sendMalformed(server);
  await Promise.all(
    [2, 3, 4, 5].map((seed) =>
      canaryPhone(server, `phone-${seed}`).send(part(`person-${seed}`, `s${seed}`, seed)),
    ),
  );
  await vi.waitFor(
    async () => {
      const status = (await (await fetch(`${server.console}/v1/status`)).json()) as LoopStatus;
      expect(status.releases).toHaveLength(1);
      // Told in the catalog first, and a moment later put where phones fetch it.
      expect((await fetch(`${server.console}/v1/releases/pose/stable`)).status).toBe(200);
    },
    { timeout: 40_000, interval: 200 },
  );
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Bytes of a sample, as frames hold them. */
const bytesOfSample = (value: number): Buffer => Buffer.from(Float32Array.of(value).buffer);

test("what nobody consented to is found nowhere: disk, quarantine, logs, caches, output, answers", async () => {
  const sample = bytesOfSample(0.123_456_7);
  expect(await scanFolder(folder, { ...NEVER, sample })).toEqual([]);
  for (const never of Object.values(NEVER)) expect(server.said()).not.toContain(never);
  const page = await (await fetch(`${server.console}/v1/status`)).text();
  for (const text of [...Object.values(NEVER), ...Object.values(KEPT)]) expect(page).not.toContain(text);
});

test("what ships to phones holds no byte of anybody", async () => {
  const { payload } = (await (await fetch(`${server.console}/v1/releases/pose/stable`)).json()) as Envelope;
  const manifest = Buffer.from(payload, "base64").toString("utf8");
  const { variants, vectors } = JSON.parse(manifest) as ReleaseMetadata;
  const fetched = await Promise.all(
    [...variants, vectors].map(async ({ sha256 }) =>
      Buffer.from(await (await fetch(`${server.console}/v1/artifacts/${sha256}`)).arrayBuffer()),
    ),
  );
  for (const bytes of [Buffer.from(manifest), ...fetched]) {
    for (const text of Object.values(KEPT)) expect(bytes.includes(text)).toBe(false);
    expect(bytes.includes(bytesOfSample(SAMPLE))).toBe(false);
  }
  const synthetic = JSON.parse(fetched.at(-1)!.toString("utf8")) as SelfTestVectors;
  const shipped = JSON.stringify(synthetic.windows);
  expect(shipped.length).toBeGreaterThan(100);
  expect(shipped).not.toContain(String(Math.fround(SAMPLE)));
  for (const seed of [1, 2, 3, 4, 5]) expect(shipped).not.toContain(String(samples("UP", seed)[5]!));
});

test("a phone exports what it sent, and nothing that another phone did", async () => {
  const { status, body } = await ask(server, "export", own);
  expect([status, body.state]).toEqual([202, "accepted"]);
  await expect(ended(server, body.request, own.secret)).resolves.toMatchObject({
    kind: "export",
    state: "done",
  });
  const response = await look(server, body.request, own.secret, "/export");
  expect(response.headers.get("content-type")).toContain("ndjson");
  const text = await response.text();
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toMatchObject({ kind: "header", app: "canary", installs: [own.install] });
  expect(lines.at(-1)).toEqual({ kind: "end", lines: lines.length - 2 });
  expect(text).toContain(`${KEPT.text}-before-sign-in`);
  expect(text).toContain(`${KEPT.session}-UP`);
  expect(text).toContain("0.98765");
  expect(lines.find(({ event }) => event === "motion")).toMatchObject({
    properties: { start: 0, samples: { acc_x: expect.any(Array), acc_y: expect.any(Array) } },
  });
  expect(lines.find(({ kind }) => kind === "trained")).toMatchObject({
    model: "pose",
    releases: ["pose/stable/1"],
  });
  for (const other of [KEPT.code, KEPT.diary, KEPT.refused]) expect(text).not.toContain(other);
});

test("a wrong secret and an unknown install are answered alike, and open nothing", async () => {
  const wrong = "f".repeat(64);
  const answers = await Promise.all(
    [own.install, "install-that-nobody-has"].map(async (install) => {
      const { status, body } = await ask(server, "erase", { install, secret: wrong });
      const told = await ended(server, body.request, wrong);
      const file = await look(server, body.request, wrong, "/export");
      return {
        status,
        shape: Object.keys(body),
        state: told.state,
        file: file.status,
        keys: Object.keys(told),
      };
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toMatchObject({ status: 202, state: "failed", file: 404 });
  const { body } = await ask(server, "export", own);
  for (const secret of [wrong, null, "x"])
    expect((await look(server, body.request, secret)).status).toBe(404);
  expect((await look(server, "0".repeat(32), own.secret)).status).toBe(404);
  const unsigned = await fetch(`${server.console}/v1/subject/erase`, { method: "POST", body: "{}" });
  expect(unsigned.status).toBe(401);
  const owner = await fetch(`${server.console}/v1/subject/owner/erase`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.writeKey}` },
    body: JSON.stringify({ format: 1, user: USER }),
  });
  expect(owner.status).toBe(401);
});

test("the owner exports a user with every phone, under the app's own names", async () => {
  const out = join(work, "export.ndjson");
  const [done, nobody] = await Promise.all([
    cli("subject", "export", USER, "--out", out, "--app", app, "--json"),
    cli("subject", "export", "nobody-of-this-name", "--app", app),
  ]);
  expect(done.stderr).toBe("");
  expect(lastJson(done)).toMatchObject({ installs: 2, shared: 1 });
  const text = readFileSync(out, "utf8");
  for (const [name, kept] of Object.entries(KEPT)) {
    // The user id itself is kept nowhere: its pseudonym stands in its place.
    if (name === "user") expect(text).not.toContain(kept);
    else expect(text, name).toContain(kept);
  }
  expect(text).toContain(`${KEPT.text}-shared`);
  expect(text).not.toContain("of somebody else");
  expect(
    nobody.stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind: string }).kind),
  ).toEqual(["header", "end"]);
});

test("a phone erases what it sent; its old batches come too late, a new install does not", async () => {
  const { body } = await ask(server, "erase", second);
  const told = await ended(server, body.request, second.secret);
  expect(told).toMatchObject({
    kind: "erase",
    state: "done",
    receipt: { payloadType: "application/vnd.tideline.receipt+json" },
  });
  // Asked again, it is the same request: an answer that was lost does no harm.
  expect((await ask(server, "erase", second)).body).toMatchObject({ request: body.request, state: "done" });
  const { code, diary, refused } = KEPT;
  const needles = { code, diary, refused, install: second.install };
  expect(await scanFolder(folder, needles)).toEqual([]);
  const again = await second.resend();
  expect(again.flatMap(({ quarantined }) => quarantined.map((item) => item.code))).toEqual(
    Array.from({ length: 3 }, () => "SUBJECT_ERASED"),
  );
  expect(await scanFolder(folder, needles)).toEqual([]);
  // The other phone of the same user is another phone's.
  expect(await scanFolder(folder, { session: KEPT.session })).not.toEqual([]);
});

test("the owner erases a user: nothing is left, whatever comes again, and the receipt is good", async () => {
  const before = await cli("subject", "erase", USER, "--dry-run", "--json");
  const { found } = lastJson(before) as {
    found: { tables: Record<string, { rows: number }>; models: object[] };
  };
  expect(found.tables).toMatchObject({ motion: { rows: 2 }, note: { rows: 2 } });
  expect(found.models).toHaveLength(1);
  expect(await scanFolder(folder, { session: KEPT.session })).not.toEqual([]);

  const done = await cli("subject", "erase", USER, "--json");
  expect(done.stderr).toBe("");
  expect(lastJson(done)).toMatchObject({
    dryRun: false,
    receipt: {
      kind: "erase",
      app: "canary",
      removed: { tables: { motion: { rows: 2 }, note: { rows: 2 } } },
      models: { policy: "keep", trained: [{ releases: ["pose/stable/1"] }] },
    },
  });
  const needles = { ...KEPT, own: own.install, second: second.install, sample: bytesOfSample(SAMPLE) };
  expect(await scanFolder(folder, needles)).toEqual([]);
  await own.resend();
  await shared.resend();
  const fresh = canaryPhone(server, "install-after-rotation");
  const { quarantined } = await fresh.send([note(USER, { text: "said after the erasure" })]);
  expect(quarantined).toEqual([]);
  await expect
    .poll(() => scanFolder(folder, { fresh: "said after the erasure", somebody: "of somebody else" }), {
      timeout: 10_000,
    })
    .toEqual(
      expect.arrayContaining([
        expect.stringContaining("fresh in lake"),
        expect.stringContaining("somebody in lake"),
      ]),
    );
  expect(await scanFolder(folder, needles)).toEqual([]);
  for (const kept of Object.values(KEPT)) expect(server.said()).not.toContain(kept);
});

test("an id of before is followed on the phone that says so; one that another phone has is told, and named by the owner", async () => {
  const [changed, older, hostile] = ["install-changed", "install-older", "install-hostile"].map((install) =>
    canaryPhone(server, install),
  ) as [CanaryPhone, CanaryPhone, CanaryPhone];
  await older.send([note("old-id", { text: "alias-of-the-older-phone" })]);
  await changed.send([
    note("old-id", { text: "alias-before" }),
    { ...note("new-id", { text: "alias-after" }), previous: "old-id" },
  ]);
  await hostile.send([note("victim-id", { text: "alias-forged" })]);
  await canaryPhone(server, "install-victim").send([note("victim-id", { text: "alias-of-the-victim" })]);
  await hostile.send([{ ...note("hostile-id", { text: "alias-hostile" }), previous: "victim-id" }]);

  interface Told {
    readonly aliases: readonly {
      readonly subject: string;
      readonly followed: number;
      readonly left: number;
    }[];
  }
  const forged = lastJson(await cli("subject", "erase", "hostile-id", "--json")) as object as Told;
  expect(forged.aliases).toMatchObject([{ followed: 1, left: 1 }]);
  const found = await scanFolder(folder, { victim: "alias-of-the-victim", forged: "alias-forged" });
  expect(found.join()).toContain("victim in log/");
  expect(found.join()).not.toContain("forged");

  const out = join(work, "alias.ndjson");
  // None of these changes anything.
  const [dry, exported, wrong] = await Promise.all([
    cli("subject", "erase", "new-id", "--dry-run"),
    cli("subject", "export", "new-id", "--only", "--out", out, "--app", app),
    cli("subject", "erase", "new-id", "--with", "old-id"),
  ]);
  expect([exported.status, wrong.status]).toEqual([0, 64]);
  const [, old] = /alias +([0-9a-f]{32}) followed on 1 phone; left on 1 phone/.exec(dry.stdout)!;
  expect(readFileSync(out, "utf8")).toContain("alias-after");
  expect(readFileSync(out, "utf8")).not.toContain("alias-before");
  const whole = lastJson(await cli("subject", "erase", "new-id", "--with", old!, "--json")) as object as Told;
  expect(whole.aliases).toEqual([]);
  const needles = {
    before: "alias-before",
    after: "alias-after",
    older: "alias-of-the-older-phone",
    old: old!,
  };
  expect(await scanFolder(folder, needles)).toEqual([]);
});

test("without a server the command erases in the folder itself, and verify holds every receipt", async () => {
  expect(await server.stop()).toBe(0);
  const done = await cli("subject", "erase", "somebody", "--json");
  expect(done.stderr).toBe("");
  expect(lastJson(done)).toMatchObject({ receipt: { removed: { tables: { note: { rows: 1 } } } } });
  expect(await scanFolder(folder, { ...KEPT, somebody: "of somebody else" })).toEqual([]);
  const [checked, asked] = await Promise.all([cli("verify", "--json"), cli("subject", "requests", "--json")]);
  const verified = lastJson(checked) as { ok: boolean; checks: { what: string }[] };
  expect(verified.ok).toBe(true);
  expect(verified.checks.filter(({ what }) => what.startsWith("receipt of"))).toHaveLength(5);
  const listed = lastJson(asked) as { requests: { kind: string }[] };
  expect(listed.requests.filter(({ kind }) => kind === "erase").length).toBeGreaterThanOrEqual(3);
  expect(JSON.stringify(listed)).not.toContain("canary");
  const left = (await readdir(join(folder, "temporary"))).length;
  expect(left).toBe(0);
  expect((await readFile(join(folder, "catalog.db"))).length).toBeGreaterThan(0);
});
