import type { GraphRuntime } from "@tideline/graph";
import { messageOf, tidelineError } from "@tideline/spec";
import { fastify, type FastifyInstance } from "fastify";
import type { ArtifactStore } from "../release/artifact.ts";
import type { SignedRelease } from "../release/make-release.ts";
import type { ReleaseShelf } from "../release/shelf.ts";
import { workerRuntime } from "../runtime/index.ts";
import { closeServer } from "./close-server.ts";
import { inferenceRoutes, type InferenceRouteOptions } from "./inference-route.ts";
import { createModelHost, type ModelHost } from "./model-host.ts";
import { releaseRoutes } from "./release-route.ts";
import { DEFAULT_SERVE_LIMITS, type ServeLimits } from "./serve-limits.ts";

/** Failures to listen that lie in the host: none of this machine's addresses, or a name that stands for none. */
const NO_ADDRESS: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"]);

/** What the console is made of. */
export interface ConsoleOptions {
  readonly shelf: ReleaseShelf;
  readonly artifacts: ArtifactStore;
  /** Who may infer. */
  readonly authorise: InferenceRouteOptions["authorise"];
  /** Channel whose releases the endpoint answers with: `stable` by default. */
  readonly channel?: string;
  /** Version that `GET /v2` states. */
  readonly version?: string;
  /** onnxruntime-node in a worker thread by default. */
  readonly runtime?: GraphRuntime;
  readonly limits?: Partial<ServeLimits>;
  /** Told of errors of the server; standard error by default. */
  readonly onFault?: (error: unknown) => void;
}

/** The console's server before and while it listens. */
export interface ConsoleServer extends Pick<ModelHost, "setModel" | "clearModel"> {
  /** The server, to which routes may be added until it listens. */
  readonly server: FastifyInstance;
  /**
   * Offers a release to phones, and on its own channel to the endpoint: first the model is loaded and tried, then
   * the manifest appears. The endpoint answers by the release before as long as there is one and the new one is for a
   * share of the phones only. A kill switch takes the model away. When it fails nothing has changed.
   */
  offer(signed: SignedRelease): Promise<void>;
  /** Listens and gives the address, such as `http://127.0.0.1:4600`; throws PORT_IN_USE, ARGUMENT_INVALID. Port 0 takes a free one. */
  listen(options: { readonly port: number; readonly host?: string }): Promise<string>;
  /** Takes no more requests, answers those that came, frees the models. */
  close(): Promise<void>;
}

/**
 * The server of releases and predictions; the composition root adds status and the dashboard to `server`.
 *
 * @example
 * const console = createConsole({ shelf, artifacts, authorise: { keys: [writeKey] } });
 * await console.offer(await makeRelease({ ... }));
 * const address = await console.listen({ port: 4600 });
 */
export function createConsole(options: ConsoleOptions): ConsoleServer {
  const { shelf, artifacts, authorise, channel = "stable", version = "0.1.0" } = options;
  const limits: ServeLimits = { ...DEFAULT_SERVE_LIMITS, ...options.limits };
  const onFault =
    options.onFault ?? ((error: unknown) => void process.stderr.write(`console: ${messageOf(error)}\n`));
  const host = createModelHost(options.runtime ?? workerRuntime("onnxruntime-node"), limits);
  const server = fastify({
    logger: false,
    requestTimeout: limits.requestMs,
    forceCloseConnections: "idle",
  });
  server.addHook("onClose", () => host.close());
  void server.register(releaseRoutes({ shelf, artifacts, onFault }));
  void server.register(inferenceRoutes({ host, version, authorise, limits, onFault }));

  return Object.freeze({
    server,
    setModel: host.setModel,
    clearModel: host.clearModel,
    async offer(signed: SignedRelease) {
      const { release } = signed;
      shelf.check(signed);
      const before = shelf.current(release.model.name, release.channel)?.release;
      const isStaged = release.rollout !== undefined && before !== undefined && !before.kill;
      if (release.channel === channel && !release.kill && !isStaged) {
        await host.setModel(await artifacts.read(release.id), release);
      }
      shelf.publish(signed);
      if (release.channel === channel && release.kill) await host.clearModel(release.model.name);
    },
    async listen({ port, host: address = "127.0.0.1" }: { port: number; host?: string }) {
      try {
        return await server.listen({ port, host: address });
      } catch (cause) {
        const code = (cause as NodeJS.ErrnoException).code ?? "";
        if (NO_ADDRESS.has(code)) {
          const expected = "an address of this machine";
          throw tidelineError("ARGUMENT_INVALID", {
            who: "console",
            field: "host",
            expected,
            received: `${address} (${code})`,
            cause,
          });
        }
        if (code !== "EADDRINUSE" && code !== "EACCES") throw cause;
        throw tidelineError("PORT_IN_USE", {
          who: "console",
          field: "port",
          expected: "a free port",
          received: code === "EACCES" ? `${port} (${code})` : String(port),
          remedy: "Stop the other process, or pass another port.",
          cause,
        });
      }
    },
    close: () => closeServer(server, limits.drainMs),
  });
}
