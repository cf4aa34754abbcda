import { createHash } from "node:crypto";
import fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { commit, findRequest, listRequests, openCatalog, ownFolder, recordProofs } from "../catalog/index.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { pseudonymiser } from "../ingest/pseudonym.ts";
import { settleRequests } from "./settle-request.ts";
import { subjectDesk } from "./subject-desk.ts";
import { subjectRoutes } from "./subject-route.ts";

const secretOf = (name: string): string => createHash("sha256").update(name).digest("hex");
const proofOf = (name: string): string =>
  createHash("sha256")
    .update(Buffer.from(secretOf(name), "hex"))
    .digest("hex");

/** The routes over a folder that knows some installs, with bounds that a test reaches. */
async function openDesk(known: readonly string[], { requests = 100, proven = 2 } = {}) {
  const folder = temporaryFolder(onTestFinished);
  const owner = await ownFolder(folder, { command: "test" });
  onTestFinished(() => owner.release());
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  onTestFinished(() => catalog.close());
  await commit(catalog, (writer) =>
    recordProofs(
      writer,
      known.map((install) => ({ install, proof: proofOf(install), at: 1 })),
    ),
  );
  let now = 0;
  const desk = subjectDesk({
    folder,
    catalog: async () => catalog,
    pseudonymise: pseudonymiser(new Uint8Array(32)),
    clock: () => (now += 1),
    app: null,
    limits: { proven, unproven: 8, ofSource: 5 },
  });
  const server = fastify({ trustProxy: true });
  const limits = { looks: { burst: 20, everyMs: 1e9 }, requests: { burst: requests, everyMs: 1e9 } };
  await server.register(
    subjectRoutes({
      desk,
      writeKeys: ["key"],
      token: "owner",
      onFault: () => undefined,
      now: () => now,
      limits,
    }),
  );
  onTestFinished(() => server.close());
  return {
    catalog,
    /** Ends what waits; nobody is erased. */
    settle: () =>
      settleRequests({
        catalog,
        clock: () => 1,
        erase: () => Promise.reject(new Error("nobody is to be erased")),
        onFault: () => undefined,
      }),
    /** A phone asks from an address; answers the status, and the id of its request. */
    ask: async (
      install: string,
      address: string,
      secret = secretOf(install),
      kind: "erase" | "export" = "erase",
    ) => {
      const response = await server.inject({
        method: "POST",
        url: `/v1/subject/${kind}`,
        headers: { authorization: "Bearer key", "x-forwarded-for": address },
        payload: JSON.stringify({ format: 1, install, secret }),
      });
      return { status: response.statusCode, id: response.json<{ request?: string }>().request };
    },
    askAsOwner: async (user: string) => {
      const response = await server.inject({
        method: "POST",
        url: "/v1/subject/owner/erase",
        headers: { authorization: "Bearer owner" },
        payload: JSON.stringify({ format: 1, user }),
      });
      return response.statusCode;
    },
    tell: async (id: string, secret: string) => {
      const headers = { "x-tideline-secret": secret };
      const response = await server.inject({ url: `/v1/subject/requests/${id}`, headers });
      return response.json<Record<string, unknown>>();
    },
    look: async (id: string, install: string, address: string) => {
      const headers = { "x-tideline-secret": secretOf(install), "x-forwarded-for": address };
      return (await server.inject({ url: `/v1/subject/requests/${id}`, headers })).statusCode;
    },
  };
}

/** Addresses of networks of their own. */
const network = (index: number): string => `2001:db8:0:${index.toString(16)}::1`;

test("whoever has a write key fills no place of those who prove what they are, nor the owner's", async () => {
  const { catalog, ask, askAsOwner } = await openDesk(["own", "second", "third"]);
  for (let index = 0; index < 40; index += 1)
    expect([202, 503, 429]).toContain((await ask(`guess-${index}`, network(index % 4))).status);
  const open = await listRequests(catalog);
  expect(open.length).toBeLessThanOrEqual(8);
  expect((await ask("own", network(0))).status).toBe(202);
  expect((await ask("second", network(0))).status).toBe(202);
  // Their own bound is full now, and does not move for anybody.
  expect((await ask("third", network(9))).status).toBeGreaterThanOrEqual(429);
  for (let user = 0; user < 12; user += 1) expect(await askAsOwner(`user-${user}`)).toBe(202);
  const installs = (await listRequests(catalog)).map(({ install }) => install);
  expect(installs).toEqual(expect.arrayContaining(["own", "second"]));
});

