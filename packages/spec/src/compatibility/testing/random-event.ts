import * as fc from "fast-check";
import type { EventDefinition, Fields, PreviousVersion } from "../../event.ts";
import type { WireEvent, WireValue } from "../../wire.ts";
import { fieldsOf } from "../probe.ts";

type Field = Fields[string];

const NAMES = ["a", "b", "c", "constructor"] as const;
const PURPOSES = ["own", "other", "third"] as const;
const WORDS = ["x", "yes", "no", "unknown"] as const;
const bound = fc.option(fc.constantFrom(-2, -1, 0, 0.5, 1, 1.5, 2, 3, 10), { nil: undefined });
const range = fc.record({ min: bound, max: bound }).map(({ min, max }) => ({
  ...(min === undefined ? {} : { min: Math.min(min, max ?? min) }),
  ...(max === undefined ? {} : { max: Math.max(max, min ?? max) }),
}));

const frame = fc.record({
  kind: fc.constant("frame" as const),
  channels: fc.constantFrom(["x"], ["x", "y"], ["y", "x"]),
  units: fc.constantFrom(["g", "g"], ["g", "m/s2"]),
  rate: fc.constantFrom(50, 52, 100),
});

const type: fc.Arbitrary<Field> = fc.oneof(
  fc.record({
    kind: fc.constant("string" as const),
    maxLength: fc.constantFrom(1, 2, 7, 8),
  }),
  fc.record({
    kind: fc.constant("string" as const),
    maxLength: fc.constantFrom(2, 8),
    oneOf: fc.subarray([...WORDS], { minLength: 1 }),
  }),
  range.map((of) => ({ kind: "int" as const, ...of })),
  range.map((of) => ({ kind: "float" as const, ...of })),
  fc.constantFrom<Field>(
    { kind: "boolean" },
    { kind: "time" },
    { kind: "vector", size: 1 },
    { kind: "vector", size: 2 },
    { kind: "float", unit: "m" },
  ),
  fc.record({
    kind: fc.constant("media" as const),
    types: fc.subarray(["image/png", "image/jpeg", "audio/ogg"], { minLength: 1 }),
    maxBytes: fc.constantFrom(1, 2, 1000),
  }),
  frame.map((of) => ({ ...of, units: of.units.slice(0, of.channels.length) })),
);

const field: fc.Arbitrary<Field> = fc.oneof(
  { weight: 3, arbitrary: type },
  { weight: 1, arbitrary: type.map((of) => ({ ...of, optional: true as const })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(type, fc.constantFrom(...PURPOSES))
      .map(([of, purpose]) => ({ ...of, optional: true as const, purpose })),
  },
);

const fields: fc.Arbitrary<Fields> = fc.dictionary(fc.constantFrom(...NAMES), field, { maxKeys: 4 });

const upgrade: fc.Arbitrary<PreviousVersion["upgrade"]> = fc.record(
  {
    rename: fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), { maxKeys: 2 }),
    defaults: fc.dictionary(
      fc.constantFrom(...NAMES),
      fc.oneof(fc.constantFrom("", "unknown"), fc.constantFrom(0, 1.5), fc.boolean()),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: [] },
);

/** Any event of up to three versions. */
export const anyEvent: fc.Arbitrary<EventDefinition> = fc
  .tuple(fields, fc.array(fc.record({ fields, upgrade }), { maxLength: 2 }))
  .map(([newest, before]) => ({
    name: "e",
    version: before.length + 1,
    purpose: "own",
    retain: "90d",
    fields: newest,
    previous: before.map((entry, index) => ({ version: index + 1, ...entry })),
  }));

/** The fields with one changed, added or gone. */
const editFields = (of: Fields): fc.Arbitrary<Fields> =>
  fc
    .tuple(fc.constantFrom(...NAMES), fc.option(field, { nil: null }), fc.integer())
    .map(([name, to, pick]) => {
      const { [name]: from, ...others } = of;
      if (to === null) return others;
      // Half of the time a small edit of what stood there.
      if (from !== undefined && pick % 2 === 0) {
        const { optional: _, purpose: __, ...bare } = from;
        return { ...others, [name]: pick % 3 === 0 ? bare : { ...bare, optional: true } } as Fields;
      }
      return { ...others, [name]: to };
    });

/** A definition and an edit of it, of the kinds that people make. */
export const anyEdit: fc.Arbitrary<readonly [EventDefinition, EventDefinition]> = anyEvent.chain((older) =>
  fc
    .oneof(
      editFields(older.fields).map((next) => ({ ...older, fields: next })),
      fc.tuple(editFields(older.fields), upgrade).map(([next, how]) => ({
        ...older,
        version: older.version + 1,
        fields: next,
        previous: [...older.previous, { version: older.version, fields: older.fields, upgrade: how }],
      })),
      editFields(older.fields).map((next) => ({ ...older, version: older.version + 1, fields: next })),
      fc.tuple(fields, upgrade).map(([next, how]) => ({
        ...older,
        previous: older.previous.map((entry, index) =>
          index === 0 ? { ...entry, fields: next, upgrade: how } : entry,
        ),
      })),
      fc.constantFrom(...PURPOSES).map((purpose) => ({ ...older, purpose })),
      fc.constant(older),
    )
    .map((newer) => [older, newer] as const),
);

const numberIn = (min = -100, max = 100): fc.Arbitrary<number> =>
  fc.double({ min, max: Math.max(min, max), noNaN: true });

function valueOf(of: Field): fc.Arbitrary<WireValue> {
  switch (of.kind) {
    case "string":
      return of.oneOf === undefined ? fc.string({ maxLength: of.maxLength }) : fc.constantFrom(...of.oneOf);
    case "int":
      return numberIn(of.min, of.max).map((value) => Math.floor(value) + 0);
    case "float":
      return numberIn(of.min, of.max);
    case "boolean":
      return fc.boolean();
    case "time":
      return fc.nat();
    case "vector":
      return fc.constant(Array.from({ length: of.size }, () => 1));
    case "media":
      return fc.record({
        sha256: fc.constant("ab".repeat(32)),
        bytes: fc.integer({ min: 1, max: of.maxBytes }),
        type: fc.constantFrom(...of.types),
      });
    case "frame":
      return fc.constantFrom(
        { offset: 0, samples: 1 },
        { offset: 8 - of.channels.length * 4, samples: 1, rate: of.rate, units: of.units },
      );
  }
}

/** Bytes of the attachment that {@link anyWireEvent} counts on. */
export const ATTACHMENT_BYTES = 8;

/** Events that phones of a definition send, most of which it takes. */
export function anyWireEvent(event: EventDefinition): fc.Arbitrary<WireEvent> {
  const versions = [event.version, ...event.previous.map(({ version }) => version)];
  return fc.constantFrom(...versions).chain((version) => {
    const properties = Object.fromEntries(
      Object.entries(fieldsOf(event, version)!).map(([name, of]) => {
        const value = valueOf(of) as fc.Arbitrary<WireValue | null | undefined>;
        return [name, of.optional === true ? fc.oneof(value, fc.constantFrom(null, undefined)) : value];
      }),
    );
    return fc.record({
      seq: fc.constant(1),
      name: fc.constant(event.name),
      version: fc.constant(version),
      time: fc.constant(5),
      user: fc.constant(null),
      consent: fc.subarray([...PURPOSES]).map((more) => [event.purpose, ...more]),
      properties: fc
        .record(properties)
        .map(
          (all) =>
            Object.fromEntries(
              Object.entries(all).filter(([, value]) => value !== undefined),
            ) as WireEvent["properties"],
        ),
    });
  });
}
