import { createServer, type Server } from "node:http";
import { createMemorySubject, type MemorySubject } from "@tideline/device/testing";
import { decodeBatch, type Batch } from "@tideline/spec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeNetwork, type NodeNetwork } from "../apps/fleet/src/adapter/node-network.ts";
import { createWorld, platform, tap, type World } from "./device-fixture.ts";

let world: World;
let subject: MemorySubject;
let server: Server;
let network: NodeNetwork;
let address: string;
/** Batches that arrived. */
let batches: Batch[];
/** While true every connection is cut off. */
let away: boolean;

beforeEach(async () => {
  world = createWorld();
  subject = createMemorySubject(platform.text, platform.digest);
  batches = [];
  away = false;
  network = nodeNetwork();
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const method = request.method as "GET" | "POST";
      const headers = request.headers as Record<string, string>;
      const asked = { method, url: request.url!, headers, body, timeoutMs: 1000, maxBytes: 1e6 };
      const answer = async (): Promise<void> => {
        if (away) {
          response.destroy();
          return;
        }
        if (asked.url === "/v1/batch") batches.push(decodeBatch(body, platform.text).header as Batch);
        const answered =
          asked.url === "/v1/batch" ? world.collector.answer(asked) : await subject.answer(asked);
        response.writeHead(answered?.status ?? 404).end(answered?.body);
      };
      void answer();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => {
  network.close();
  server.closeAllConnections();
  server.close();
});

async function start() {
  const client = await world.start(
    { collect: address, console: address, limits: { attempts: 1, backoffMs: 1 } },
    { network },
  );
  await client.setConsent(["analytics"]);
  return client;
}

const disk = (): string =>
  [...world.files].map(([name, bytes]) => name + Buffer.from(bytes).toString("latin1")).join("\n");

test("batches carry the proof of a secret that no file, batch or diagnostics hold", async () => {
  const client = await start();
  await client.track(tap, { target: "a" });
  await client.flush();
  await (await start()).track(tap, { target: "b" });
  await (await start()).flush();
  const kept = world.secrets.get("install-secret")!;
  const secret = kept.slice(32);
  expect(Buffer.from(kept.slice(0, 32)).toString()).toBe(client.diagnostics().install);
  const proof = Buffer.from(await platform.digest(secret)).toString("hex");
  expect(batches.map((batch) => batch.proof)).toEqual([proof, proof]);
  const told = JSON.stringify([client.diagnostics(), batches, disk()]);
  expect(told).not.toContain(Buffer.from(secret).toString("hex"));
  expect(told).not.toContain(Buffer.from(secret).toString("base64"));
});

test("what is held can be asked for until it is there, and only with the secret", async () => {
  const client = await start();
  const { install } = client.diagnostics();
  const asked = await client.exportMe();
  expect(asked).toMatchObject({ kind: "export", install, request: "request-1", state: "accepted" });
  subject.taken[0]!.state = "done";
  const done = await (await start()).exportMe();
  expect(done).toMatchObject({ request: "request-1", state: "done" });
  expect(subject.taken).toHaveLength(1);
  const text = await (await fetch(`${done.url}/export`, { headers: done.headers })).text();
  expect(text).toBe(`{"install":"${install}"}\n`);
  expect((await fetch(`${done.url}/export`)).status).toBe(404);
  away = true;
  await expect(client.exportMe()).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("an erasure empties the phone at once, and begins a new install that nothing ties to the old one", async () => {
  const client = await start();
  await client.track(tap, { target: "secret-sent" });
  await client.flush();
  await client.track(tap, { target: "secret-waiting" });
  const before = client.diagnostics();
  const oldSecret = Buffer.from(world.secrets.get("install-secret")!);
  const erasure = await client.eraseMe();
  expect(erasure).toMatchObject({ kind: "erase", install: before.install, state: "accepted" });
  expect(subject.taken).toMatchObject([{ kind: "erase", install: before.install, proof: batches[0]!.proof }]);
  expect(disk()).not.toContain("secret-");
  expect(disk()).not.toContain(before.install);
  const after = client.diagnostics();
  expect(after.install).not.toBe(before.install);
  expect(after).toMatchObject({ epoch: 1, events: { recorded: 0, pending: 0 } });
  expect(Buffer.from(world.secrets.get("install-secret")!).subarray(32)).not.toEqual(oldSecret.subarray(32));
  // What consent allows goes on, as somebody else's.
  expect(await client.track(tap, { target: "new" })).toMatchObject({ install: after.install, seq: 1 });
  await client.flush();
  expect(batches.at(-1)).toMatchObject({ install: after.install });
  expect(batches.at(-1)!.proof).not.toBe(batches[0]!.proof);
  expect(JSON.stringify(client.diagnostics())).not.toContain(oldSecret.subarray(32).toString("hex"));
});

test("without a network it is remembered over restarts until the server knows, and asked after until it is done", async () => {
  const first = await start();
  const { install } = first.diagnostics();
  away = true;
  expect(await first.eraseMe()).toMatchObject({ install, request: null, state: "pending", url: null });
  await (await start()).flush();
  expect(subject.taken).toEqual([]);
  away = false;
  const client = await start();
  await client.flush();
  expect(subject.taken).toMatchObject([{ kind: "erase", install }]);
  expect(client.diagnostics().requests).toMatchObject([{ install, state: "accepted", request: "request-1" }]);
  subject.taken[0]!.state = "done";
  await client.flush();
  const again = await start();
  expect(again.diagnostics().requests).toEqual([
    { kind: "erase", install, request: "request-1", state: "done" },
  ]);
  // What is done is not asked for any more.
  const asked = subject.asked;
  await again.flush();
  expect(subject.asked).toBe(asked);
  expect(subject.taken).toHaveLength(1);
  expect(again.diagnostics().install).not.toBe(install);
});

test("an erasure that was torn apart anywhere is finished at the next start", async () => {
  for (let step = 0; ; step += 1) {
    world = createWorld();
    const victim = await start();
    await victim.track(tap, { target: "secret-target" });
    const { install } = victim.diagnostics();
    await victim.close();
    let left = step;
    const storage = () => world.storage();
    /** Lets so many removals and replacements happen, then nothing any more. */
    const dying = <Call extends (...call: never[]) => Promise<void>>(call: Call): Call =>
      ((...parameters) => {
        left -= 1;
        if (left < 0) return Promise.reject(new Error("gone"));
        return call(...parameters);
      }) as Call;
    const client = await world
      .start(
        { collect: address, console: address },
        {
          network,
          storage: {
            append: (name, bytes) => storage().append(name, bytes),
            read: (name) => storage().read(name),
            list: (prefix) => storage().list(prefix),
            write: dying((name: string, bytes: Uint8Array) => storage().write(name, bytes)),
            remove: dying((name: string) => storage().remove(name)),
          },
        },
      )
      .catch(() => null);
    if (client === null) continue;
    const whole = await client.eraseMe().then(
      () => true,
      () => false,
    );
    const again = await start();
    if (again.diagnostics().requests.length > 0) {
      expect(disk()).not.toContain("secret-target");
      expect(again.diagnostics().install).not.toBe(install);
      await again.flush();
      expect(subject.taken.some((request) => request.install === install)).toBe(true);
    }
    if (whole) break;
  }
});

test("what is on its way when the person asks is not sent again, and writing to the old queue is over", async () => {
  const client = await start();
  await client.track(tap, { target: "secret-target" });
  away = true;
  await client.flush();
  away = false;
  const [, erasure] = await Promise.all([client.track(tap, { target: "secret-late" }), client.eraseMe()]);
  expect(erasure.state).toBe("accepted");
  await client.flush();
  expect(batches.filter(({ install }) => install === erasure.install)).toEqual([]);
  expect(disk()).not.toContain("secret-");
});

test("an erasure that is asked for twice at once is one, and so is the end", async () => {
  const client = await start();
  await client.track(tap, { target: "a" });
  const { install } = client.diagnostics();
  const [first, second] = await Promise.all([client.eraseMe(), client.eraseMe()]);
  expect(second).toBe(first);
  expect(first).toMatchObject({ install, state: "accepted" });
  expect(subject.taken).toHaveLength(1);
  expect(client.diagnostics().requests).toHaveLength(1);
  const identity = JSON.parse(platform.text.decode(world.files.get("identity.json")!)) as object;
  expect(identity).toMatchObject({ install: client.diagnostics().install, starts: 1 });
  const next = client.eraseMe();
  await Promise.all([client.close(), client.close(), next]);
  await client.close();
  await expect(client.eraseMe()).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  expect((await next).install).not.toBe(install);
});

test("an install of which the server knows nothing ends as done; one that it cannot erase does not", async () => {
  const client = await start();
  const unsent = client.diagnostics().install;
  await client.eraseMe();
  await client.track(tap, { target: "a" });
  await client.flush();
  const sent = client.diagnostics().install;
  await client.eraseMe();
  // As the server ends requests whose proof it does not know.
  for (const request of subject.taken) request.state = "failed";
  await client.flush();
  const states = Object.fromEntries(
    client.diagnostics().requests.map(({ install, state }) => [install, state]),
  );
  expect(states).toEqual({ [unsent]: "done", [sent]: "accepted" });
  // After an epoch that took nothing to the server, it still knows the install.
  const before = await start();
  await before.track(tap, { target: "b" });
  await before.flush();
  await before.close();
  for (const instance of ["copy-1", "copy-2"]) {
    const restored = await world.start({ collect: address, console: address }, { network, instance });
    await restored.setConsent(["analytics"]);
    if (instance === "copy-1") await restored.close();
    else await restored.eraseMe();
  }
  subject.taken.at(-1)!.state = "failed";
  const last = await start();
  await last.flush();
  expect(last.diagnostics().requests.at(-1)).toMatchObject({ state: "accepted" });
});

test("erasures that wait for the server are bounded, each fits the secure storage, and none is dropped for another", async () => {
  away = true;
  const client = await start();
  const installs: string[] = [];
  for (let count = 0; count < 8; count += 1) {
    installs.push(client.diagnostics().install);
    expect(await client.eraseMe()).toMatchObject({ state: "pending" });
  }
  await client.track(tap, { target: "stays" });
  await expect(client.eraseMe()).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(client.diagnostics().events).toMatchObject({ pending: 1 });
  for (const bytes of world.secrets.values()) expect(bytes.length).toBeLessThanOrEqual(1024);
  away = false;
  const again = await start();
  await again.flush();
  expect(subject.taken.map(({ install }) => install)).toEqual(installs);
  for (const index of [2, 5]) subject.taken[index]!.state = "done";
  await again.flush();
  for (let count = 0; count < 2; count += 1) {
    installs.push(again.diagnostics().install);
    await again.eraseMe();
  }
  await expect(again.eraseMe()).rejects.toMatchObject({ code: "OVERLOADED" });
  const kept = (await start()).diagnostics().requests.map(({ install }) => install);
  expect(kept.sort()).toEqual(installs.filter((_, index) => index !== 2 && index !== 5).sort());
});

test("erasures that the version before remembered are gone on with", async () => {
  const first = await start();
  const { install } = first.diagnostics();
  const kept = world.secrets.get("install-secret")!;
  await first.close();
  const secret = Buffer.from(kept.subarray(32)).toString("hex");
  const old = [install, "b".repeat(32)].map((one) => ({
    kind: "erase",
    install: one,
    request: null,
    state: "pending",
    secret: one === install ? secret : "cd".repeat(32),
  }));
  world.secrets.set("erasures", platform.text.encode(JSON.stringify(old)));
  const client = await start();
  expect(client.diagnostics().install).not.toBe(install);
  await client.flush();
  expect(subject.taken.map((request) => request.install)).toEqual([install, "b".repeat(32)]);
  for (const request of subject.taken) request.state = "done";
  await client.flush();
  const requests = (await start()).diagnostics().requests;
  expect(requests.map(({ install: of, state }) => [of, state])).toEqual([
    [install, "done"],
    ["b".repeat(32), "done"],
  ]);
});

test("an erasure that the storage broke off can be asked for again, and is one", async () => {
  let broken = false;
  const storage = {
    append: (name: string, bytes: Uint8Array) => world.storage().append(name, bytes),
    read: (name: string) => world.storage().read(name),
    write: (name: string, bytes: Uint8Array) => world.storage().write(name, bytes),
    list: (prefix: string) => world.storage().list(prefix),
    remove: (name: string) =>
      broken ? Promise.reject(new Error("I/O error")) : world.storage().remove(name),
  };
  const client = await world.start({ collect: address, console: address }, { network, storage });
  await client.setConsent(["analytics"]);
  await client.track(tap, { target: "secret-target" });
  const { install } = client.diagnostics();
  broken = true;
  await expect(client.eraseMe()).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  broken = false;
  expect(await client.eraseMe()).toMatchObject({ install, state: "accepted" });
  expect(client.diagnostics().requests).toHaveLength(1);
  expect(disk()).not.toContain("secret-");
  expect(await client.track(tap, { target: "new" })).toMatchObject({ seq: 1 });
});
