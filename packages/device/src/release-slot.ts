import {
  canonicalJson,
  fromBase64,
  isTidelineError,
  tidelineError,
  verifyRelease,
  type AppDefinition,
  type Capabilities,
  type Envelope,
  type ErrorCode,
  type ModelDefinition,
  type ReleaseMetadata,
} from "@tideline/spec";
import { chooseVariant, loadModel, selfTest, type ActiveModel } from "./active-model.ts";
import { fetchArtifact, removeOtherArtifacts, storedArtifact } from "./artifact.ts";
import { fetchJson } from "./fetch-json.ts";
import type { ClientLimits } from "./limits.ts";
import type { DevicePorts } from "./ports.ts";
import { beginAttempt, endAttempt, openReleaseStore, skipHopeless } from "./release-state.ts";
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
  /** Highest version that was ever accepted. */
  readonly accepted: number;
  readonly killed: boolean;
  /** Versions that crashed or failed their self-test twice. */
  readonly skipped: readonly number[];
  readonly lastCode: ErrorCode | null;
}

/** The place of one model on the phone: what runs, and how it is replaced. */
export interface ReleaseSlot {
  /** The model that answers, or why there is none. */
  current(): ActiveModel | ErrorCode;
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
}

/** Bytes of a manifest; the window and the requirements take 3 kB. */
const MANIFEST_BYTES = 1 << 20;

/** Opens the slot with the model of the last time; needs no network. */
export async function openReleaseSlot(options: ReleaseSlotOptions): Promise<ReleaseSlot> {
  const { ports, limits, tally, trust, app, model, console, channel, environment } = options;
  const serial = createSerial();
  const runtime = ports.runtimes[0] ?? null;
  const store = await openReleaseStore(ports, model.name, channel);
  const artifacts = {
    ports,
    owner: model.name,
    console,
    timeoutMs: limits.timeoutMs,
    artifactBytes: limits.artifactBytes,
  };
  let active: ActiveModel | null = null;
  /** Envelope of the model that runs. */
  let running: Envelope | null = null;
  let lastCode: ErrorCode | null = null;

  const capabilities = (): Capabilities => ({
    sdk: SDK_VERSION,
    schema: Object.fromEntries(Object.values(app.events).map(({ name, version }) => [name, version])),
    runtimes: runtime === null ? {} : { [runtime.name]: runtime.level },
  });

  /** The release of an envelope, held against what this phone knows. */
  const verify = async (
    envelope: Envelope,
    now: number,
    acceptedVersion: number,
  ): Promise<ReleaseMetadata> => {
    const has = capabilitiesFor(envelope, capabilities(), ports);
    const context = {
      root: trust.root(),
      app: app.name,
      channel,
      now,
      acceptedVersion,
      environment,
      capabilities: has,
    };
    const release = await verifyRelease(envelope, context, ports);
    if (!release.kill) checkModel(release, model);
    return release;
  };

  /** Loads under a marker that a crash leaves behind; `test` runs before the marker is taken away. */
  const load = async (
    release: ReleaseMetadata,
    bytes: Uint8Array,
    vectors: Uint8Array | null,
  ): Promise<ActiveModel> => {
    const { version } = release;
    if (runtime === null) throw tidelineError("RUNTIME_UNSUPPORTED", { who: `release ${version}` });
    await store.save(beginAttempt(store.state(), version));
    ports.crashPoint?.("update.load.before");
    let loaded: ActiveModel | null = null;
    try {
      loaded = await loadModel(release, bytes, runtime);
      if (vectors !== null) await selfTest(loaded, vectors, ports.text);
      return loaded;
    } catch (error) {
      await loaded?.dispose();
      // A failed self-test counts as a bad load; what the runtime refuses openly may pass (too little memory).
      const counts = isTidelineError(error, "SELF_TEST_FAILED") || !isTidelineError(error);
      await store.save(skipHopeless(counts ? store.state() : endAttempt(store.state(), version)));
      throw error;
    }
  };

  /** Loads a release that was active before; null where it cannot be had. */
  const reload = async (envelope: Envelope): Promise<ActiveModel | null> => {
    try {
      // At time 0 nothing has expired: an expired manifest keeps the last good model.
      const release = await verify(envelope, 0, 0);
      if (store.state().skipped.includes(release.version)) {
        throw tidelineError("SELF_TEST_FAILED", {
          who: `release ${release.version}`,
          received: "repeated crashes",
        });
      }
      const bytes = await storedArtifact(chooseVariant(release, runtime), artifacts);
      if (bytes === null) throw tidelineError("ARTIFACT_CORRUPT", { who: `release ${release.version}` });
      const loaded = await load(release, bytes, null);
      await store.save(endAttempt(store.state(), release.version));
      return loaded;
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      lastCode = tally.report("update", error);
      return null;
    }
  };

  await store.save(skipHopeless(store.state()));
  if (!store.state().killed) {
    const { active: newest, previous } = store.state();
    for (const envelope of [newest, previous]) {
      if (active !== null || envelope === null) continue;
      active = await reload(envelope);
      running = active === null ? null : envelope;
    }
  }

  const replaceActive = async (next: ActiveModel | null, envelope: Envelope | null): Promise<void> => {
    const old = active;
    active = next;
    running = envelope;
    await old?.dispose();
  };

  const outcome = (result: UpdateOutcome["result"], code: ErrorCode | null): UpdateOutcome => ({
    result,
    version: active?.release.version ?? 0,
    code,
  });

  const take = async (): Promise<UpdateOutcome> => {
    await trust.refresh();
    const url = `${console}/v1/releases/${model.name}/${channel}`;
    const request = { url, timeoutMs: limits.timeoutMs, maxBytes: MANIFEST_BYTES };
    const envelope = (await fetchJson(ports, request)) as Envelope;
    const release = await verify(envelope, ports.clock(), store.state().accepted);
    const { version, kill } = release;
    ports.crashPoint?.("update.accept.before");
    if (version > store.state().accepted) {
      // What was killed must not come back when a later version fails, so nothing of it is remembered.
      const gone = kill ? { active: null, previous: null } : {};
      await store.save({ ...store.state(), ...gone, accepted: version, killed: kill });
    }
    ports.crashPoint?.("update.accept.after");
    if (kill) {
      await replaceActive(null, null);
      return outcome("killed", "RELEASE_KILLED");
    }
    if (active?.release.version === version) return outcome("current", null);
    if (store.state().skipped.includes(version)) {
      throw tidelineError("SELF_TEST_FAILED", { who: `release ${version}`, received: "repeated failures" });
    }
    const variant = chooseVariant(release, runtime);
    const bytes = await fetchArtifact(variant, artifacts);
    const vectors = await fetchArtifact(release.vectors, artifacts);
    const loaded = await load(release, bytes, vectors);
    ports.crashPoint?.("update.activate.before");
    const state = endAttempt(store.state(), version);
    await store.save({ ...state, active: envelope, previous: running });
    ports.crashPoint?.("update.activate.after");
    const before = active?.release ?? null;
    await replaceActive(loaded, envelope);
    const keep = before === null ? [variant] : [variant, chooseVariant(before, runtime)];
    await removeOtherArtifacts(keep, artifacts);
    return outcome("activated", null);
  };

  const update = (): Promise<UpdateOutcome> =>
    serial(async () => {
      try {
        const taken = await take();
        lastCode = taken.code;
        return taken;
      } catch (error) {
        if (!isTidelineError(error)) throw error;
        lastCode = tally.report("update", error);
        if (error.code === "NOT_FOUND") return outcome("current", error.code);
        return outcome(error.code === "UNAVAILABLE" ? "offline" : "kept", error.code);
      }
    });

  return Object.freeze({
    current: () => (store.state().killed ? "RELEASE_KILLED" : (active ?? lastCode ?? "NOT_FOUND")),
    update,
    status: () => {
      const { accepted, killed, skipped } = store.state();
      const id = active?.release.id ?? "none";
      return { version: active?.release.version ?? 0, id, accepted, killed, skipped, lastCode };
    },
    dispose: () => serial(() => replaceActive(null, null)),
  });
}