test("one network takes no more than its share, however many addresses of it ask, and others find room", async () => {
  const { catalog, ask } = await openDesk([]);
  const statuses: number[] = [];
  for (let index = 0; index < 12; index += 1)
    statuses.push((await ask(`flood-${index}`, `2001:db8:0:1::${index + 1}`)).status);
  expect(statuses.filter((status) => status === 202)).toHaveLength(5);
  for (let index = 2; index < 12; index += 1)
    expect((await ask(`phone-${index}`, network(index))).status).toBe(202);
  const left = (await listRequests(catalog)).map(({ install }) => install!);
  expect(left.length).toBeLessThanOrEqual(8);
  expect(left.filter((install) => install.startsWith("flood-")).length).toBeLessThanOrEqual(2);
});

test("what has failed makes way for what has not been looked at yet", async () => {
  const { catalog, ask } = await openDesk([]);
  const { id } = await ask("first", network(1));
  const erase = () => Promise.reject(new Error("nobody is to be erased"));
  await settleRequests({ catalog, clock: () => 1, erase, onFault: () => undefined });
  await expect(findRequest(catalog, id!)).resolves.toMatchObject({ state: "failed" });
  for (let index = 0; index < 5; index += 1)
    expect((await ask(`next-${index}`, network(1))).status).toBe(202);
  await expect(findRequest(catalog, id!)).resolves.toBeUndefined();
  expect((await ask("one-more", network(1))).status).toBeGreaterThanOrEqual(429);
});

test("a neighbour at the same address holds up nobody who shows the right secret", async () => {
  const { ask, look } = await openDesk(["own"], { requests: 4 });
  const answers = new Set<number>();
  for (let index = 0; index < 60; index += 1) {
    // A wrong secret of a known install and an unknown install look the same, also where they are refused.
    const known = await ask("own", network(1), secretOf(`wrong-${index}`));
    const unknown = await ask("nobody", network(2), secretOf(`guess-${index}`));
    expect(known.status).toBe(unknown.status);
    answers.add(known.status);
  }
  expect(answers.size).toBe(2);
  const { status, id } = await ask("own", network(1));
  expect(status).toBe(202);
  expect(await look(id!, "own", network(1))).toBe(200);
  expect(await look(id!, "other", network(1))).toBeGreaterThanOrEqual(429);
});

test("a wrong secret, an install without a proof and one that nobody knows end alike, and tell nothing", async () => {
  const { catalog, ask, tell } = await openDesk(["own"]);
  const wrong = [
    ["own", secretOf("wrong")],
    ["old-phone-without-a-proof", secretOf("old-phone-without-a-proof")],
    ["never-seen", secretOf("never-seen")],
  ] as const;
  const ids = await Promise.all(
    wrong.map(async ([install, secret]) => (await ask(install, network(1), secret)).id!),
  );
  const erase = () => Promise.reject(new Error("nobody is to be erased"));
  await settleRequests({ catalog, clock: () => 1, erase, onFault: () => undefined });
  const told = await Promise.all(ids.map((id, index) => tell(id, wrong[index]![1])));
  for (const [index, { request, ...rest }] of told.entries()) {
    expect(request).toBe(ids[index]);
    expect(rest).toEqual({ format: 1, kind: "erase", state: "failed" });
  }
  // Asked again it is another request: what a phone that never had an answer takes for done.
  const again = await ask("never-seen", network(1), secretOf("never-seen"));
  expect(again.id).not.toBe(ids[2]);
});

test("the owner's request is settled before those of phones", async () => {
  const { catalog, ask, askAsOwner } = await openDesk(["own", "second"]);
  await ask("own", network(1));
  await ask("second", network(1));
  await askAsOwner("user");
  const order: (string | null)[] = [];
  const erase = async ({ install }: { readonly install: string | null }) => void order.push(install);
  await settleRequests({ catalog, clock: () => 1, erase, onFault: () => undefined });
  expect(order).toEqual([null, "own", "second"]);
});

test("exports that are done take nobody's place, and the oldest of whoever has most of them goes", async () => {
  const forged = Array.from({ length: 6 }, (_, index) => `forged-${index}`);
  const { catalog, ask, look, settle } = await openDesk(["own", "second", "quiet", ...forged], { proven: 4 });
  const take = async (install: string, address: string): Promise<string> => {
    const { status, id } = await ask(install, address, secretOf(install), "export");
    expect(status).toBe(202);
    await settle();
    return id!;
  };
  const quiet = await take("quiet", network(2));
  const ids: string[] = [];
  for (const install of forged) ids.push(await take(install, network(1)));
  // One address has had more exports than there are places, and everybody else is taken.
  for (const install of ["own", "second"]) expect((await ask(install, network(3))).status).toBe(202);
  const kept = (await listRequests(catalog, { states: ["done"] })).map(({ id }) => id);
  expect(kept.length).toBeLessThanOrEqual(4);
  expect(kept).toContain(quiet);
  expect(kept).not.toContain(ids[0]);
  expect(await look(quiet, "quiet", network(2))).toBe(200);
});
