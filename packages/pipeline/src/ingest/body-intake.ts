import type { IncomingMessage } from "node:http";
import { tidelineError } from "@tideline/spec";
import type { IngestLimits } from "./limits.ts";
import { tooLarge } from "./read-body.ts";

/** Seconds after which a phone may try again where too much waits: a commit takes milliseconds. */
export const RETRY_AFTER = "1";

/** A request whose body is being taken in. */
interface Intake {
  readonly since: number;
  /** Ends it with 429. */
  cut(): void;
}

/** What of requests is in memory, and who has to wait. */
export interface BodyIntake {
  /** Turns a request away where what it declares has no room. @throws `OVERLOADED`, `BATCH_TOO_LARGE` */
  admit(declared: string | undefined): void;
  /**
   * The bytes of a request's body, which count until `until` has closed. @throws `BATCH_TOO_LARGE`, `OVERLOADED`,
   * `BATCH_MALFORMED` where the connection broke
   */
  read(
    request: IncomingMessage,
    until: { once(event: "close", listener: () => void): unknown },
  ): Promise<Buffer>;
}

/** Milliseconds that a body may take while others are turned away for want of room: 512 KiB at 100 kB/s. */
const PATIENCE_MS = 5000;

function overloaded(): Error {
  return tidelineError("OVERLOADED", { who: "collect", remedy: `Try again in ${RETRY_AFTER} s.` });
}

/** The error of a client that went away: nobody hears of it, and nothing of the server is at fault. */
function brokenOff(): Error {
  return tidelineError("BATCH_MALFORMED", { who: "collect", field: "body", received: "a part of it" });
}

/**
 * Takes bodies in within one budget for all. What counts is what has come, not what was declared: a client that declares
 * much and sends nothing takes nobody's place. Where there is no room, whoever has been sending for longest, and for more
 * than some seconds, has to make some: a few connections that never end would otherwise keep everybody out.
 */
export function bodyIntake(
  limits: Pick<IngestLimits, "inflatedBytes" | "waitingBytes">,
  waitingBytes: () => number,
): BodyIntake {
  // In the order in which they came.
  const open = new Set<Intake>();
  let inHand = 0;
  const held = (): number => inHand + waitingBytes();

  /** Makes room for some bytes at the cost of the slowest; false where there is none to be made. */
  const makeRoom = (bytes: number, own?: Intake): boolean => {
    const late = performance.now() - PATIENCE_MS;
    for (const intake of open) {
      if (held() + bytes <= limits.waitingBytes) return true;
      if (intake.since > late) break;
      if (intake !== own) intake.cut();
    }
    // One alone is always taken.
    return held() === 0 || held() + bytes <= limits.waitingBytes;
  };

  return {
    admit: (declared) => {
      const bytes = declared === undefined ? 0 : Number(declared);
      if (bytes > limits.inflatedBytes) throw tooLarge(limits.inflatedBytes, "without gzip");
      if (!makeRoom(bytes)) throw overloaded();
    },
    read: (request, until) =>
      new Promise((resolve, reject) => {
        const parts: Buffer[] = [];
        let length = 0;
        const free = (): void => {
          inHand -= length;
          length = 0;
        };
        const end = (settle: () => void): void => {
          open.delete(intake);
          request.off("data", take);
          settle();
        };
        const refuse = (error: Error): void =>
          end(() => {
            parts.length = 0;
            free();
            reject(error);
            // What still comes is not kept.
            request.resume();
          });
        const intake: Intake = { since: performance.now(), cut: () => refuse(overloaded()) };
        const take = (part: Buffer): void => {
          if (length + part.length > limits.inflatedBytes) {
            refuse(tooLarge(limits.inflatedBytes, "without gzip"));
            return;
          }
          const isAlone = held() === length;
          if (!isAlone && !makeRoom(part.length, intake)) {
            refuse(overloaded());
            return;
          }
          parts.push(part);
          length += part.length;
          inHand += part.length;
        };
        open.add(intake);
        until.once("close", () => {
          open.delete(intake);
          free();
        });
        request.on("data", take);
        request.once("end", () => end(() => resolve(Buffer.concat(parts, length))));
        request.once("error", () => refuse(brokenOff()));
      }),
  };
}
