import { get } from "node:http";
import { loadTable } from "@tideline/predict";
import { NO_CONDITIONS, runCase, tableCase, type BenchmarkReport } from "@tideline/spec/benchmark";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tablePlan } from "../../../../test/benchmark/table-plan.ts";
import { machine } from "./machine.ts";
import { serveBenchmark, type BenchmarkServer } from "./server.ts";

const { plan, bytes } = tablePlan("boosted-1");
const [artifact] = plan.artifacts;
let server: BenchmarkServer;
let report: BenchmarkReport;
let taken: BenchmarkReport[] = [];
let failing = false;

beforeAll(async () => {
  server = await serveBenchmark({
    files: { plan, files: new Map([[artifact!.sha256, bytes]]), left: [] },
    host: "127.0.0.1",
    port: 0,
    take: async (one) => {
      if (failing) throw new Error("the disk is full, at /secret/path");
      await new Promise((resolve) => setTimeout(resolve, 5));
      taken.push(one);
    },
  });
  const runtime = tableCase(loadTable, "1");
  const one = await runCase({
    plan,
    artifact: artifact!,
    bytes,
    runtime,
    ports: { now: () => performance.now() },
    fresh: true,
  });
  report = {
    format: 1,
    kind: "benchmark-report",
    id: "0123456789abcdef",
    plan: server.planDigest,
    at: Date.now(),
    device: machine(),
    before: NO_CONDITIONS,
    after: NO_CONDITIONS,
    cases: [one],
  };
});
afterAll(() => server.close());
beforeEach(() => {
  taken = [];
});

const ask = (path: string, init: RequestInit = {}, token: string | null = server.token) =>
  fetch(server.address + path, {
    ...init,
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...init.headers },
  });
const post = (body: unknown, token?: string | null) =>
  ask("/report", { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }, token);
const answerOf = async (response: Promise<Response>): Promise<string> => {
  const found = await response;
  const { code = "", message = "" } = (await found.json()) as { code?: string; message?: string };
  if (code !== "") expect(message).toContain(`[${code}]`);
  return `${found.status} ${code}`.trim();
};
let next = 0;
const fresh = (change: object = {}): object => ({ ...report, id: `report-${(next += 1)}-000`, ...change });

test("a device with the token gets the plan and its files, and its report is taken", async () => {
  const response = await ask("/plan");
  expect(response.headers.get("x-plan-sha256")).toBe(server.planDigest);
  expect(await response.json()).toEqual(plan);
  const file = await ask(`/artifact/${artifact!.sha256}`);
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
  expect(await answerOf(post(report))).toBe("201");
  expect(taken).toEqual([report]);
});

test("without the token, or with another, nothing is given and nothing is taken", async () => {
  const wrong = [
    null,
    "",
    `${server.token}x`,
    server.token.slice(0, -1),
    server.token.toLowerCase().toUpperCase(),
  ];
  for (const token of wrong) {
    for (const path of ["/plan", `/artifact/${artifact!.sha256}`, "/memory"])
      expect([path, await answerOf(ask(path, {}, token))]).toEqual([path, "401 UNAUTHORISED"]);
    expect(await answerOf(post(fresh(), token))).toBe("401 UNAUTHORISED");
  }
  // A body is not read of whom it is not known.
  expect(await answerOf(post(" ".repeat(5 << 20), null))).toBe("401 UNAUTHORISED");
  expect(taken).toEqual([]);
});

test("the same report twice is one, at once too; another one under its id is refused", async () => {
  const own = fresh();
  const answers = await Promise.all([post(own), post(own), post(own)].map(answerOf));
  expect(answers.toSorted()).toEqual(["200", "200", "201"]);
  expect(await answerOf(post(own))).toBe("200");
  expect(taken).toHaveLength(1);
  expect(await answerOf(post({ ...own, at: 1 }))).toBe("400 DATA_MALFORMED");
  expect(taken).toHaveLength(1);
});

test("a report that could not be stored is an error of the server that says nothing of its files, and may come again", async () => {
  const own = fresh();
  failing = true;
  const response = await post(own);
  failing = false;
  const text = await response.text();
  expect([response.status, text.includes("secret")]).toEqual([500, false]);
  expect(await answerOf(post(own))).toBe("201");
});

