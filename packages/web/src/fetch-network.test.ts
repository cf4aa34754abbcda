import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { answerEcho, NETWORK_CHECKS } from "@tideline/device/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchNetwork } from "./fetch-network.ts";
import { webCrypto } from "./web-crypto.ts";

const { text } = webCrypto;
let server: Server;
let echo: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method, url = "", headers } = request;
    const asked = { method: method as "GET", url, headers: headers as Record<string, string> };
    const answer = answerEcho({ ...asked, body: new Uint8Array(Buffer.concat(parts)) }, text);
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  echo = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test.each(NETWORK_CHECKS.map((check) => [check.name, check] as const))("fetch %s", async (_, check) => {
  await check.run({ network: fetchNetwork, echo, text });
});

test("too long an answer is told from a network that fails", async () => {
  const asked = { method: "GET", headers: {}, timeoutMs: 5000, maxBytes: 69_999 } as const;
  const tooLong = fetchNetwork.request({ ...asked, url: `${echo}/bytes/70000` });
  await expect(tooLong).rejects.toMatchObject({ code: "DATA_MALFORMED" });
  const silent = fetchNetwork.request({ ...asked, url: `${echo}/silence`, timeoutMs: 50 });
  await expect(silent).rejects.not.toMatchObject({ code: "DATA_MALFORMED" });
});
