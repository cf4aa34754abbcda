import {
  canonicalJson,
  isTidelineError,
  isWithin,
  peekEnvelope,
  verifyRelease,
  type ArtifactReference,
  type Capabilities,
  type Envelope,
  type ErrorCode,
  type ModelDefinition,
  type ReleaseMetadata,
  type Rollout,
  toHex,
} from "@tideline/spec";
import { artifactStore, type BundledArtifacts } from "./artifact.ts";
import { askJson } from "./ask.ts";
import type { ModelContext } from "./models.ts";
import { fail } from "./fail.ts";
import { openModelRunner, type ModelRunner } from "./model-runner.ts";
import { MOST_ATTEMPTS, NO_RELEASE, type ReleaseState, type SelfTests } from "./release-state.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import { createSerial } from "./serial.ts";
import { openStateFile } from "./state-file.ts";
import type { Trust } from "./trust.ts";

/** What became of a call of `update`. */
export interface UpdateOutcome {
  /**
   * `activated`: a new model runs. `current`: nothing newer. `killed`: the model is switched off. `kept`: what was
   * offered could not be taken, `code` says why, the last good model stays. `held-back`: a newer one is not for this
   * phone yet, what runs stays. `offline`: nobody answered.
   */
  readonly result: "activated" | "current" | "killed" | "kept" | "held-back" | "offline";
  /** Version of the release in use, 0 for none. */
  readonly version: number;
  /** Null where nothing is wrong; `activated` with `RELEASE_HELD_BACK`: the release before the newest one. */
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
  readonly tests: SelfTests;
  /** What crashed or failed its self-test twice and is not tried again, by the same names. */
  readonly skipped: readonly string[];
  /** What ended the app, or may have, when it was loaded last; by the same names. */
  readonly crashed: readonly string[];
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
  /** Whether the newest accepted release switches the model off. */
  isKilled(): boolean;
  update(): Promise<UpdateOutcome>;
  status(): ReleaseStatus;
  dispose(): Promise<void>;
}

/** Bytes of a manifest; the window and the requirements take 3 kB. */
const MANIFEST_BYTES = 1 << 20;

