import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AppDefinition } from "../app.ts";
import { checkEvent } from "../check-event.ts";
import type { EventDefinition } from "../event.ts";
import { compareApps } from "./compare-app.ts";
import { anyEdit, anyWireEvent, ATTACHMENT_BYTES } from "./testing/random-event.ts";

const appOf = (event: EventDefinition): AppDefinition => ({
  name: "a",
  purposes: { own: "", other: "", third: "" },
  events: { [event.name]: event },
  views: [],
  models: [],
});
const breaking = (changes: ReturnType<typeof compareApps>) =>
  changes.filter(({ verdict }) => verdict !== "compatible");

const RUNS = Number(process.env["COMPATIBILITY_RUNS"] ?? 400);

test("where it says compatible, whatever an old phone sends is taken", () => {
  let compatible = 0;
  fc.assert(
    fc.property(
      anyEdit.chain(([older, newer]) =>
        fc.tuple(
          fc.constant([older, newer] as const),
          fc.array(anyWireEvent(older), { minLength: 5, maxLength: 15 }),
        ),
      ),
      ([[older, newer], events]) => {
        const [before, after] = [appOf(older), appOf(newer)];
        const taken = events.filter((event) => checkEvent(before, event, ATTACHMENT_BYTES).ok);
        const refused = taken.filter((event) => !checkEvent(after, event, ATTACHMENT_BYTES).ok);
        const changes = breaking(compareApps(before, after));
        if (changes.length === 0) compatible += 1;
        if (refused.length > 0) {
          const said = changes.filter(({ witness }) => witness !== undefined);
          expect(said, JSON.stringify(refused[0])).not.toEqual([]);
        }
      },
    ),
    { numRuns: RUNS },
  );
  // Otherwise the property says nothing.
  expect(compatible).toBeGreaterThan(RUNS / 20);
});

test("what it says breaks old phones has a witness: an event of theirs that is refused", () => {
  let witnesses = 0;
  fc.assert(
    fc.property(anyEdit, ([older, newer]) => {
      for (const change of breaking(compareApps(appOf(older), appOf(newer)))) {
        if (change.witness === undefined) {
          // Then it is about meaning or consent, or no event of the older version is taken by anyone.
          const mute = change.what.startsWith("no longer") || change.verdict === "changes_consent";
          expect(mute || /something else/.test(change.why), JSON.stringify(change)).toBe(true);
          continue;
        }
        witnesses += 1;
        const { event, attachmentBytes } = change.witness;
        expect(checkEvent(appOf(older), event, attachmentBytes).ok).toBe(true);
        expect(checkEvent(appOf(newer), event, attachmentBytes).ok).toBe(false);
      }
    }),
    { numRuns: RUNS },
  );
  expect(witnesses).toBeGreaterThan(RUNS / 20);
});
