/**
 * The page of `tideline benchmark --serve`, in any browser: fetches the plan with the token of its address, runs all cases (or the one
 * that the address names, as the command itself asks of a browser it started) and hands its report in.
 */
import {
  NO_CONDITIONS,
  loadCase,
  runCase,
  runPlan,
  type BenchmarkArtifact,
  type BenchmarkPlan,
  type BenchmarkReport,
  type CasePorts,
  type CaseReport,
} from "@tideline/spec/benchmark";
import { pageRuntimes } from "./page-runtime.ts";

/** The part of a browser that is used. */
const page = globalThis as unknown as {
  readonly location: { readonly hash: string };
  readonly document: { getElementById(id: string): { textContent: string } };
  readonly navigator: { readonly userAgent: string; readonly hardwareConcurrency?: number };
};

const asked = new URLSearchParams(page.location.hash.slice(1));
const headers = { authorization: `Bearer ${asked.get("token") ?? ""}` };
const say = (line: string): void => {
  page.document.getElementById("state").textContent = line;
};

async function get(path: string): Promise<Response> {
  const response = await fetch(path, { headers });
  if (response.ok) return response;
  const { message = `status ${response.status}` } = (await response.json().catch(() => ({}))) as {
    message?: string;
  };
  throw new Error(message);
}

const fetchArtifact = async ({ sha256 }: BenchmarkArtifact): Promise<Uint8Array> =>
  new Uint8Array(await (await get(`/artifact/${sha256}`)).arrayBuffer());

const ports: CasePorts = {
  now: () => performance.now(),
  memory: async () =>
    asked.has("case")
      ? ((await (await get("/memory")).json()) as { now: number; peak: number } | string)
      : "a page is not told the memory of its process",
  rest: () => new Promise((resolve) => setTimeout(resolve, 0)),
};

/** The one case that the address names, for this fresh browser. */
async function caseOf(plan: BenchmarkPlan, kind: string, litertVersion: string) {
  const artifact = plan.artifacts.find((one) => one.kind === kind)!;
  const runtime = pageRuntimes({ litertVersion }).find(({ name }) => name === asked.get("runtime"))!;
  return { plan, artifact, bytes: await fetchArtifact(artifact), runtime, ports };
}

/** Hands something in. */
async function handIn(path: string, what: object): Promise<void> {
  say("Handing the report in");
  const answer = await fetch(path, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(what),
  });
  if (!answer.ok) throw new Error(((await answer.json()) as { message: string }).message);
}

async function main(): Promise<void> {
  say("Fetching the plan");
  const response = await get("/plan");
  const plan = (await response.json()) as BenchmarkPlan;
  const litertVersion = response.headers.get("x-litert-version") ?? "unknown";
  const kind = asked.get("case");
  if (kind !== null && asked.get("task") === "load") {
    await handIn("/load", await loadCase(await caseOf(plan, kind, litertVersion)));
    return say("Done: the case was loaded.");
  }
  const cases: readonly CaseReport[] =
    kind === null
      ? await runPlan({
          plan,
          runtimes: pageRuntimes({ litertVersion }),
          fetchArtifact,
          ports,
          tell: (at, of, what) => say(`${at + 1} of ${of}: ${what}`),
        })
      : [await runCase({ ...(await caseOf(plan, kind, litertVersion)), fresh: true })];
  const report: BenchmarkReport = {
    format: 1,
    kind: "benchmark-report",
    id: Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join(""),
    plan: response.headers.get("x-plan-sha256") ?? "",
    at: Date.now(),
    device: {
      kind: "browser",
      name: page.navigator.userAgent.slice(0, 200),
      system: "as the browser's name says",
      processor: null,
      cores: page.navigator.hardwareConcurrency ?? null,
      memoryBytes: null,
    },
    before: NO_CONDITIONS,
    after: NO_CONDITIONS,
    cases,
  };
  await handIn(`/report${kind === null ? "" : "?case=1"}`, report);
  const timed = cases.filter(({ state }) => state === "timed").length;
  say(`Done: ${timed} of ${cases.length} cases timed; the report is handed in.`);
}

main().catch((error: unknown) => say(`Failed: ${error instanceof Error ? error.message : String(error)}`));
