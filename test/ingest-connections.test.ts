import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchOf, bytesOf, post, tapOf } from "./ingest/client.ts";
import { runServer } from "./ingest/run-server.ts";

/** Files that the server's process may have open: a machine with a low bound. */
const FILES = 256;

let folder: string;
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-connections-"));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rm(folder, { recursive: true });
});

test.skipIf(process.platform === "win32")(
  "more connections than the machine has files do not keep the server from its log",
  async () => {
    // Each commit begins a segment, which takes a file.
    const server = await runServer({
      folder,
      epoch: 1,
      limits: { segmentBytes: 1 },
      before: `ulimit -n ${FILES}`,
    });
    try {
      const send = (install: string) =>
        post(server.address, bytesOf(batchOf(install, [tapOf(1)])), { headers: { connection: "close" } });
      // Phones that are in the middle of a batch when the others come.
      const phones = [1, 2, 3].map((phone) => {
        const bytes = bytesOf(batchOf(`phone-${phone}`, [tapOf(1)]));
        const headers = { authorization: "Bearer test-write-key", "content-length": bytes.length };
        const posting = request(`${server.address}/v1/batch`, { method: "POST", agent: false, headers });
        posting.write(bytes.subarray(0, 9));
        return {
          finish: async () => {
            posting.end(bytes.subarray(9));
            const [answer] = (await once(posting, "response")) as [IncomingMessage];
            return answer.resume().statusCode;
          },
        };
      });
      expect((await send("before")).status).toBe(200);
      const port = Number(new URL(server.address).port);
      let refused = 0;
      const idle = Array.from({ length: 2 * FILES }, () => {
        const socket = connect(port, "127.0.0.1");
        sockets.push(socket);
        socket.on("error", () => undefined);
        socket.once("close", () => (refused += 1));
        // Half a request: nothing that a server could close as idle.
        socket.write("POST /v1/batch HTTP/1.1\r\nHost: x");
        return socket;
      });
      await Promise.all(idle.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
      await expect.poll(() => refused).toBeGreaterThan(FILES);
      for (const { finish } of phones) expect(await finish()).toBe(200);
      // Those that were let in hold what there is; when some go, phones come in, and the log goes on.
      for (const socket of idle.slice(0, FILES)) socket.destroy();
      const answered = async (): Promise<number> =>
        (await send("beside").catch(() => ({ status: 0 }))).status;
      await expect.poll(answered, { timeout: 8000 }).toBe(200);
      for (const socket of sockets.splice(0)) socket.destroy();
      expect((await send("after")).status).toBe(200);
      const { status, errors } = await server.stop();
      expect({ status, errors }).toEqual({ status: 0, errors: "" });
    } finally {
      server.kill();
    }
  },
  20_000,
);
