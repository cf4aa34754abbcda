import { isTidelineError, parseJson } from "@tideline/spec";
import { ask, authorisation } from "./ask.ts";
import type { Context } from "./context.ts";
import { fail } from "./fail.ts";
import type { Owner } from "./identity.ts";
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

/** An erasure that is remembered; what is done, without what it took to ask for it. */
interface Kept extends SubjectRequest {
  readonly secret?: string;
  /** Whether the server took anything of the install. One that never sent anything is erased here. */
  readonly known?: boolean;
}

/** What a person may ask of the server. */
export interface Subject {
  /** Erasures that are not done yet, and the last ones that are. */
  requests(): readonly SubjectRequest[];
  /** Whether the data of an install is to be erased, here too. */
  isErased(install: string): boolean;
  /**
   * Remembers an erasure, once; nothing is asked of the server yet. `known` is called when its turn has
   * come, and says whether the server took anything of the install. Throws `OVERLOADED` where as many as can be
   * remembered are not done yet.
   */
  beginErasure(owner: Owner, known: () => boolean): Promise<void>;
  /** Tells the server of erasures that are not done and hears how they stand. Never throws for the network. */
  advance(): Promise<void>;
  /** How the erasure of an install stands. */
  erasure(owner: Owner): OpenRequest;
  /** Asks for what is held of an install; the server knows the request again. Throws `UNAVAILABLE` and the like. */
  export(owner: Owner): Promise<OpenRequest>;
}

/**
 * Names in the secure storage, each with a list of one or none: a value has 1 KiB, of which an erasure takes 250 bytes.
 * An erasure keeps its place, so that no other is written for it. Secrets belong nowhere else.
 */
const nameOf = (place: number): string => `erasures${place || ""}`;

/** Erasures that are remembered at most. */
const MOST = 8;

const ANSWER_BYTES = 1 << 16;

const isOver = (one: Kept | null): boolean => one?.state === "done" || one?.state === "failed";

const begin = (kind: Kept["kind"], { install, secret }: Owner): Kept => ({
  kind,
  install,
  request: null,
  state: "pending",
  secret,
});

const shown = ({ secret: _secret, known: _known, ...request }: Kept): SubjectRequest => request;

/** Opens the erasures of before. */
export async function openSubject({ ports, tally, console, writeKey, limits }: Context): Promise<Subject> {
  const { secure, text } = ports;
  const serial = createSerial();
  const places: (Kept | null)[] = [];
  const find = (install: string) => places.find((one) => one?.install === install);

  const encoded = (one: Kept | null): Uint8Array => text.encode(JSON.stringify(one ? [one] : []));

  const save = async (place: number, one: Kept | null): Promise<void> => {
    await secure.write(nameOf(place), encoded(one));
    places[place] = one;
  };

  for (let place = MOST - 1; place >= 0; place -= 1) {
    const stored = await secure.read(nameOf(place));
    const found = stored && parseJson(stored, text);
    const list = (Array.isArray(found) ? (found as readonly (Kept | null)[]) : [])
      .filter((one) => typeof one?.install === "string")
      .map((one) => (one!.state === "done" ? shown(one!) : one!)) as readonly Kept[];
    // Versions before kept all of them in the first place, or moved them: what is found twice there is one.
    const [own = null, ...others] = list.filter(({ install }) => !find(install));
    places[place] = own;
    for (const one of others) await save(places.indexOf(null), one);
    // Not before what else it holds stands elsewhere. What is left out makes it shorter: a secret that has served, too.
    if (stored && stored.length > encoded(own).length) await save(place, own);
  }

  /** Makes a request; the server knows one again that is under way or done. */
  const tell = async (one: Kept): Promise<Kept & { state: Kept["state"] }> => {
    const { kind, install, secret } = one;
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
    return { ...one, request: answer.request, state: answer.state };
  };

  const opened = (one: Kept, { secret }: Owner): OpenRequest => ({
    ...shown(one),
    url: one.request && `${console}/v1/subject/requests/${encodeURIComponent(one.request)}`,
    headers: { "x-tideline-secret": secret },
  });

  return {
    requests: () => places.flatMap((one) => (one ? shown(one) : [])),
    isErased: (install) => !!find(install),
    beginErasure: (owner, known) =>
      serial(async () => {
        const isKnown = known();
        if (find(owner.install)) return;
        const free = places.indexOf(null);
        const place = free < 0 ? places.findIndex(isOver) : free;
        if (place < 0) fail("OVERLOADED", "eraseMe", "erasures", MOST, "one to be done");
        await save(place, { ...begin("erase", owner), known: isKnown });
      }),
    advance: () =>
      serial(async () => {
        for (const [place, one] of places.entries()) {
          if (!one || isOver(one)) continue;
          try {
            const next = await tell(one);
            // Another request: the one before failed, as one does for an install that the server does not know.
            const failed = one.request !== null && one.request !== next.request;
            if (failed && one.known === false) next.state = "done";
            if (one.request !== next.request || one.state !== next.state) {
              await save(place, next.state === "done" ? shown(next) : next);
            }
          } catch (error) {
            if (!isTidelineError(error)) throw error;
            tally.report("subject", error);
          }
        }
      }),
    erasure: (owner) => opened(find(owner.install)!, owner),
    export: async (owner) => opened(await tell(begin("export", owner)), owner),
  };
}
