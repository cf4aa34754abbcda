import { fastify } from "fastify";
import { expect, test } from "vitest";
import { answerToOwnHost } from "./own-host.ts";

/** Status of a request under a `Host` header, to a server bound to `bound`. */
async function statusFor(bound: string, host: string): Promise<number> {
  const server = fastify();
  answerToOwnHost(server, bound);
  server.get("/", () => "here");
  const { statusCode } = await server.inject({ url: "/", headers: { host } });
  await server.close();
  return statusCode;
}

test.each(["localhost:4600", "LOCALHOST", "127.0.0.1:4600", "127.0.0.1", "[::1]:4600"])(
  "a server on loopback answers to %s",
  async (host) => {
    expect(await statusFor("127.0.0.1", host)).toBe(200);
  },
);

test.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:4600", "10.0.0.1", "[::2]"])(
  "a server on loopback refuses %s",
  async (host) => {
    expect(await statusFor("127.0.0.1", host)).toBe(403);
  },
);

test("a server that serves other machines answers to any name", async () => {
  expect(await statusFor("0.0.0.0", "tideline.example")).toBe(200);
});
