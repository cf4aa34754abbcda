/**
 * The web example beside a running server: `npm start` in one terminal, then
 *
 *     node examples/web/main.ts [--folder .tideline/loop/server] [--port 4700]
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { folderLayout, openKeys, readOwner } from "@tideline/pipeline";
import { messageOf, tidelineError } from "@tideline/spec";
import { buildPage } from "./build-page.ts";
import type { PageConfig } from "./open-client.ts";
import { servePage } from "./serve-page.ts";

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: ".tideline/loop/server" },
    port: { type: "string", default: "4700" },
  },
});
const { root } = folderLayout(values.folder);

/** What the page is told: where the folder's owner listens, its write key, its root. */
async function config(): Promise<PageConfig> {
  const owner = await readOwner(root);
  const { collect, console } = owner?.addresses ?? { collect: null, console: null };
  if (collect === null || console === null) {
    throw tidelineError("UNAVAILABLE", {
      who: `folder ${root}`,
      expected: "a running server",
      remedy: "Start one: npm start, or tideline serve --folder.",
    });
  }
  const secret = JSON.parse(await readFile(join(root, "keys", "secret.json"), "utf8")) as {
    writeKey: string;
  };
  const keys = await openKeys(join(root, "keys"), { now: Date.now() });
  return { collect, console, writeKey: secret.writeKey, root: keys.root };
}

const built = await mkdtemp(join(tmpdir(), "tideline-page-"));
try {
  await config();
  await buildPage(built);
  const server = await servePage(built, { port: Number(values.port), config });
  process.stderr.write(`page at ${server.address}\n`);
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  await server.close();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 69;
} finally {
  await rm(built, { recursive: true, force: true });
}
