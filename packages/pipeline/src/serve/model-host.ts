import { float32Values, type GraphRuntime, type LoadedGraph } from "@tideline/graph";
import { isTidelineError, tidelineError, type ReleaseMetadata } from "@tideline/spec";
import { sha256Hex } from "../release/release-port.ts";
import { createBatcher, type Batcher } from "./batcher.ts";
import type { InferenceShape } from "./inference-request.ts";
import type { ServeLimits } from "./serve-limits.ts";

/** A model in memory, ready to answer. */
export interface ServedModel extends InferenceShape {
  readonly release: ReleaseMetadata;
  /** Outputs `[rows, outputLength]` of rows, in a run that other requests may share. */
  infer(values: Float32Array, rows: number): Promise<Float32Array>;
}

/** The models that a server holds in memory, by name. */
export interface ModelHost {
  get(name: string): ServedModel | undefined;
  names(): readonly string[];
  /**
   * Loads a release's model, tries it, and puts it in the place of the one before in one step: requests that came
   * earlier are answered by the old model, later ones by the new. When it fails the old one stays.
   *
   * @throws ARTIFACT_CORRUPT when the bytes are not the release's, RELEASE_KILLED, RELEASE_ROLLBACK for an older
   *   version than the one served, MODEL_MALFORMED when the graph is not what the release says.
   */
  setModel(bytes: Uint8Array, release: ReleaseMetadata): Promise<void>;
  /** Takes a model away; requests that came before are still answered. */
  clearModel(name: string): Promise<void>;
  /** Answers what waits, then frees every model. */
  close(): Promise<void>;
}

interface Held {
  readonly served: ServedModel;
  readonly batcher: Batcher;
  readonly release: () => Promise<void>;
}

function checkRelease(bytes: Uint8Array, release: ReleaseMetadata): void {
  const who = `release ${release.version} of model "${release.model.name}"`;
  if (release.kill) throw tidelineError("RELEASE_KILLED", { who, expected: "a release with a model" });
  const received = sha256Hex(bytes);
  if (received !== release.id) {
    throw tidelineError("ARTIFACT_CORRUPT", { who, expected: release.id, received });
  }
}

/** Loads a model and holds a first run against its release. */
async function loadHeld(
  runtime: GraphRuntime,
  bytes: Uint8Array,
  release: ReleaseMetadata,
  limits: ServeLimits,
): Promise<Held> {
  const { name, window, input, output, labels } = release.model;
  const rowDims = [window.size, window.channels.length];
  const rowLength = window.size * window.channels.length;
  let graph: LoadedGraph = await runtime.load(bytes);
  const run = async (values: Float32Array, rows: number): Promise<Float32Array> => {
    try {
      const given = { [input]: { dims: [rows, ...rowDims], values } };
      return float32Values(await graph.run(given, [output]), output);
    } catch (error) {
      // The runtime's thread died. The rows that it died of are not tried again; the next ones find a new thread.
      if (isTidelineError(error, "UNAVAILABLE")) graph = await runtime.load(bytes);
      throw error;
    }
  };
  try {
    const outputs = await run(new Float32Array(2 * rowLength), 2);
    if (outputs.length !== 2 * labels.length) throw new TypeError(`${outputs.length / 2} outputs for a row`);
  } catch (cause) {
    await graph.release();
    throw tidelineError("MODEL_MALFORMED", {
      who: `release ${release.version} of model "${name}"`,
      expected: `${labels.length} probabilities of rows [${rowDims.join(", ")}]`,
      received: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  const batcher = createBatcher({
    run,
    rowLength,
    outputLength: labels.length,
    maxRows: limits.rows,
    waitingRows: limits.waitingRows,
  });
  const served = Object.freeze({
    name,
    input,
    rowDims,
    output,
    outputLength: labels.length,
    release,
    infer: batcher.submit,
  });
  return { served, batcher, release: () => graph.release() };
}

/** An empty host on a runtime, which should be one in a worker thread. */
export function createModelHost(runtime: GraphRuntime, limits: ServeLimits): ModelHost {
  const held = new Map<string, Held>();
  let last: Promise<void> = Promise.resolve();

  /** One change at a time, in the order in which they were asked for. */
  const change = (action: () => Promise<void>): Promise<void> => {
    const done = last.then(action);
    last = done.catch(() => undefined);
    return done;
  };
  const retire = async (old: Held | undefined): Promise<void> => {
    await old?.batcher.idle();
    await old?.release();
  };
  const take = async (name: string): Promise<void> => {
    const old = held.get(name);
    held.delete(name);
    await retire(old);
  };

  const host: ModelHost = Object.freeze({
    get: (name: string) => held.get(name)?.served,
    names: () => [...held.keys()],
    setModel: (bytes: Uint8Array, release: ReleaseMetadata) =>
      change(async () => {
        checkRelease(bytes, release);
        const { name } = release.model;
        const before = held.get(name);
        const version = before?.served.release.version ?? 0;
        if (release.version < version) {
          throw tidelineError("RELEASE_ROLLBACK", {
            who: `served model "${name}"`,
            expected: `version ${version} or higher`,
            received: String(release.version),
          });
        }
        held.set(name, await loadHeld(runtime, bytes, release, limits));
        await retire(before);
      }),
    clearModel: (name: string) => change(() => take(name)),
    close: () =>
      change(async () => {
        for (const name of host.names()) await take(name);
      }),
  });
  return host;
}