/**
 * What a phone has, held against a release. A release that switches a model off asks for nothing: it must reach the
 * phones that could not run it. Reading `kill` before the signature is checked is harmless, since the signature
 * still decides.
 */
function capabilitiesFor(envelope: Envelope, own: Capabilities, ports: DevicePorts): Capabilities {
  try {
    const { kill, requires } = JSON.parse(ports.text.decode(fromBase64(envelope.payload))) as ReleaseMetadata;
    if (!kill) return own;
    const runtimes = Object.fromEntries(
      requires.runtime.map((name) => [name, requires.levels?.[name] ?? requires.opset]),
    );
    return { sdk: requires.sdk, schema: requires.schema, runtimes };
  } catch {
    // Whatever is malformed here is refused with its own code by the verification that follows.
    return own;
  }
}

/** Refuses a release whose windows or labels are not the ones that this app cuts and reports. */
function checkModel(release: ReleaseMetadata, model: ModelDefinition): void {
  const wanted = canonicalJson([model.name, model.labels, model.window]);
  const offered = canonicalJson([release.model.name, release.model.labels, release.model.window]);
  if (wanted === offered) return;
  throw tidelineError("RELEASE_REQUIRES", {
    who: `release ${release.version}`,
    expected: `model "${model.name}" with the app's window and labels`,
    received: `model "${release.model.name}" with others`,
    remedy: "Update the app.",
  });
}
