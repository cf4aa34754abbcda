import { decodeBatch, hasSequence, type FrameReference } from "@tideline/spec";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { erasedHash, subjectOn } from "../catalog/index.ts";
import { encodeLogRecord } from "../ingest/log/log-record.ts";
import { nodeText } from "../ingest/node-text.ts";
import { LOG_RECORD_FORMAT, type LogEvent, type LogRecord } from "../log-record.ts";
import { subjectOfContent } from "./stored-record.ts";
import { scrubRecord } from "./scrub-record.ts";
import { hashedScope, namedScope } from "./scope.ts";

/** An event of a record that is being made up: its person, and how many samples its frame has; null for no frame. */
interface Part {
  readonly subject: string;
  readonly samples: number | null;
  readonly isRefused: boolean;
}

const [GONE, STAYS] = ["a".repeat(32), "b".repeat(32)];

const parts = fc.array(
  fc.record({
    subject: fc.constantFrom(GONE, STAYS),
    samples: fc.option(fc.nat({ max: 9 })),
    isRefused: fc.boolean(),
  }),
  { maxLength: 12 },
);

/** A record in which the samples of an event are its number plus one, two channels each. */
function made(of: readonly Part[], erased?: LogRecord["erased"]) {
  const attachment: number[] = [];
  const record: LogRecord = {
    format: LOG_RECORD_FORMAT,
    received_at: 5,
    install: "phone",
    epoch: 1,
    sdk: "t",
    sent_at: 4,
    events: of.flatMap(({ subject, samples, isRefused }, seq) => {
      if (isRefused) return [];
      const frame = { offset: attachment.length, samples: samples ?? 0 };
      attachment.push(...Array.from({ length: 8 * (samples ?? 0) }, () => seq + 1));
      const text = `of ${seq}`;
      const properties: LogEvent["properties"] = samples === null ? { text } : { text, frame };
      const known = { name: "e", version: 1, sent_version: 1, time: 1, key_id: null, consent: ["p"] };
      return [{ seq, subject, properties, ...known }];
    }),
    quarantined: of.flatMap(({ subject, isRefused }, seq) =>
      isRefused
        ? [
            {
              seq,
              name: "e",
              code: "FIELD_UNKNOWN",
              field: "x",
              reason: "",
              content: { subject, text: `of ${seq}` },
            },
          ]
        : [],
    ),
    duplicates: 1,
    ...(erased === undefined ? {} : { erased }),
  };
  return { record, attachment: Uint8Array.from(attachment) };
}

const read = (payload: Uint8Array) => {
  const { header, attachment } = decodeBatch(payload, nodeText);
  return { record: header as LogRecord, attachment };
};

test("a scrubbed record is as long as before, holds nothing of who left, and all of the others", () => {
  const scope = namedScope([], [GONE]);
  fc.assert(
    fc.property(parts, (of) => {
      const { record, attachment } = made(of);
      const before = encodeLogRecord(record, attachment);
      const scrubbed = scrubRecord(before, scope);
      const gone = of.flatMap(({ subject }, seq) => (subject === GONE ? [seq] : []));
      if (gone.length === 0) {
        expect(scrubbed).toBeNull();
        return;
      }
      expect(scrubbed!.payload).toHaveLength(before.length);
      expect(scrubbed!.events + scrubbed!.quarantined).toBe(gone.length);
      const after = read(scrubbed!.payload);
      expect(after.record).toEqual({
        ...record,
        events: record.events.filter(({ subject }) => subject === STAYS),
        quarantined: record.quarantined.filter(({ content }) => subjectOfContent(content) === STAYS),
        erased: after.record.erased,
      });
      expect(of.every((_, seq) => hasSequence(after.record.erased!, seq) === gone.includes(seq))).toBe(true);
      // Each kept sample stands where it was, and every other byte is zero.
      const kept = new Uint8Array(attachment.length);
      for (const { properties } of after.record.events) {
        const frame = properties["frame"] as FrameReference | undefined;
        if (frame === undefined) continue;
        const end = frame.offset + 8 * frame.samples;
        kept.set(attachment.subarray(frame.offset, end), frame.offset);
      }
      expect(after.attachment).toEqual(kept);
      expect(scrubRecord(scrubbed!.payload, scope)).toBeNull();
    }),
  );
});

