import { isTidelineError, parseJson } from "@tideline/spec";
import { ask, authorisation } from "./ask.ts";
import type { Context } from "./context.ts";
import { fail } from "./fail.ts";
import type { Identity } from "./identity.ts";
import { createSerial } from "./serial.ts";

/** What a person asked the server for. */
export interface SubjectRequest {
  readonly kind: "export" | "erase";
  /** The install whose data it is about. */
  readonly install: string;
  /** The server's name of the request; null before the server knows of it. */
  readonly request: string | null;
  /** `pending`: the server could not be told yet, and will be. `failed`: it cannot do it. */
  readonly state: "pending" | "accepted" | "running" | "done" | "failed";
}

/** A request with what opens it at the server. Whoever has the headers has what the request gives. */
export interface OpenRequest extends SubjectRequest {
  /**
   * `GET` gives `{ state, receipt? }`, the receipt signed; `GET` of the same with `/export` what is held, as
   * newline-delimited JSON, once an export is `done`. Null before the server knows of it.
   */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** An erasure that is remembered. */
interface Kept extends SubjectRequest {
  readonly secret: string;
}

type Who = Pick<Identity, "install" | "secret">;

/** What a person may ask of the server. */
export interface Subject {
  /** Erasures that are not done yet, and the last ones that are. */
  requests(): readonly SubjectRequest[];
  /** Whether the data of an install is to be erased, here too. */
  isErased(install: string): boolean;
  /** Remembers an erasure; nothing is asked of the server yet. */
  beginErasure(who: Who): Promise<void>;
  /** Tells the server of erasures that are not done and hears how they stand. Never throws for the network. */
  advance(): Promise<void>;
  /** How the erasure of an install stands. */
  erasure(install: string): OpenRequest;
  /** Asks for what is held of an install; the server knows the request again. Throws `UNAVAILABLE` and the like. */
  export(who: Who): Promise<OpenRequest>;
}

/** Name in the secure storage; secrets belong nowhere else. */
const NAME = "erasures";

/** Erasures that are remembered at most, the newest; one takes 200 bytes. */
const MOST = 8;

const ANSWER_BYTES = 1 << 16;

/** Opens the erasures of before. */
export async function openSubject({ ports, tally, console, writeKey, limits }: Context): Promise<Subject> {
  const { secure, text } = ports;
  const serial = createSerial();
  const stored = await secure.read(NAME);
  let kept = ((stored && parseJson(stored, text)) ?? []) as readonly Kept[];

  const save = async (next: readonly Kept[]): Promise<void> => {
    kept = next.slice(-MOST);
    await secure.write(NAME, text.encode(JSON.stringify(kept)));
  };

  const tell = async (kind: SubjectRequest["kind"], { install, secret }: Who): Promise<Kept> => {
    const url = `${console}/v1/subject/${kind}`;
    const { status, body } = await ask(ports, "subject", {
      method: "POST",
      url,
      headers: { authorization: authorisation(writeKey, text), "content-type": "application/json" },
      body: text.encode(JSON.stringify({ format: 1, install, secret })),
      timeoutMs: limits.timeoutMs,
      maxBytes: ANSWER_BYTES,
    });
    const answer = parseJson(body, text) as Partial<SubjectRequest> | null | undefined;
    if (status !== 202 || !answer?.request || !answer.state)
      return fail("UNAVAILABLE", "subject", url, status);
    return { kind, install, request: answer.request, state: answer.state, secret };
  };

  const opened = ({ secret, ...request }: Kept): OpenRequest => ({
    ...request,
    url: request.request && `${console}/v1/subject/requests/${encodeURIComponent(request.request)}`,
    headers: { "x-tideline-secret": secret },
  });

  return {
    requests: () => kept.map(({ secret: _secret, ...request }) => request),
    isErased: (install) => kept.some((one) => one.install === install),
    beginErasure: ({ install, secret }) =>
      serial(() => save([...kept, { kind: "erase", install, request: null, state: "pending", secret }])),
    advance: () =>
      serial(async () => {
        for (const one of kept) {
          if (one.state === "done" || one.state === "failed") continue;
          try {
            const next = await tell("erase", one);
            await save(kept.map((other) => (other === one ? next : other)));
          } catch (error) {
            if (!isTidelineError(error)) throw error;
            tally.report("subject", error);
          }
        }
      }),
    erasure: (install) => opened(kept.find((one) => one.install === install)!),
    export: async (who) => opened(await tell("export", who)),
  };
}
