import {
  canonicalJson,
  isTidelineError,
  peekEnvelope,
  tidelineError,
  verifyRelease,
  type AppDefinition,
  type Capabilities,
  type Envelope,
  type ErrorCode,
  type ModelDefinition,
  type ReleaseMetadata,
} from "@tideline/spec";
import { artifactStore, type BundledArtifacts } from "./artifact.ts";
import { askJson } from "./ask.ts";
import type { ClientLimits } from "./limits.ts";
import { openModelRunner, type ModelRunner } from "./model-runner.ts";
import type { DevicePorts } from "./ports.ts";
import { openReleaseStore } from "./release-state.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import { createSerial } from "./serial.ts";
import type { Tally } from "./tally.ts";
import type { Trust } from "./trust.ts";

/** What became of a call of `update`. */
export interface UpdateOutcome {
  /**
   * `activated`: a new model runs. `current`: nothing newer. `killed`: the model is switched off. `kept`: what was
   * offered could not be taken, `code` says why, the last good model stays. `offline`: nobody answered.
   */
  readonly result: "activated" | "current" | "killed" | "kept" | "offline";
  /** Version of the release in use, 0 for none. */
  readonly version: number;
  readonly code: ErrorCode | null;
}

/** The state of a model's releases, for `diagnostics`. */
export interface ReleaseStatus {
  /** Version and id of the model that runs; 0 and `none` for none. */
  readonly version: number;
  readonly id: string;
  /** `tier/name` of the runtime that runs it, or null. */
  readonly runtime: string | null;
  /** Highest version that was ever accepted. */
  readonly accepted: number;
  readonly killed: boolean;
  /** Milliseconds for a window of the self-test, by `version/tier/name/library version`. */
  readonly times: Readonly<Record<string, number>>;
  /** What crashed or failed its self-test twice and is not tried again, likewise. */
  readonly skipped: readonly (string | number)[];
  readonly lastCode: ErrorCode | null;
}

/** A signed release in the app's own package. */
export interface BundledRelease {
  readonly envelope: Envelope;
  /** Gives the artifacts that it names; null for any other. */
  readonly artifacts: BundledArtifacts;
}

/** The place of one model on the phone: what runs, and how it is replaced. */
export interface ReleaseSlot extends Pick<ModelRunner, "run"> {
  update(): Promise<UpdateOutcome>;
  status(): ReleaseStatus;
  dispose(): Promise<void>;
}

/** What {@link openReleaseSlot} needs. */
export interface ReleaseSlotOptions {
  readonly ports: DevicePorts;
  readonly limits: ClientLimits;
  readonly tally: Tally;
  readonly trust: Trust;
  readonly app: AppDefinition;
  readonly model: ModelDefinition;
  readonly console: string;
  readonly channel: string;
  readonly environment: "development" | "production";
  readonly bundled: readonly BundledRelease[];
}

/** Bytes of a manifest; the window and the requirements take 3 kB. */
const MANIFEST_BYTES = 1 << 20;