test("of an install that leaves, its record keeps when it came and nothing else", () => {
  const { record, attachment } = made([
    { subject: GONE, samples: 3, isRefused: false },
    { subject: STAYS, samples: null, isRefused: true },
  ]);
  const before = encodeLogRecord({ ...record, proof: "c".repeat(64) }, attachment);
  const { payload, events, quarantined } = scrubRecord(before, namedScope(["phone"], []))!;
  expect([payload.length, events, quarantined]).toEqual([before.length, 1, 1]);
  const after = read(payload);
  expect(after.record).toEqual({
    format: 1,
    received_at: 5,
    install: "",
    epoch: 0,
    sdk: "",
    sent_at: 0,
    events: [],
    quarantined: [],
    duplicates: 0,
  });
  expect(after.attachment.every((byte) => byte === 0)).toBe(true);
  expect(scrubRecord(payload, namedScope([""], []))).toBeNull();
});

test("the smallest record has room for what takes its place", () => {
  const smallest: LogRecord = {
    format: 1,
    received_at: 1,
    install: "p",
    epoch: 0,
    sdk: "t",
    sent_at: 0,
    events: [],
    quarantined: [],
    duplicates: 0,
  };
  const before = encodeLogRecord(smallest, new Uint8Array(0));
  expect(scrubRecord(before, namedScope(["p"], []))?.payload).toHaveLength(before.length);
});

test("numbers that were taken out before stay known", () => {
  const { record, attachment } = made(
    [
      { subject: STAYS, samples: null, isRefused: false },
      { subject: GONE, samples: null, isRefused: false },
    ],
    [[7, 9]],
  );
  const scrubbed = scrubRecord(encodeLogRecord(record, attachment), namedScope([], [GONE]))!;
  expect(read(scrubbed.payload).record.erased).toEqual([
    [1, 1],
    [7, 9],
  ]);
});

test("others lose the names of who left, and nothing else; what came later keeps them", () => {
  const names = fc.record({
    install_subject: fc.option(fc.constantFrom(GONE, STAYS), { nil: undefined }),
    previous: fc.array(fc.constantFrom(GONE, STAYS, null), { minLength: 12, maxLength: 12 }),
  });
  fc.assert(
    fc.property(parts, names, fc.boolean(), (of, { install_subject, previous }, isLate) => {
      const { record, attachment } = made(of.map((part) => ({ ...part, subject: STAYS })));
      const named = <Holder extends object>(holder: Holder, index: number) => {
        const name = previous[index % 12];
        return name === null ? holder : { ...holder, previous: name };
      };
      const before = {
        ...record,
        ...(install_subject === undefined ? {} : { install_subject }),
        events: record.events.map(named),
        quarantined: record.quarantined.map((refused, index) => ({
          ...refused,
          content: named(refused.content!, index + 5),
        })),
      };
      const payload = encodeLogRecord(before as LogRecord, attachment);
      const at = record.received_at - (isLate ? 1 : 0);
      const hash = erasedHash("subject", GONE);
      const scrubbed = scrubRecord(payload, hashedScope([], { hashes: [hash], at }));
      const count = JSON.stringify(before).split(GONE).length - 1;
      if (count === 0 || isLate) {
        expect(scrubbed).toBeNull();
        return;
      }
      expect(scrubbed).toMatchObject({ events: 0, quarantined: 0, names: count });
      expect(scrubbed!.payload).toHaveLength(payload.length);
      const left = read(scrubbed!.payload);
      expect(left.attachment).toEqual(attachment);
      const without = JSON.parse(
        JSON.stringify(before, (key, value: unknown) =>
          (key === "previous" || key === "install_subject") && value === GONE ? undefined : value,
        ),
      ) as object;
      expect(left.record).toEqual(without);
      expect(scrubRecord(scrubbed!.payload, hashedScope([], { hashes: [hash], at }))).toBeNull();
    }),
  );
});

test("of a pseudonym what happened until the erasure goes, by the corrected clock, and of a pair on its phone only", () => {
  const { record, attachment } = made([
    { subject: GONE, samples: null, isRefused: false },
    { subject: GONE, samples: null, isRefused: false },
    { subject: GONE, samples: null, isRefused: true },
  ]);
  // The phone's clock is one behind: what it did at 3 was at 4, what it did at 4 was at 5.
  const events = record.events.map((event, index) => ({ ...event, time: 3 + index }));
  const payload = encodeLogRecord({ ...record, events }, attachment);
  const until = (at: number, name = GONE) => {
    const scope = hashedScope([{ kind: "subject", hash: erasedHash("subject", name), at }]);
    const scrubbed = scrubRecord(payload, scope);
    return scrubbed === null ? null : [scrubbed.events, scrubbed.quarantined];
  };
  // What has no time of its own counts as old.
  expect([until(-1), until(3), until(4), until(5)]).toEqual([null, [0, 1], [1, 1], [2, 1]]);
  expect(until(5, subjectOn("phone", GONE))).toEqual([2, 1]);
  expect(until(5, subjectOn("other", GONE))).toBeNull();
});
