import type { Envelope } from "@tideline/spec";
import { expect } from "vitest";
import type { CanaryPhone } from "./canary-phone.ts";
import type { ServeProcess } from "./serve-process.ts";

/** A request as the console tells it. */
export interface ToldRequest {
  readonly format: 1;
  readonly request: string;
  readonly kind: string;
  readonly state: string;
  readonly receipt?: Envelope;
}

/** Asks the console for a phone; answers the status and the body. */
export async function ask(
  { console, writeKey }: ServeProcess,
  kind: "export" | "erase",
  { install, secret }: Pick<CanaryPhone, "install" | "secret">,
): Promise<{ status: number; body: ToldRequest }> {
  const response = await fetch(`${console}/v1/subject/${kind}`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ format: 1, install, secret }),
  });
  return { status: response.status, body: (await response.json()) as ToldRequest };
}

/** Looks at a request, or at what it exported, with a secret. */
export function look(
  { console }: ServeProcess,
  id: string,
  secret: string | null,
  rest = "",
): Promise<Response> {
  return fetch(`${console}/v1/subject/requests/${id}${rest}`, {
    headers: secret === null ? {} : { "x-tideline-secret": secret },
  });
}

/** Waits until a request has ended. */
export async function ended(server: ServeProcess, id: string, secret: string): Promise<ToldRequest> {
  let told: ToldRequest | undefined;
  await expect
    .poll(
      async () => {
        told = (await (await look(server, id, secret)).json()) as ToldRequest;
        return told.state;
      },
      { timeout: 30_000, interval: 100 },
    )
    .toMatch(/^(done|failed)$/);
  return told!;
}
