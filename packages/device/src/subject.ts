import { isTidelineError, openEnvelope, parseJson, tidelineError, type Envelope } from "@tideline/spec";
import { ask, askBytes, authorisation } from "./ask.ts";
import type { Identity } from "./identity.ts";
import type { DevicePorts } from "./ports.ts";
import { createSerial } from "./serial.ts";
import type { Tally } from "./tally.ts";
import type { Trust } from "./trust.ts";

/** Media type of the receipt of an erasure. */
export const RECEIPT_TYPE = "application/vnd.tideline.receipt+json";

/** What a person asked the server for. */
export interface SubjectRequest {
  readonly kind: "export" | "erase";
  /** The install whose data it is about. */
  readonly install: string;
  /** The server's name of the request; null before the server knows of it. */
  readonly request: string | null;
  /** `pending`: the server could not be told yet, and will be. `failed`: it cannot do it, `lastError` says why. */
  readonly state: "pending" | "accepted" | "running" | "done" | "failed";
}

/** A request with the secret that proves whose it is. */
interface Kept extends SubjectRequest {
  readonly secret: string;
}

/** What a server answers about a request. */
interface Answer {
  readonly request?: string;
  readonly state?: SubjectRequest["state"];
  readonly receipt?: Envelope;
}

/** Requests of the person, remembered until they are done. */
export interface Subject {
  requests(): readonly SubjectRequest[];
  /** Whether the data of an install is to be erased, here too. */
  isErased(install: string): boolean;
  /** Remembers a request; an unfinished one of the same kind and install is gone on with. */
  begin(kind: SubjectRequest["kind"], identity: Identity): Promise<SubjectRequest>;
  /** Tells the server what it does not know yet and asks how the others stand. Never throws for the network. */
  advance(): Promise<void>;
  /** The signed proof of a finished erasure, checked; null where there is none. */
  receipt(of: SubjectRequest): Promise<Envelope | null>;
  /** What an export that is done holds: newline-delimited JSON. */
  download(of: SubjectRequest, maxBytes: number): Promise<Uint8Array>;
}

/** What {@link openSubject} needs. */
export interface SubjectOptions {
  readonly ports: DevicePorts;
  readonly tally: Tally;
  readonly trust: Trust;
  readonly console: string;
  readonly writeKey: string;
  readonly timeoutMs: number;
}

/** Name in the secure storage; secrets belong nowhere else. */
const NAME = "subject-requests";

/** Finished requests that are remembered; one takes 230 bytes. */
const FINISHED = 4;

const ANSWER_BYTES = 1 << 16;

const isFinished = ({ state }: SubjectRequest): boolean => state === "done" || state === "failed";

/** Opens the requests of before. */
export async function openSubject(options: SubjectOptions): Promise<Subject> {
  const { ports, tally, trust, console, writeKey, timeoutMs } = options;
  const serial = createSerial();
  const stored = await ports.secure.read(NAME);
  let kept = ((stored && parseJson(stored, ports.text)) ?? []) as readonly Kept[];

  const save = async (next: readonly Kept[]): Promise<void> => {
    const finished = next.filter(isFinished);
    kept = next.filter((one) => !isFinished(one) || finished.indexOf(one) >= finished.length - FINISHED);
    await ports.secure.write(NAME, ports.text.encode(JSON.stringify(kept)));
  };
  const keptOf = ({ kind, install }: SubjectRequest): Kept =>
    kept.find((one) => one.kind === kind && one.install === install)!;
  const urlOf = ({ request }: SubjectRequest): string => `${console}/v1/subject/requests/${request}`;

  /** What the server says about a request, or of one that it does not know yet: to one. */
  const consult = async (one: Kept): Promise<Answer> => {
    const { kind, install, secret } = one;
    const url = one.request === null ? `${console}/v1/subject/${kind}` : urlOf(one);
    const who = `subject ${kind}`;
    const { status, body } = await ask(ports, who, {
      url,
      timeoutMs,
      maxBytes: ANSWER_BYTES,
      ...(one.request === null
        ? {
            method: "POST",
            headers: { authorization: authorisation(writeKey, ports), "content-type": "application/json" },
            body: ports.text.encode(JSON.stringify({ format: 1, install, secret })),
          }
        : { headers: { "x-tideline-secret": secret } }),
    });
    if (status < 300) return (parseJson(body, ports.text) as Answer | null | undefined) ?? {};
    const passing = status === 408 || status === 429 || status >= 500;
    const code = passing ? "UNAVAILABLE" : status === 404 ? "NOT_FOUND" : "FORBIDDEN";
    throw tidelineError(code, { who, field: url, received: `${status}` });
  };

  const advanceOne = async (one: Kept): Promise<Kept> => {
    try {
      const { request = one.request, state = one.state } = await consult(one);
      return { ...one, request, state };
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      const code = tally.report("subject", error);
      return code === "NOT_FOUND" || code === "FORBIDDEN" ? { ...one, state: "failed" } : one;
    }
  };

  return {
    requests: () => kept.map(({ secret: _secret, ...request }) => request),
    isErased: (install) => kept.some((one) => one.kind === "erase" && one.install === install),
    begin: (kind, { install, secret }) =>
      serial(async () => {
        const one: Kept = { kind, install, request: null, state: "pending", secret };
        const old = keptOf(one);
        if (old !== undefined && !isFinished(old)) return old;
        await save([...kept.filter((other) => other !== old), one]);
        return one;
      }),
    advance: () =>
      serial(async () => {
        for (const one of kept.filter((other) => !isFinished(other))) {
          const next = await advanceOne(one);
          await save(kept.map((other) => (other === one ? next : other)));
        }
      }),
    receipt: async (of) => {
      const { receipt } = await consult(keptOf(of));
      const { roles, keys } = trust.root();
      if (receipt) await openEnvelope(receipt, RECEIPT_TYPE, roles.release, keys, ports);
      return receipt ?? null;
    },
    download: (of, maxBytes) => {
      const one = keptOf(of);
      const headers = { "x-tideline-secret": one.secret };
      return askBytes(ports, "subject export", { url: `${urlOf(one)}/export`, headers, timeoutMs, maxBytes });
    },
  };
}