/** Opens the slot with the model of the last time, or a newer one of the app's package; needs no network. */
export async function openReleaseSlot(
  context: ModelContext,
  trust: Trust,
  model: ModelDefinition,
): Promise<ReleaseSlot> {
  const { app, ports, limits, tally, console, channel, environment } = context;
  const serial = createSerial();
  const state = await openStateFile(ports, `release-${model.name}-${channel}.json`, NO_RELEASE);
  const peek = (envelope: Envelope): Partial<ReleaseMetadata> => peekEnvelope(envelope, ports.text);
  const bundled = [context.bundled ?? []]
    .flat()
    .filter(({ envelope }) => peek(envelope).model?.name === model.name);
  const artifacts = artifactStore(
    context,
    model.name,
    bundled.map((release) => release.artifacts),
    () => filesOf(runner.release()),
  );
  const runner: ModelRunner = openModelRunner(ports, state, artifacts);
  const filesOf = (release: ReleaseMetadata | null): readonly ArtifactReference[] =>
    release ? runner.files(release) : [];
  /** Envelope of the model that runs. */
  let running: Envelope | null = null;
  let lastCode: ErrorCode | null = null;

  /**
   * Nothing older is taken. A version that the newest root's keys cannot have signed binds nobody: whoever stole the
   * old ones may have announced a huge one.
   */
  const acceptedVersion = (): number => {
    const { accepted, keys } = state.get();
    const role = trust.root().roles.release;
    return keys && role.keys.filter((key) => keys.includes(key)).length < role.threshold ? 0 : accepted;
  };

  /** The release of an envelope, held against what this phone knows. */
  const verify = async (
    envelope: Envelope,
    now: number,
    atLeast: number,
    root = trust.root(),
  ): Promise<ReleaseMetadata> => {
    const release = await verifyRelease(
      envelope,
      {
        root,
        app: app.name,
        channel,
        now,
        acceptedVersion: atLeast,
        environment,
        capabilities: capabilitiesFor(peek(envelope), context),
      },
      ports,
    );
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

  /** Notes a verified version, so that no older one is taken from now on. */
  const accept = ({ version, kill }: ReleaseMetadata, changes: Partial<ReleaseState>): Promise<void> =>
    state.change((before) => {
      if (version === before.accepted && version === acceptedVersion() && !("active" in changes))
        return before;
      const { keys } = trust.root().roles.release;
      return { ...before, accepted: version, keys, killed: kill, ...changes };
    });

  for (const { envelope } of bundled) {
    const { active } = state.get();
    const accepted = acceptedVersion();
    const { version = 0, kill } = peek(envelope);
    // Whatever newer was accepted once stays, even if nothing of it is left.
    if (kill || version < accepted || (version === accepted && active)) continue;
    await attempt(async () =>
      // At time 0 nothing has expired: what comes with the app is good for as long as the app is.
      accept(await verify(envelope, 0, accepted), { active: envelope, previous: active }),
    );
  }
  const isKilled = (): boolean => state.get().killed;
  const { active, previous } = state.get();
  for (const envelope of isKilled() ? [] : [active, previous]) {
    if (running !== null || envelope === null) continue;
    await attempt(async () => {
      // Everything that it needs is here, or it cannot run.
      await (
        await runner.prepare(await verifyAgain(envelope), null)
      )();
      running = envelope;
    });
  }

  const outcome = (result: UpdateOutcome["result"], code: ErrorCode | null): UpdateOutcome => ({
    result,
    version: runner.release()?.version ?? 0,
    code,
  });

  /** Puts a verified release into the place of the one that runs. */
  const activate = async (release: ReleaseMetadata, envelope: Envelope): Promise<void> => {
    const before = runner.release();
    const replace = await runner.prepare(release, artifacts.ensure);
    ports.crashPoint?.("update.activate.before");
    await state.change((noted) => ({ ...noted, active: envelope, previous: running }));
    ports.crashPoint?.("update.activate.after");
    running = envelope;
    await replace();
    await artifacts.keepOnly([...filesOf(release), ...filesOf(before)]);
  };

  /** Whether a release is for this phone: drawn once, by a number that nobody else learns, and that outlives the install. */
  const isMeantBy = async (rollout: Rollout): Promise<boolean> => {
    const { share, salt } = rollout;
    if (typeof share !== "number" || typeof salt !== "string") {
      fail("RELEASE_MALFORMED", "update", "rollout", share, "a share and a salt");
    }
    await state.change((before) => (before.draw ? before : { ...before, draw: toHex(ports.random(8)) }));
    return isWithin(rollout, state.get().draw!, ports);
  };

  const take = async (): Promise<UpdateOutcome> => {
    await trust.refresh();
    const url = `${console}/v1/releases/${model.name}/${channel}`;
    const { timeoutMs } = limits;
    const envelope = (await askJson(ports, { url, timeoutMs, maxBytes: MANIFEST_BYTES })) as Envelope;
    const release = await verify(envelope, ports.clock(), acceptedVersion());
    const { version, kill, rollout } = release;
    const isMeant = kill || !rollout || (await isMeantBy(rollout));
    ports.crashPoint?.("update.accept.before");
    // What was killed must not come back when a later version fails, so nothing of it is remembered.
    // A phone that is not meant stays switched off where it was.
    await accept(release, kill ? { active: null, previous: null } : isMeant ? {} : { killed: isKilled() });
    ports.crashPoint?.("update.accept.after");
    if (kill) {
      running = null;
      await runner.dispose();
      return outcome("killed", "RELEASE_KILLED");
    }
    if (runner.release()?.version === version) {
      await runner.complete(artifacts.ensure);
      return outcome("current", null);
    }
    if (isMeant) {
      await activate(release, envelope);
      return outcome("activated", null);
    }
    const heldBack = "RELEASE_HELD_BACK";
    const otherwise = isKilled() ? null : rollout.otherwise;
    const runs = runner.release()?.version ?? 0;
    // Never back. What it says of itself before its signature is checked can only leave the phone as it is.
    const former =
      otherwise && !(peek(otherwise).version! <= runs) && (await verify(otherwise, ports.clock(), 0));
    // Never beyond what was offered, and only what is good for every phone.
    if (!former || former.version >= version || former.kill || former.rollout) {
      await runner.complete(artifacts.ensure);
      return outcome("held-back", heldBack);
    }
    await activate(former, otherwise);
    return outcome("activated", heldBack);
  };

  return {
    isKilled,
    run: async (window, skip) => {
      if (isKilled()) skip(null, "RELEASE_KILLED");
      else if (runner.release() === null) skip("device", lastCode ?? "NOT_FOUND");
      return runner.run(window, skip);
    },
    update: () =>
      serial(async () => {
        const taken = await attempt(take);
        if (taken) lastCode = taken.code;
        if (taken) return taken;
        const isAway = lastCode === "UNAVAILABLE" || lastCode === "BUDGET_SPENT";
        return outcome(lastCode === "NOT_FOUND" ? "current" : isAway ? "offline" : "kept", lastCode);
      }),
    status: () => {
      const { accepted, killed, tests = {}, attempts } = state.get();
      const { version = 0, id = "none" } = runner.release() ?? {};
      const begun = Object.keys(attempts);
      const skipped = begun.filter((key) => attempts[key]! >= MOST_ATTEMPTS);
      const crashed = begun.filter((key) => typeof tests[key] !== "string");
      return { version, id, runtime: runner.runtime(), accepted, killed, tests, skipped, crashed, lastCode };
    },
    dispose: () => serial(runner.dispose),
  };
}

/**
 * What a phone has, held against a release. A release that switches a model off asks for nothing: it must reach the
 * phones that could not run it. Reading `kill` before the signature is checked is harmless, since the signature
 * still decides.
 */
function capabilitiesFor(
  { kill, requires }: Partial<ReleaseMetadata>,
  { app, ports }: ModelContext,
): Capabilities {
  const runtimes: Record<string, number> = {};
  for (const { name, level } of ports.runtimes) runtimes[name] = Math.max(level, runtimes[name] ?? 0);
  const schema = Object.fromEntries(Object.values(app.events).map(({ name, version }) => [name, version]));
  if (!kill) return { sdk: SDK_VERSION, schema, runtimes };
  // Whatever this is before the signature is checked.
  for (const name of [requires?.runtime ?? []].flat()) runtimes[name] = Number.POSITIVE_INFINITY;
  return { sdk: "", schema, ...requires, runtimes };
}

/** Refuses a release whose windows or labels are not the ones that this app cuts and reports. */
function checkModel({ version, model }: ReleaseMetadata, { name, labels, window }: ModelDefinition): void {
  const wanted = canonicalJson([name, labels, window]);
  if (wanted === canonicalJson([model.name, model.labels, model.window])) return;
  fail(
    "RELEASE_REQUIRES",
    `release ${version}`,
    "model",
    model.name,
    `${name} with the app's window and labels`,
  );
}
