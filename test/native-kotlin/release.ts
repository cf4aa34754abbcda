import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createHash } from "node:crypto";
import { graphBuilder, writeTable } from "@tideline/graph";
import { loadTable } from "@tideline/predict";
import { RELEASE_TYPE, type Envelope, type ReleaseMetadata } from "@tideline/spec";
import { gait, LABELS } from "../device-app.ts";
import { makeRelease, releaseKey, seal } from "../device-fixture.ts";

const WINDOW = gait.size * gait.channels.length;

/** A window whose values count up by eighths, as the Kotlin phone makes them too. */
export function windowOf(index: number, seed: number, values: number = WINDOW): Float32Array {
  return Float32Array.from({ length: values }, (_, at) => (((at * 7 + index * 13 + seed) % 33) - 16) / 8);
}

/** A table of a small network over the windows of the small app. */
function tableOf(gain: number): Uint8Array {
  const weights = (count: number, turn: number): Float32Array =>
    Float32Array.from({ length: count }, (_, at) => gain * Math.sin(1.7 * at + turn));
  const g = graphBuilder("small");
  const window = g.input("window", "float32", ["N", gait.size, gait.channels.length]);
  const flat = g.op("Flatten", [window], { axis: 1 });
  const hidden = g.op("Relu", [g.op("Gemm", [flat, g.constant(weights(WINDOW * 4, 1), [WINDOW, 4])])]);
  const scores = g.op("Gemm", [hidden, g.constant(weights(8, 2), [4, 2])]);
  g.output("probabilities", g.op("Softmax", [scores]));
  const written = writeTable(g.build().graph, { labels: LABELS });
  if (!written.ok) throw new Error(JSON.stringify(written.reasons));
  return written.bytes;
}

/** A signed release of a table, with what it consists of. */
export interface TableRelease {
  readonly envelope: Envelope;
  readonly artifacts: ReadonlyMap<string, Uint8Array>;
  readonly table: Uint8Array;
}

/** A release of a table for real clocks; `tested` makes vectors of another model. */
export async function tableRelease(version: number, gain: number, tested = gain): Promise<TableRelease> {
  const table = tableOf(gain);
  const tester = loadTable(tableOf(tested));
  const windows = [0, 1, 2].map((index) => windowOf(index, 99));
  const probabilities = windows.map((window) => [...tester.run(window)]);
  const vectors = Buffer.from(
    JSON.stringify({
      format: 1,
      tolerance: 1e-5,
      windows: windows.map((window) => [...window]),
      probabilities,
    }),
  );
  const reference = (bytes: Uint8Array) => ({
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
  });
  const metadata: ReleaseMetadata = {
    ...(await makeRelease(version)).metadata,
    id: reference(table).sha256,
    expires: Date.now() + 86_400_000,
    requires: { sdk: "0.1.0", schema: { motion: 1 }, runtime: ["table"], opset: 18, levels: { table: 1 } },
    variants: [{ ...reference(table), format: "table", version: 1 }],
    vectors: reference(vectors),
  };
  const artifacts = new Map([
    [reference(table).sha256, table],
    [reference(vectors).sha256, new Uint8Array(vectors)],
  ]);
  return { envelope: seal(RELEASE_TYPE, metadata, [releaseKey]), artifacts, table };
}

/** A console that offers one release over HTTP. */
export interface Shelf {
  readonly address: string;
  offer(release: TableRelease): void;
  close(): void;
}

/** Starts a console. */
export async function openShelf(): Promise<Shelf> {
  let offered: TableRelease | null = null;
  const server: Server = createServer((request, response) => {
    const { url = "" } = request;
    const artifact = offered?.artifacts.get(url.slice(url.lastIndexOf("/") + 1));
    if (url === "/v1/root") response.end("[]");
    else if (url === "/v1/releases/activity/stable" && offered !== null) {
      response.end(JSON.stringify(offered.envelope));
    } else if (artifact !== undefined) response.end(artifact);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    offer: (release) => {
      offered = release;
    },
    close: () => void server.close(),
  };
}