/** Opens the slot with the model of the last time, or a newer one of the app's package; needs no network. */
export async function openReleaseSlot(options: ReleaseSlotOptions): Promise<ReleaseSlot> {
  const { ports, limits, tally, trust, app, model, console, channel, environment } = options;
  const { timeoutMs, artifactBytes } = limits;
  const serial = createSerial();
  const store = await openReleaseStore(ports, model.name, channel);
  const bundled = options.bundled.filter(
    ({ envelope }) => peekEnvelope<ReleaseMetadata>(envelope, ports.text).model?.name === model.name,
  );
  const artifacts = artifactStore({
    ports,
    owner: model.name,
    console,
    timeoutMs,
    artifactBytes,
    bundled: bundled.map((release) => release.artifacts),
  });
  const runner = openModelRunner({ ports, store, artifacts });
  /** Envelope of the model that runs. */
  let running: Envelope | null = null;
  let lastCode: ErrorCode | null = null;

  /**
   * Nothing older is taken. A version that the newest root's keys cannot have signed binds nobody: whoever stole the
   * old ones may have announced a huge one.
   */
  const acceptedVersion = (): number => {
    const { accepted, keys } = store.state();
    const role = trust.root().roles.release;
    const mayHaveSigned = role.keys.filter((key) => keys?.includes(key) ?? true).length >= role.threshold;
    return mayHaveSigned ? accepted : 0;
  };

  /** The release of an envelope, held against what this phone knows. */
  const verify = async (
    envelope: Envelope,
    now: number,
    atLeast: number,
    root = trust.root(),
  ): Promise<ReleaseMetadata> => {
    const capabilities = capabilitiesFor(envelope, app, ports);
    const context = {
      root,
      app: app.name,
      channel,
      now,
      acceptedVersion: atLeast,
      environment,
      capabilities,
    };
    const release = await verifyRelease(envelope, context, ports);
    if (!release.kill) checkModel(release, model);
    return release;
  };

  /** A release that was taken once, by whichever root it was. At time 0 nothing has expired. */
  const verifyAgain = async (envelope: Envelope): Promise<ReleaseMetadata> => {
    let failure: unknown;
    for (const root of trust.roots()) {
      try {
        return await verify(envelope, 0, 0, root);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  };

  /** The value of some work, or undefined, its error noted, where it failed. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      lastCode = tally.report("update", error);
      return undefined;
    }
  };

  for (const { envelope } of bundled) {
    const { active } = store.state();
    const accepted = acceptedVersion();
    const { version = 0, kill } = peekEnvelope<ReleaseMetadata>(envelope, ports.text);
    // Whatever newer was accepted once stays, even if nothing of it is left.
    if (kill || version < accepted || (version === accepted && active !== null)) continue;
    await attempt(async () => {
      // At time 0 nothing has expired: what came with the app, and what was once taken, keeps its good model.
      await verify(envelope, 0, accepted);
      await store.change((state) => ({
        ...state,
        accepted: version,
        keys: trust.root().roles.release.keys,
        killed: false,
        active: envelope,
        previous: state.active,
      }));
    });
  }
  const { active, previous, killed } = store.state();
  for (const envelope of killed ? [] : [active, previous]) {
    if (running !== null || envelope === null) continue;
    await attempt(async () => {
      await runner.open(await verifyAgain(envelope));
      running = envelope;
    });
  }

  const outcome = (result: UpdateOutcome["result"], code: ErrorCode | null): UpdateOutcome => ({
    result,
    version: runner.release()?.version ?? 0,
    code,
  });

  const take = async (): Promise<UpdateOutcome> => {
    await trust.refresh();
    const url = `${console}/v1/releases/${model.name}/${channel}`;
    const offered = await askJson(ports, "update", { url, timeoutMs, maxBytes: MANIFEST_BYTES });
    const envelope = offered as Envelope;
    const release = await verify(envelope, ports.clock(), acceptedVersion());
    const { version, kill } = release;
    ports.crashPoint?.("update.accept.before");
    await store.change((state) => {
      if (version === acceptedVersion() && version === state.accepted) return state;
      // What was killed must not come back when a later version fails, so nothing of it is remembered.
      const gone = kill ? { active: null, previous: null } : {};
      const { keys } = trust.root().roles.release;
      return { ...state, ...gone, accepted: version, keys, killed: kill };
    });
    ports.crashPoint?.("update.accept.after");
    if (kill) {
      running = null;
      await runner.dispose();
      return outcome("killed", "RELEASE_KILLED");
    }
    const before = runner.release();
    if (before?.version === version) return outcome("current", null);
    const replace = await runner.prepare(release, artifacts.ensure);
    ports.crashPoint?.("update.activate.before");
    await store.change((state) => ({ ...state, active: envelope, previous: running }));
    ports.crashPoint?.("update.activate.after");
    running = envelope;
    await replace();
    await artifacts.keepOnly([release, before].flatMap((kept) => (kept === null ? [] : runner.files(kept))));
    return outcome("activated", null);
  };

  const update = (): Promise<UpdateOutcome> =>
    serial(async () => {
      const taken = await attempt(take);
      if (taken !== undefined) {
        lastCode = taken.code;
        return taken;
      }
      if (lastCode === "NOT_FOUND") return outcome("current", lastCode);
      return outcome(
        lastCode === "UNAVAILABLE" || lastCode === "BUDGET_SPENT" ? "offline" : "kept",
        lastCode,
      );
    });

  return {
    run: async (window, skip) => {
      if (store.state().killed) skip(null, "RELEASE_KILLED");
      else if (runner.release() === null) skip("device", lastCode ?? "NOT_FOUND");
      return runner.run(window, skip);
    },
    update,
    status: () => {
      const { accepted, killed: isKilled, skipped, times = {} } = store.state();
      const { version = 0, id = "none" } = runner.release() ?? {};
      return { version, id, runtime: runner.runtime(), accepted, killed: isKilled, times, skipped, lastCode };
    },
    dispose: () => serial(runner.dispose),
  };
}

/**
 * What a phone has, held against a release. A release that switches a model off asks for nothing: it must reach the
 * phones that could not run it. Reading `kill` before the signature is checked is harmless, since the signature
 * still decides.
 */
function capabilitiesFor(envelope: Envelope, { events }: AppDefinition, ports: DevicePorts): Capabilities {
  const { kill, requires } = peekEnvelope<ReleaseMetadata>(envelope, ports.text);
  const levels = (pairs: readonly (readonly [string, number])[]): Record<string, number> => {
    // Of two runtimes of one name the higher level counts.
    return Object.fromEntries([...pairs].sort(([, left], [, right]) => left - right));
  };
  if (kill && Array.isArray(requires?.runtime)) {
    const { sdk, schema, runtime } = requires;
    return { sdk, schema, runtimes: levels(runtime.map((name) => [name, Number.POSITIVE_INFINITY])) };
  }
  return {
    sdk: SDK_VERSION,
    schema: levels(Object.values(events).map(({ name, version }) => [name, version])),
    runtimes: levels(ports.runtimes.map(({ name, level }) => [name, level])),
  };
}

/** Refuses a release whose windows or labels are not the ones that this app cuts and reports. */
function checkModel(release: ReleaseMetadata, { name, labels, window }: ModelDefinition): void {
  const offered = release.model;
  const wanted = canonicalJson([name, labels, window]);
  if (wanted === canonicalJson([offered.name, offered.labels, offered.window])) return;
  throw tidelineError("RELEASE_REQUIRES", {
    who: `release ${release.version}`,
    expected: `model "${name}" with the app's window and labels`,
    received: `model "${offered.name}" with others`,
    remedy: "Update the app.",
  });
}
