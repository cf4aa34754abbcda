import { defineApp, event, t } from "@tideline/spec";

/** An app of every kind of field, with names and texts that other languages stumble over. */
export const awkwardApp = defineApp({
  name: "awkward",
  purposes: { "use */ it": "Use it.", other: "Other." },
  events: [
    event(
      "string",
      {
        class: t.optional(t.string({ oneOf: ["$x", "", "*/", "a-b", "a b", "é", '\f"\\', "name"] })),
        val: t.int({ min: 0 }),
        is_on: t.boolean(),
        at: t.time(),
        level: t.optional(t.float({ unit: "*/ /*" })),
        place: t.forPurpose("other", t.vector(2)),
        wave: t.optional(t.frame({ channels: ["x", "y"], units: ["g", "g"], rate: 50 })),
        long: t.string({ oneOf: ["one", "two"] }),
        scan: t.optional(t.media({ types: ["image/jpeg", "x-a/b+$"], maxBytes: 9 })),
        sound: t.optional(t.media({ types: ["audio/ogg"], maxBytes: 9_000_000_000 })),
        a_b: t.optional(t.id()),
        a__b: t.optional(t.id()),
      },
      { purpose: "use */ it", retain: "90d" },
    ),
    event("media_reference", { sha256: t.string() }, { purpose: "other", retain: "1d" }),
    event(
      "picture",
      { file: t.media({ types: ["image/png"], maxBytes: 9 }) },
      { purpose: "other", retain: "1d" },
    ),
    event("nothing", {}, { purpose: "other", retain: "1d" }),
    event("no_thing", { properties: t.string() }, { purpose: "other", retain: "1d" }),
    event("no__thing", { event: t.string() }, { purpose: "other", retain: "1d" }),
  ],
  views: [],
  models: [],
});
