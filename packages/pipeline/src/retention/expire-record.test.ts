import { decodeBatch, hasSequence, type FrameReference } from "@tideline/spec";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encodeLogRecord } from "../ingest/log/log-record.ts";
import { nodeText } from "../ingest/node-text.ts";
import { LOG_RECORD_FORMAT, type LogEvent, type LogRecord } from "../log-record.ts";
import type { Cutoffs } from "./cutoff.ts";
import { expireRecord } from "./expire-record.ts";

const parts = fc.array(
  fc.record({
    name: fc.constantFrom("short", "long", "gone"),
    samples: fc.option(fc.nat({ max: 9 })),
    isRefused: fc.boolean(),
  }),
  { maxLength: 12 },
);
/** `short` events are past their time, `long` ones and undeclared ones are not. */
const cutoffs: Cutoffs = { of: (name) => (name === "short" ? 6 : 5), others: 5, latest: 6 };

test("whatever a record holds, exactly what is past its time goes, and nothing moves", () => {
  fc.assert(
    fc.property(parts, fc.nat({ max: 3 }), (of, erased) => {
      const samples: number[] = [];
      const record: LogRecord = {
        format: LOG_RECORD_FORMAT,
        received_at: 5,
        install: "phone",
        epoch: 1,
        sdk: "t",
        sent_at: 4,
        events: of.flatMap(({ name, samples: count, isRefused }, seq) => {
          if (isRefused) return [];
          const offset = samples.length * 4;
          for (let index = 0; index < (count ?? 0); index += 1) samples.push(seq + 1);
          const properties: LogEvent["properties"] =
            count === null ? {} : { wave: { offset, samples: count } };
          const rest = { version: 1, sent_version: 1, time: 1, subject: "s", consent: [] };
          return [{ seq, name, ...rest, key_id: null, properties }];
        }),
        quarantined: of.flatMap(({ name, isRefused }, seq) =>
          isRefused ? [{ seq, name, code: "C", field: "", reason: "", content: null }] : [],
        ),
        duplicates: 0,
        ...(erased > 0 && { erased: [[100, 99 + erased]] }),
      };
      const payload = encodeLogRecord(record, new Uint8Array(Float32Array.from(samples).buffer));
      const expired = expireRecord(payload, cutoffs);
      const past = of.flatMap(({ name }, seq) => (name === "short" ? [seq] : []));
      if (past.length === 0) {
        expect(expired).toBeNull();
        return;
      }
      expect(expired!.payload).toHaveLength(payload.length);
      expect(expired!.events + expired!.quarantined).toBe(past.length);
      const { header, attachment } = decodeBatch(expired!.payload, nodeText);
      const left = header as LogRecord;
      const values = new Float32Array(attachment.slice().buffer);
      expect(values.filter((value) => value !== 0).every((value) => !past.includes(value - 1))).toBe(true);
      for (const { seq, properties } of left.events) {
        expect(past).not.toContain(seq);
        const { offset, samples: count } = (properties["wave"] ?? {
          offset: 0,
          samples: 0,
        }) as FrameReference;
        expect([...values.subarray(offset / 4, offset / 4 + count)]).toEqual(Array(count).fill(seq + 1));
      }
      const there = [...left.events, ...left.quarantined].map(({ seq }) => seq);
      expect([...there, ...past].sort((a, b) => a - b)).toEqual(of.map((_, seq) => seq));
      for (const seq of past) expect(hasSequence(left.erased!, seq)).toBe(true);
      for (let seq = 100; seq < 100 + erased; seq += 1) expect(hasSequence(left.erased!, seq)).toBe(true);
      // A second time nothing is past its time.
      expect(expireRecord(expired!.payload, cutoffs)).toBeNull();
    }),
  );
});

test("a record that an erasure emptied stays so", () => {
  const empty: LogRecord = {
    format: LOG_RECORD_FORMAT,
    received_at: 0,
    install: "",
    epoch: 0,
    sdk: "",
    sent_at: 0,
    events: [],
    quarantined: [],
    duplicates: 0,
  };
  expect(expireRecord(encodeLogRecord(empty, new Uint8Array()), cutoffs)).toBeNull();
});

test("what is older than every retention says only which numbers came", () => {
  const events = [3, 4].map((seq): LogEvent => {
    const rest = { version: 1, sent_version: 1, time: 1, subject: "ada", consent: [], key_id: null };
    return { seq, name: "long", ...rest, properties: {} };
  });
  const record: LogRecord = {
    format: LOG_RECORD_FORMAT,
    received_at: 4,
    install: "phone",
    epoch: 7,
    sdk: "t",
    install_subject: "nobody",
    proof: "ab".repeat(32),
    sent_at: 3,
    events,
    quarantined: [],
    duplicates: 2,
    erased: [[1, 2]],
  };
  const expiry = (one: LogRecord) => {
    const payload = encodeLogRecord(one, new Uint8Array());
    const expired = expireRecord(payload, cutoffs)!;
    expect(expired.payload).toHaveLength(payload.length);
    expect(expired.receipts).toBe(1);
    expect(expireRecord(expired.payload, cutoffs)).toBeNull();
    return decodeBatch(expired.payload, nodeText).header;
  };
  const nothing = { sdk: "", sent_at: 0, events: [], quarantined: [], duplicates: 2 };
  const left = { format: LOG_RECORD_FORMAT, received_at: 4, ...nothing };
  expect(expiry(record)).toEqual({ ...left, install: "phone", epoch: 7, erased: [[1, 4]] });
  // Its events went before, as those of a shorter retention do.
  expect(expiry({ ...record, events: [] })).toMatchObject({ install: "phone", erased: [[1, 2]] });
  const { erased: _, ...copies } = { ...record, events: [] };
  expect(expiry(copies)).toEqual({ ...left, install: "", epoch: 0 });
  // One moment later it is not yet past.
  expect(expireRecord(encodeLogRecord({ ...copies, received_at: 5 }, new Uint8Array()), cutoffs)).toBeNull();
});