describe("what is no report of this plan is refused", () => {
  const one = (): BenchmarkReport["cases"][number] => report.cases[0]!;
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ["too large", () => JSON.stringify(fresh({ pad: "x".repeat(5 << 20) })), "413 BATCH_TOO_LARGE"],
    ["no JSON", () => "{", "400 DATA_MALFORMED"],
    ["nothing", () => "", "400 DATA_MALFORMED"],
    ["a list", () => [], "400 DATA_MALFORMED"],
    ["another format", () => fresh({ format: 2 }), "400 DATA_MALFORMED"],
    ["a field too many", () => fresh({ extra: 1 }), "400 DATA_MALFORMED"],
    ["another plan", () => fresh({ plan: "0".repeat(64) }), "400 DATA_MALFORMED"],
    ["an id that leads out of a folder", () => fresh({ id: "../../../etc/x" }), "400 DATA_MALFORMED"],
    ["a moment that no date is", () => fresh({ at: 1e20 }), "400 DATA_MALFORMED"],
    [
      "a figure that no sum holds",
      () => fresh({ cases: [{ ...one(), times: { ...one().times!, meanMs: 1.7e308 } }] }),
      "400 DATA_MALFORMED",
    ],
    ["no case", () => fresh({ cases: [] }), "400 DATA_MALFORMED"],
    ["another file", () => fresh({ cases: [{ ...one(), sha256: "1".repeat(64) }] }), "400 DATA_MALFORMED"],
    ["another size", () => fresh({ cases: [{ ...one(), bytes: 1 }] }), "400 DATA_MALFORMED"],
    [
      "percentiles that fall",
      () => fresh({ cases: [{ ...one(), times: { ...one().times!, p99Ms: one().times!.p90Ms / 2 } }] }),
      "400 DATA_MALFORMED",
    ],
    [
      "a time below zero",
      () => fresh({ cases: [{ ...one(), times: { ...one().times!, firstMs: -1 } }] }),
      "400 DATA_MALFORMED",
    ],
    [
      "a cold load that is no sum",
      () => fresh({ cases: [{ ...one(), times: { ...one().times!, coldMs: one().times!.coldMs + 1 } }] }),
      "400 DATA_MALFORMED",
    ],
    [
      "a cold load that is none of its processes'",
      () =>
        fresh({
          cases: [
            { ...one(), times: { ...one().times!, cold: { processes: 5, leastMs: 1e6, mostMs: 2e6 } } },
          ],
        }),
      "400 DATA_MALFORMED",
    ],
    ["times without a check", () => fresh({ cases: [{ ...one(), check: null }] }), "400 DATA_MALFORMED"],
    [
      "times of wrong answers",
      () => fresh({ cases: [{ ...one(), check: { ...one().check!, wrong: 1 } }] }),
      "400 DATA_MALFORMED",
    ],
    [
      "a failure without a reason",
      () => fresh({ cases: [{ ...one(), state: "failed", times: null }] }),
      "400 DATA_MALFORMED",
    ],
  ];
  test.each(cases)("%s", async (_, body, expected) => {
    expect(await answerOf(post(body()))).toBe(expected);
    expect(taken).toEqual([]);
  });

  test("the answer names the field", async () => {
    const { message } = (await (await post(fresh({ at: "now" }))).json()) as { message: string };
    expect(message).toContain("/at");
  });
});

test("the page gives its own files and the runtimes', and no others", async () => {
  const page = await ask("/", {}, null);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await page.text()).not.toContain(server.token);
  const module = await ask("/module/spec/benchmark/run-case.ts", {}, null);
  expect(module.headers.get("content-type")).toContain("javascript");
  expect(await module.text()).not.toMatch(/: Promise<|interface /);
  for (const path of [
    "/module/spec/..%2f..%2fpackage.json",
    "/module/spec/../package.json",
    "/module/page/../server.ts",
    "/module/cli/main.ts",
    "/module/spec/benchmark/run-case.test.ts",
    "/vendor/litert/package.json",
    "/vendor/constructor/x.js",
    "/module/__proto__/x.ts",
    "/plan.json",
    "/artifact",
  ])
    expect([path, (await ask(path, {}, null)).status]).toEqual([path, 404]);
  expect(await answerOf(ask(`/artifact/${"0".repeat(64)}`))).toBe("404 NOT_FOUND");
});

test("the one browser that loads a case hands its times in, and nobody else", async () => {
  const load = { startMs: 80, loadMs: 4, firstMs: 2 };
  const hand = (body: object, token?: string) =>
    answerOf(ask("/load", { method: "POST", body: JSON.stringify(body) }, token));
  expect(await hand(load)).toBe("404 NOT_FOUND");
  const waited = server.expectCase(() => "");
  expect(await hand(load, "another")).toBe("401 UNAUTHORISED");
  expect(await hand({ ...load, firstMs: -1 })).toBe("400 DATA_MALFORMED");
  expect((await ask("/load", { method: "POST", body: JSON.stringify(load) })).status).toBe(204);
  expect(await waited.load).toEqual(load);
  waited.cancel();
  expect(await hand(load)).toBe("404 NOT_FOUND");
});

test("a path of two slashes is none, and no fault of the server", async () => {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  // `fetch` would take it for a host.
  get({ port: new URL(server.address).port, path: "//[" }, ({ statusCode }) => resolve(statusCode));
  expect(await promise).toBe(404);
});

test("a host that nobody knows is said", async () => {
  const files = { plan, files: new Map(), left: [] };
  await expect(
    serveBenchmark({ files, host: "nowhere.invalid", port: 0, take: async () => {} }),
  ).rejects.toMatchObject({ code: "ARGUMENT_INVALID", message: expect.stringContaining("--host") });
});

test("a port that is taken is said", async () => {
  const port = Number(new URL(server.address).port);
  await expect(
    serveBenchmark({
      files: { plan, files: new Map(), left: [] },
      host: "127.0.0.1",
      port,
      take: async () => {},
    }),
  ).rejects.toMatchObject({ code: "PORT_IN_USE" });
});
