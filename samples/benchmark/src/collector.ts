import type { BenchmarkArtifact, BenchmarkPlan, BenchmarkReport } from "@tideline/spec/benchmark";
import * as Crypto from "expo-crypto";

/** Where the cases come from, and the report goes to: what `tideline benchmark --serve` printed. */
export interface Collector {
  readonly address: string;
  readonly token: string;
}

/** A plan, and the digest under which reports of it are taken. */
export interface FetchedPlan {
  readonly plan: BenchmarkPlan;
  readonly digest: string;
}

/** The address and token of a link such as `tideline-benchmark://run?address=...&token=...`; `null` for another one. */
export function collectorOf(link: string | null): Collector | null {
  const found = /^tideline-benchmark:\/\/run\?address=([^&]+)&token=([A-Za-z0-9_-]+)$/.exec(link ?? "");
  if (found === null) return null;
  return { address: decodeURIComponent(found[1]!), token: found[2]! };
}

async function ask({ address, token }: Collector, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${address.replace(/\/+$/, "")}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => null)) as { message?: string } | null;
  throw new Error(answer?.message ?? `The server answered ${response.status}.`);
}

/** Fetches the plan. */
export async function fetchPlan(collector: Collector): Promise<FetchedPlan> {
  const response = await ask(collector, "/plan");
  const plan = (await response.json()) as BenchmarkPlan;
  if (plan.format !== 1 || plan.kind !== "benchmark-plan")
    throw new Error("This app is older than the plan: build it again from the same version of Tideline.");
  return { plan, digest: response.headers.get("x-plan-sha256") ?? "" };
}

/** Fetches a file and makes sure, by the phone's own SHA-256, that it is the one. */
export async function fetchArtifact(
  collector: Collector,
  { sha256, kind }: BenchmarkArtifact,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(await (await ask(collector, `/artifact/${sha256}`)).arrayBuffer());
  const digest = new Uint8Array(await Crypto.digest(Crypto.CryptoDigestAlgorithm.SHA256, bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== sha256) throw new Error(`${kind}: the file that came is not the one of the plan.`);
  return bytes;
}

/** Hands a report in; it may be handed in again. */
export async function handIn(collector: Collector, report: BenchmarkReport): Promise<void> {
  const headers = { "content-type": "application/json" };
  await ask(collector, "/report", { method: "POST", headers, body: JSON.stringify(report) });
}
