import { createMemoryPorts, createMemorySecure, createMemorySubject } from "@tideline/device/testing";
import { beforeEach, expect, test } from "vitest";
import { app, platform } from "../../../test/device-fixture.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { openSubject, type Subject } from "./subject.ts";
import { createTally } from "./tally.ts";

const MOST = 8;

const ownerOf = (number: number) => ({
  install: `${number}`.padStart(32, "0"),
  secret: `${number}`.padStart(64, "0"),
});
const installs = (numbers: readonly number[]): string[] =>
  numbers.map((number) => ownerOf(number).install).sort();
const held = (subject: Subject): string[] =>
  subject
    .requests()
    .map(({ install }) => install)
    .sort();

let secrets: Map<string, Uint8Array>;
/** The secure storage dies after so many writes. */
let writes: number;
let server: ReturnType<typeof createMemorySubject>;

beforeEach(() => {
  secrets = new Map();
  writes = Number.POSITIVE_INFINITY;
  server = createMemorySubject(platform.text, platform.digest);
});

const open = (): Promise<Subject> => {
  const secure = createMemorySecure(secrets);
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    if (writes <= 0) throw new Error("killed");
    writes -= 1;
    await secure.write(name, bytes);
  };
  const ports = {
    ...createMemoryPorts(platform),
    secure: { ...secure, write },
    network: {
      request: async (request: Parameters<typeof server.answer>[0]) =>
        (await server.answer({ ...request, url: request.url.slice("http://console".length) }))!,
    },
  };
  return openSubject({
    app,
    ports,
    collect: "http://collect",
    console: "http://console",
    writeKey: "key",
    limits: DEFAULT_LIMITS,
    tally: createTally(ports),
  } as Parameters<typeof openSubject>[0]);
};

/** Eight erasures, of which the server has done these. */
async function openFull(done: readonly number[]): Promise<Subject> {
  const subject = await open();
  for (let number = 0; number < MOST; number += 1) await subject.beginErasure(ownerOf(number), () => true);
  await subject.advance();
  for (const number of done) server.taken[number]!.state = "done";
  await subject.advance();
  return subject;
}

/** What a version before kept of an erasure. */
const old = (number: number, state = "pending") => ({
  ...ownerOf(number),
  kind: "erase",
  request: null,
  state,
  known: true,
});
const store = (place: number, ...kept: unknown[]): void =>
  void secrets.set(`erasures${place || ""}`, platform.text.encode(JSON.stringify(kept)));
const stored = (): unknown[] =>
  [...secrets.values()].flatMap((bytes) => JSON.parse(platform.text.decode(bytes)) as unknown[]);

test.each([[[0]], [[3]], [[7]], [[1, 6]]])(
  "a new erasure takes the place of a finished one (%j), and no kill loses another",
  async (done) => {
    for (let survived = 0; survived <= 2; survived += 1) {
      secrets.clear();
      server.taken.length = 0;
      writes = Number.POSITIVE_INFINITY;
      const subject = await openFull(done);
      writes = survived;
      const whole = await subject
        .beginErasure(ownerOf(MOST), () => true)
        .then(
          () => true,
          () => false,
        );
      // One write, or nothing has happened.
      expect(whole).toBe(survived > 0);
      writes = Number.POSITIVE_INFINITY;
      const after = held(await open());
      const waiting = [0, 1, 2, 3, 4, 5, 6, 7].filter((number) => !done.includes(number));
      expect(after).toEqual(expect.arrayContaining(installs(whole ? [...waiting, MOST] : waiting)));
      expect(after).toHaveLength(MOST);
    }
  },
);

test("no kill while the list of a version before is spread loses an erasure", async () => {
  for (let survived = 0; survived <= 5; survived += 1) {
    secrets.clear();
    store(0, old(0), old(1), old(2), old(3));
    writes = survived;
    await open().catch(() => undefined);
    writes = Number.POSITIVE_INFINITY;
    expect(held(await open())).toEqual(installs([0, 1, 2, 3]));
    expect(held(await open())).toEqual(installs([0, 1, 2, 3]));
    // Once it is spread, each stands in one place.
    expect(stored()).toHaveLength(4);
    for (const bytes of secrets.values()) expect(bytes.length).toBeLessThan(512);
  }
});

test("what a version before left twice when it was killed is one, in one place", async () => {
  store(0, old(1));
  store(1, old(2));
  store(2, old(2));
  store(3, old(3));
  const subject = await open();
  expect(held(subject)).toEqual(installs([1, 2, 3]));
  expect(stored()).toHaveLength(3);
  for (let number = 4; number <= MOST; number += 1) await subject.beginErasure(ownerOf(number), () => true);
  expect(held(await open())).toEqual(installs([1, 2, 3, 4, 5, 6, 7, 8]));
  await expect(subject.beginErasure(ownerOf(9), () => true)).rejects.toMatchObject({ code: "OVERLOADED" });
});

test("the secret of an erasure that a version before kept after it was done goes at the start", async () => {
  const { install } = ownerOf(1);
  store(0, { ...old(1, "done"), request: "request-1" });
  store(3, old(3));
  await open();
  expect(stored()).toEqual([{ kind: "erase", install, request: "request-1", state: "done" }, old(3)]);
});

test.each(["{}", "5", "[null]", '[5, "x", {}]', '["', '{"length":1}'])(
  "%s in a place of the list of erasures is none",
  async (content) => {
    secrets.set("erasures", platform.text.encode(content));
    store(1, old(1), null);
    const subject = await open();
    expect(held(subject)).toEqual(installs([1]));
    await subject.beginErasure(ownerOf(2), () => true);
    expect(held(await open())).toEqual(installs([1, 2]));
  },
);

test("of an erasure that is done the secret is not kept; the call that asked for it still has it", async () => {
  const subject = await open();
  const owner = ownerOf(5);
  await subject.beginErasure(owner, () => true);
  await subject.advance();
  expect(JSON.stringify(stored())).toContain(owner.secret);
  server.taken[0]!.state = "done";
  await subject.advance();
  expect(JSON.stringify(stored())).not.toContain(owner.secret);
  expect(subject.erasure(owner)).toMatchObject({
    state: "done",
    headers: { "x-tideline-secret": owner.secret },
  });
  const again = await open();
  expect(again.requests()).toEqual([
    { kind: "erase", install: owner.install, request: "request-1", state: "done" },
  ]);
  expect(again.isErased(owner.install)).toBe(true);
});
