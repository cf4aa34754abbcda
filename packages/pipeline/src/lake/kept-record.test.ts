import { expect, test } from "vitest";
import { erasedHash, erasedPeople, NOBODY_ERASED, subjectOn } from "../catalog/erased-file.ts";
import type { LogRecord } from "../log-record.ts";
import { keptRecord } from "./kept-record.ts";

const event = (seq: number, subject: string, time: number) => ({
  seq,
  name: "tap",
  version: 1,
  sent_version: 1,
  time,
  subject,
  key_id: null,
  consent: [],
  properties: {},
});

const refused = (seq: number, content: object | null) => ({
  seq,
  name: "tap",
  code: "FIELD_UNKNOWN",
  field: "name",
  reason: "",
  content,
});

/** A phone whose clock is 100 behind. */
const record: LogRecord = {
  format: 1,
  received_at: 1000,
  install: "phone",
  epoch: 1,
  sdk: "t",
  sent_at: 900,
  events: [event(1, "gone", 399), event(2, "gone", 401), event(3, "stays", 399)],
  quarantined: [
    refused(4, null),
    refused(5, { subject: "gone", time: 399 }),
    refused(6, { subject: "gone", time: null }),
    refused(7, { subject: "stays", time: 399 }),
  ],
  duplicates: 2,
};

test("what people did before they left is taken out, and the rest stays as it is", () => {
  expect(keptRecord(record, NOBODY_ERASED)).toBe(record);
  const people = erasedPeople({
    generation: 1,
    installs: [erasedHash("install", "other")],
    subjects: [[erasedHash("subject", "gone"), 500]],
  });
  const kept = keptRecord(record, people)!;
  expect(kept.events.map(({ seq }) => seq)).toEqual([2, 3]);
  expect(kept.quarantined.map(({ content }) => content !== null)).toEqual([false, false, false, true]);
  expect(kept.quarantined[1]).toMatchObject({ seq: 5, field: "" });
  expect(keptRecord({ ...record, install: "other" }, people)).toBeNull();
  expect(keptRecord({ ...record, install: "" }, NOBODY_ERASED)).toBeNull();
});

test("who has left is named no more in what others send", () => {
  const people = erasedPeople({
    generation: 1,
    installs: [],
    subjects: [
      [erasedHash("subject", "gone"), 500],
      [erasedHash("subject", "nameless"), 500],
    ],
  });
  const naming: LogRecord = {
    ...record,
    install_subject: "nameless",
    events: [
      { ...event(1, "stays", 900), previous: "gone" },
      { ...event(2, "stays", 900), previous: "other" },
    ],
    quarantined: [refused(3, { subject: "stays", time: 900, previous: "gone", text: "x" }), refused(4, null)],
  };
  const kept = keptRecord(naming, people)!;
  expect(kept.events).toEqual([event(1, "stays", 900), { ...event(2, "stays", 900), previous: "other" }]);
  expect(kept.quarantined[0]!.content).toEqual({ subject: "stays", time: 900, text: "x" });
  // What a shared phone sends after the erasure without a user is somebody else's.
  expect(kept.install_subject).toBe("nameless");
  expect(keptRecord({ ...naming, received_at: 500, sent_at: 400 }, people)).not.toHaveProperty(
    "install_subject",
  );
  const untouched = { ...naming, events: [], quarantined: [] };
  expect(keptRecord(untouched, people)).toEqual(untouched);
});

test("what one phone sent under an id of before is refused, and what another one sent under it is not", () => {
  const people = erasedPeople({
    generation: 1,
    installs: [],
    subjects: [[erasedHash("subject", subjectOn("phone", "gone")), 500]],
  });
  expect(keptRecord(record, people)!.events.map(({ seq }) => seq)).toEqual([2, 3]);
  expect(keptRecord({ ...record, install: "other" }, people)!.events.map(({ seq }) => seq)).toEqual([
    1, 2, 3,
  ]);
});
