/**
 * Fits the population's model, builds the page and serves it:
 *
 *     node examples/fine-tune/main.ts [--port 4710]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "@tideline/spec";
import { buildPage } from "./build-page.ts";
import { servePage } from "./serve-page.ts";
import { trainPopulation } from "./train-population.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "4710" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  process.stderr.write(`--port: expected an integer from 0 to 65535, received ${values.port}\n`);
  process.exit(64);
}
const built = await mkdtemp(join(tmpdir(), "tideline-fine-tune-"));
try {
  const fitted = await trainPopulation();
  const accuracy = (100 * fitted.curves.at(-1)!.metric!).toFixed(1);
  process.stderr.write(`population: ${accuracy} % on people it has not met\n`);
  await buildPage(built, fitted);
  const server = await servePage(built, port);
  process.stderr.write(`page at ${server.address}\n`);
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  await server.close();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 69;
} finally {
  await rm(built, { recursive: true, force: true });
}
