import { buildDashboard } from "@tideline/dashboard/build";
import { dashboardRoutes } from "@tideline/dashboard/serve";
import {
  createConsole,
  createShelf,
  folderLayout,
  listReleases,
  openArtifacts,
  openCatalog,
  pseudonymiser,
  rolloutRoutes,
  subjectDesk,
  subjectRoutes,
  type Catalog,
  type ReleaseRow,
  type SignedRelease,
} from "@tideline/pipeline";
import {
  ERROR_CODES,
  fromBase64,
  messageOf,
  tidelineError,
  type AppDefinition,
  type Clock,
  type Envelope,
  type LoopStatus,
  type ReleaseMetadata,
} from "@tideline/spec";
import { answerToOwnHost } from "./own-host.ts";
import type { FolderSecrets } from "./secret.ts";

/** What the console needs before the loop runs. */
export interface ConsoleSetup {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly secrets: FolderSecrets;
  /** Fencing epoch of the owner, under which requests of people are recorded. */
  readonly epoch: number;
  /** The administration token of the folder's owner. */
  readonly token: string;
  /** Does what the owner asks of the roll-out. */
  readonly rollout: (action: unknown) => Promise<unknown>;
  readonly app: AppDefinition;
  readonly clock: Clock;
  /** Null until there is one: ingest and loop start after the console. */
  readonly status: () => LoopStatus | null;
}

/** Releases, artifacts, the endpoint, the status and the page, on one port. */
export interface RunningConsole {
  readonly address: string;
  /** Trusts the loop's roots and offers again what the folder's catalog has released. */
  open(roots: readonly Envelope[]): Promise<void>;
  publish(release: ReleaseRow): Promise<void>;
  close(): Promise<void>;
}

/** A catalog's row as the console offers it: the manifest is what was signed. */
function signedRelease({ envelope }: ReleaseRow): SignedRelease {
  const release = JSON.parse(new TextDecoder().decode(fromBase64(envelope.payload))) as ReleaseMetadata;
  return { release, envelope };
}

/**
 * Starts the console's server. Manifests and artifacts are public by design (they are signed), the endpoint asks for
 * the write key, and nothing can be changed over it.
 *
 * @throws `PORT_IN_USE`
 */
export async function startConsole({
  folder,
  host,
  port,
  secrets,
  epoch,
  token,
  rollout,
  app,
  clock,
  status,
}: ConsoleSetup): Promise<RunningConsole> {
  const shelf = createShelf([]);
  const artifacts = await openArtifacts(folderLayout(folder).artifact);
  const server = createConsole({ shelf, artifacts, authorise: { keys: [secrets.writeKey] } });
  answerToOwnHost(server.server, host);
  server.server.get("/v1/status", (_, reply) => {
    const now = status();
    if (now !== null) return now;
    const { code, message } = tidelineError("UNAVAILABLE", {
      who: "console",
      received: "a call as it starts",
    });
    return reply.code(ERROR_CODES[code].status).header("retry-after", "1").send({ code, message });
  });
  await server.server.register(dashboardRoutes(await buildDashboard()));
  let opened: Promise<Catalog> | undefined;
  const pseudonymise = pseudonymiser(secrets.pseudonymKey);
  // Opened when somebody asks: most folders are never asked.
  const catalog = (): Promise<Catalog> => (opened ??= openCatalog(folder, { epoch }));
  server.server.addHook("onClose", async () => (await opened)?.close());
  await server.server.register(
    subjectRoutes({
      desk: subjectDesk({ folder, catalog, pseudonymise, clock, app }),
      writeKeys: [secrets.writeKey],
      token,
      onFault: (error) => void process.stderr.write(`console: ${messageOf(error)}\n`),
    }),
  );
  const onFault = (error: unknown): void => void process.stderr.write(`console: ${messageOf(error)}\n`);
  await server.server.register(rolloutRoutes({ token, change: rollout, onFault }));
  const address = await server.listen({ port, host });
  return {
    address,
    open: async (roots) => {
      shelf.setRoots(roots);
      const catalog = await openCatalog(folder);
      try {
        for (const release of await listReleases(catalog)) await server.offer(signedRelease(release));
      } finally {
        await catalog.close();
      }
    },
    publish: (release) => server.offer(signedRelease(release)),
    close: server.close,
  };
}
