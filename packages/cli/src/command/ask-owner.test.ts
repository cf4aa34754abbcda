import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commit, openCatalog, openKeys, ownFolder, recordRelease, type OwnerFile } from "@tideline/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleReleaseRow } from "../../../pipeline/src/flow/testing/sample-release-row.ts";
import { askOwner } from "./ask-owner.ts";
import { createKeysCommand } from "./keys.ts";
import { changeReleaseCommand } from "./release.ts";
import { subjectEraseCommand } from "./subject-erase.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-ask-"));
let answer: RequestListener;
const server = createServer((request, response) => {
  // A connection that is kept would outlive the server's answer to one test, and fail in the next.
  response.setHeader("connection", "close");
  answer(request, response);
});
const say =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);
let owner: OwnerFile;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const console = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const addresses = { console, collect: null };
  owner = { format: 1, pid: 7, epoch: 1, command: "test", started: 0, addresses, token: "token" };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(work, { recursive: true, force: true });
});

test("what the owner answers is given, with its token shown", async () => {
  answer = (request, response) => {
    const { method, headers } = request;
    response.end(JSON.stringify({ method, path: request.url, token: headers.authorization }));
  };
  const told = { path: "/x", token: "Bearer token" };
  expect(await askOwner(owner, "/x")).toEqual({ ...told, method: "GET" });
  expect(await askOwner(owner, "/x", { body: {} })).toEqual({ ...told, method: "POST" });
});

test("what the owner refuses keeps its code and its sentence, with the code once", async () => {
  answer = say(
    400,
    '{"code":"ARGUMENT_INVALID","message":"subject: user: expected text [ARGUMENT_INVALID]"}',
  );
  await expect(askOwner(owner, "/x")).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
    message: "process 7: received subject: user: expected text [ARGUMENT_INVALID]",
  });
});

const FOREIGN: readonly (readonly [what: string, answer: RequestListener, received: RegExp])[] = [
  ["a page of a proxy", say(502, "<html>Bad gateway</html>"), /HTTP status 502/],
  ["a page that claims success", say(200, "<html>Sign in</html>"), /HTTP status 200 with no JSON/],
  ["a number", say(200, "7"), /HTTP status 200 with no JSON/],
  ["a code of nobody", say(500, '{"code":"toString","message":"x"}'), /HTTP status 500/],
  ["a code without a sentence", say(500, '{"code":"NOT_FOUND"}'), /HTTP status 500/],
  ["an error of nothing", say(500, "null"), /HTTP status 500/],
  ["a way to another place", say(307, "", { location: "http://127.0.0.1:1/" }), /HTTP status 307/],
  ["nothing", (request) => void request.socket.destroy(), /received none\./],
  ["nothing in time", () => undefined, /none within 0\.3 seconds/],
  ["a half in time", (_request, response) => void response.write("{"), /none within 0\.3 seconds/],
];
test.each(FOREIGN)("%s is no answer", async (_, listener, received) => {
  answer = listener;
  const asked = askOwner(owner, "/x", { patience: 300 });
  await expect(asked).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringMatching(received),
  });
});

test("an erasure and a roll-out ask in this way", async () => {
  const folder = join(work, "folder");
  await createKeysCommand(folder, { rootKey: join(work, "vault") });
  const mine = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: mine.epoch });
  const keys = await openKeys(join(folder, "keys"), { now: Date.now() });
  const row = sampleReleaseRow(keys, { version: 1, model: "a", kill: false, status: "offered" });
  await commit(catalog, (writer) => recordRelease(writer, row));
  await catalog.close();
  await mine.announce({ console: owner.addresses.console!, collect: "http://127.0.0.1:1", token: "token" });
  const erase = () => subjectEraseCommand({ folder, user: "anna", dryRun: false, models: "keep" });
  const halt = () => changeReleaseCommand(folder, undefined, { kind: "halt" });
  for (const ask of [erase, halt]) {
    answer = say(429, '{"code":"OVERLOADED","message":"too much at once [OVERLOADED]"}');
    await expect(ask()).rejects.toThrow(/process \d+: received too much at once \[OVERLOADED\]/);
    answer = say(502, "<html>");
    await expect(ask()).rejects.toThrow(/HTTP status 502.*\[UNAVAILABLE\]/);
  }
  mine.release();
});
