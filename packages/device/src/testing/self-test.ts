import { messageOf } from "@tideline/spec";
import type { DevicePorts } from "../ports.ts";
import type { PortCheck } from "./check.ts";
import { TIME_CHECKS } from "./time-checks.ts";
import { DIGEST_CHECKS } from "./digest-checks.ts";
import { GZIP_CHECKS } from "./gzip-checks.ts";
import { NETWORK_CHECKS } from "./network-checks.ts";
import { prefixedStorage, removePrefixed } from "./prefixed-storage.ts";
import { RANDOM_CHECKS } from "./random-checks.ts";
import { RUNTIME_CHECKS, type RuntimeFactory } from "./runtime-checks.ts";
import { SECURE_CHECKS } from "./secure-checks.ts";
import { STORAGE_CHECKS } from "./storage-checks.ts";
import { TEXT_CHECKS } from "./text-checks.ts";
import { VERIFY_CHECKS } from "./verify-checks.ts";

/** What came of one check. */
export interface CheckResult {
  /** `storage`, `network`, `time` and so on; a runtime's is `runtime tier/name`. */
  readonly port: string;
  readonly name: string;
  /** Milliseconds of the monotonic clock. */
  readonly ms: number;
  /** What was wrong; null where nothing was. */
  readonly failure: string | null;
}

/** What came of a self-test. */
export interface SelfTestReport {
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly CheckResult[];
}

/** What a self-test may use beside the ports. */
export interface SelfTestOptions {
  /** Base URL of a server that answers as `answerEcho` says; without it most checks of the network are passed over. */
  readonly echo?: string;
  /** A model for each runtime that is to be tried. */
  readonly models?: readonly RuntimeFactory[];
}

/** What the self-test's own files begin with. */
const PREFIX = "self-test-";

/**
 * Tries every port of a platform on this very device, without a test framework: what an adapter's own tests run on a
 * desk, an app can run on the phone of somebody for whom it does not work. Leaves nothing behind. Takes a second or
 * two; close the client first, or give it a storage of its own.
 *
 * @example console.log(describeSelfTest(await runSelfTest(ports)));
 */
export async function runSelfTest(
  ports: DevicePorts,
  options: SelfTestOptions = {},
): Promise<SelfTestReport> {
  const { storage, secure, network, text, monotonic } = ports;
  const results: CheckResult[] = [];
  const run = async <Factory>(
    port: string,
    checks: readonly PortCheck<Factory>[],
    factory: Factory,
  ): Promise<void> => {
    for (const check of checks) {
      const begun = monotonic();
      const failure = await check.run(factory).then(
        () => null,
        (error: unknown) => messageOf(error),
      );
      results.push({ port, name: check.name, ms: monotonic() - begun, failure });
    }
  };

  await run("time", TIME_CHECKS, ports);
  await run("random", RANDOM_CHECKS, ports.random);
  await run("text", TEXT_CHECKS, text);
  await run("digest", DIGEST_CHECKS, ports.digest);
  await run("verify", VERIFY_CHECKS, ports.verify);
  await run("gzip", GZIP_CHECKS, ports.gzip);
  await run("storage", STORAGE_CHECKS, {
    create: async () => {
      await removePrefixed(storage, PREFIX);
      const part = prefixedStorage(storage, PREFIX);
      return { storage: part, reopen: async () => prefixedStorage(storage, PREFIX) };
    },
  });
  await removePrefixed(storage, PREFIX).catch(() => undefined);
  const clear = async (): Promise<void> => {
    for (const name of ["check-a", "check-b"]) await secure.remove(name);
  };
  await run("secure storage", SECURE_CHECKS, {
    create: async () => {
      await clear();
      return { secure, reopen: async () => secure };
    },
  });
  await clear().catch(() => undefined);
  await run("network", NETWORK_CHECKS, { network, echo: options.echo ?? null, text });
  for (const model of options.models ?? []) {
    const { tier, name } = model.runtime;
    await run(`runtime ${tier}/${name}`, RUNTIME_CHECKS, model);
  }
  const failed = results.filter(({ failure }) => failure !== null).length;
  return { passed: results.length - failed, failed, results };
}

/** A report as a page that a person reads: what does not work first, then each port with its time. */
export function describeSelfTest({ passed, failed, results }: SelfTestReport): string {
  const broken = results.flatMap(({ port, name, failure }) =>
    failure === null ? [] : [`BROKEN ${port}: ${name}`, `       ${failure}`],
  );
  const ports = [...new Set(results.map(({ port }) => port))].map((port) => {
    const own = results.filter((result) => result.port === port);
    const good = own.filter(({ failure }) => failure === null).length;
    const ms = own.reduce((sum, result) => sum + result.ms, 0);
    return `${good === own.length ? "ok    " : "BROKEN"} ${port}: ${good} of ${own.length}, ${ms.toFixed(0)} ms`;
  });
  const verdict =
    failed === 0 ? `All ${passed} checks passed.` : `${failed} of ${passed + failed} checks failed.`;
  return [verdict, ...broken, ...ports].join("\n");
}
