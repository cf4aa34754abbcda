import { parseJson, toHex, type TextCodec } from "@tideline/spec";
import type { Network, NetworkRequest, NetworkResponse } from "../ports.ts";
import { expectFailure, expectSame, expectThat, type PortCheck } from "./check.ts";

/** A network with a server to try it on. */
export interface NetworkFactory {
  readonly network: Network;
  /** Base URL of a server that answers as {@link answerEcho} says; null where there is none at hand. */
  readonly echo: string | null;
  readonly text: TextCodec;
}

/** What the server that checks talk to answers; undefined where it must keep the connection open in silence. */
export function answerEcho(
  { method, url, headers, body }: Pick<NetworkRequest, "method" | "url" | "headers" | "body">,
  text: TextCodec,
): NetworkResponse | undefined {
  const [, kind, argument] = /^.*\/(status|bytes|echo|silence)(?:\/(\d+))?$/.exec(url) ?? [];
  const size = Number(argument ?? 0);
  if (kind === "silence") return undefined;
  if (kind === "status") return { status: size, headers: { "X-Check": "Yes" }, body: text.encode("told") };
  if (kind === "bytes") return { status: 200, headers: {}, body: new Uint8Array(size).fill(0xfe) };
  const seen = { method, check: headers["x-check"], body: toHex(body ?? new Uint8Array(0)) };
  return { status: kind === "echo" ? 200 : 404, headers: {}, body: text.encode(JSON.stringify(seen)) };
}

const who = "network";

const ask = (
  { echo }: NetworkFactory,
  path: string,
  changes: Partial<NetworkRequest> = {},
): NetworkRequest => ({
  method: "GET",
  url: `${echo}${path}`,
  headers: {},
  timeoutMs: 10_000,
  maxBytes: 100_000,
  ...changes,
});

/** A check that needs the server, and passes where there is none. */
const served = (
  name: string,
  run: (factory: NetworkFactory) => Promise<void>,
): PortCheck<NetworkFactory> => ({
  name,
  run: async (factory) => {
    if (factory.echo !== null) await run(factory);
  },
});

/** What {@link Network} promises. */
export const NETWORK_CHECKS: readonly PortCheck<NetworkFactory>[] = [
  {
    name: "rejects where nobody listens and where there is no such host",
    run: async ({ network }) => {
      const request = { method: "GET", headers: {}, timeoutMs: 10_000, maxBytes: 10 } as const;
      await expectFailure(who, "a closed port", () =>
        network.request({ ...request, url: "http://127.0.0.1:9/" }),
      );
      // RFC 6761: no resolver knows a name under "invalid".
      await expectFailure(who, "no such host", () =>
        network.request({ ...request, url: "http://host.invalid/" }),
      );
    },
  },
  served("sends method, headers and every byte of a body", async (factory) => {
    const every = Uint8Array.from({ length: 259 }, (_, index) => index % 256);
    const headers = { "x-check": "sent", "content-type": "application/octet-stream" };
    const sent = ask(factory, "/echo", { method: "POST", headers, body: every.subarray(0, 256) });
    const { status, body } = await factory.network.request(sent);
    const expected = { method: "POST", check: "sent", body: toHex(every.slice(0, 256)) };
    expectSame(who, "status", status, 200);
    expectSame(who, "what the server saw", parseJson(body, factory.text), expected);
    const empty = await factory.network.request(ask(factory, "/echo"));
    expectSame(who, "a GET", (parseJson(empty.body, factory.text) as { method: string }).method, "GET");
  }),
  served("gives any status with its body, and header names in lower case", async (factory) => {
    for (const wanted of [200, 400, 404, 429, 503]) {
      const { status, headers, body } = await factory.network.request(ask(factory, `/status/${wanted}`));
      expectSame(who, "status", status, wanted);
      expectSame(who, "x-check", headers["x-check"], "Yes");
      expectSame(who, "body", factory.text.decode(body), "told");
    }
  }),
  served(
    "gives every byte of an answer up to the bound, and rejects by its code beyond it",
    async (factory) => {
      const { body } = await factory.network.request(ask(factory, "/bytes/70000", { maxBytes: 70_000 }));
      expectThat(
        body.length === 70_000 && body.every((byte) => byte === 0xfe),
        who,
        "70,000 bytes",
        body.length,
      );
      await expectFailure(
        who,
        "a byte more than the bound",
        () => factory.network.request(ask(factory, "/bytes/70000", { maxBytes: 69_999 })),
        "DATA_MALFORMED",
      );
    },
  ),
  served("rejects when no answer comes in time", async (factory) => {
    await expectFailure(who, "silence", () =>
      factory.network.request(ask(factory, "/silence", { timeoutMs: 100 })),
    );
  }),
  served("requests at the same time do not meet", async (factory) => {
    const wanted = Array.from({ length: 8 }, (_, index) => index * 1000);
    const answers = await Promise.all(
      wanted.map((size) => factory.network.request(ask(factory, `/bytes/${size}`))),
    );
    expectSame(
      who,
      "lengths",
      answers.map(({ body }) => body.length),
      wanted,
    );
  }),
];
