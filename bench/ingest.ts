import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { batchOf, bytesOf, tapOf } from "../test/ingest/client.ts";
import { measureFrameDecoding } from "./frame-decode.ts";
import { runServer } from "../test/ingest/run-server.ts";

/**
 * Events that the ingest server takes per second of its own processor time (both threads), each fsynced before its
 * batch is acknowledged, and how fast sensor frames are decoded: `node bench/ingest.ts [--batches 3000] [--connections 32] [--json]`.
 */
const { values } = parseArgs({
  options: {
    batches: { type: "string", default: "3000" },
    connections: { type: "string", default: "32" },
    json: { type: "boolean", default: false },
  },
});

const EVENTS_PER_BATCH = 100;
const [batches, connections] = [Number(values.batches), Number(values.connections)];

const agent = new Agent({ keepAlive: true, maxSockets: connections });

function send(address: string, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: "Bearer test-write-key", "content-length": body.length };
    const posting = request(`${address}/v1/batch`, { method: "POST", agent, headers }, (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`the server answered ${response.statusCode}`));
      });
    });
    posting.on("error", reject).end(body);
  });
}

const folder = await mkdtemp(join(tmpdir(), "tideline-bench-"));
const server = await runServer({ folder, epoch: 1 });
try {
  let next = 0;
  const phone = async (install: string): Promise<void> => {
    while (next < batches) {
      const first = next * EVENTS_PER_BATCH;
      next += 1;
      const events = Array.from({ length: EVENTS_PER_BATCH }, (_, index) => tapOf(first + index));
      await send(server.address, bytesOf(batchOf(install, events)));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, (_, index) => phone(`phone-${index}`)));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  const { lines } = await server.stop();
  const { cpuSeconds, counts } = JSON.parse(lines.at(-1)!) as {
    cpuSeconds: number;
    counts: { events: number };
  };
  const result = {
    bench: "ingest",
    events: counts.events,
    eventsPerBatch: EVENTS_PER_BATCH,
    connections,
    seconds: Number(seconds.toFixed(2)),
    cpuSeconds: Number(cpuSeconds.toFixed(2)),
    eventsPerCpuSecond: Math.round(counts.events / cpuSeconds),
    frames: (["float32", "int16"] as const).map((encoding) => measureFrameDecoding(encoding, 500)),
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(result)}\n`
      : [
          `${result.eventsPerCpuSecond} events per server CPU-second (${result.events} events in ${result.seconds} s)\n`,
          ...result.frames.map(
            ({ encoding, samplesPerCpuSecond, decodedPerCpuSecond }) =>
              `${(samplesPerCpuSecond / 1e6).toFixed(1)} M samples of six channels as ${encoding} a CPU-second, ${(decodedPerCpuSecond / 1e6).toFixed(1)} M decoded alone\n`,
          ),
        ].join(""),
  );
} finally {
  server.kill();
  await rm(folder, { recursive: true });
}
