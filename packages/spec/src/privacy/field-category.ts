import type { AppDefinition } from "../app.ts";
import type { EventDefinition, Fields } from "../event.ts";
import type { DataCategory } from "./category.ts";

type Field = Fields[string];

/** A field's categories, and whether they were declared or guessed. */
export interface FieldCategory {
  /** One; of media whose types are of several kinds, each of them. */
  readonly categories: readonly [DataCategory, ...DataCategory[]];
  /** `guess` where a person should look: the name or unit says something that the declaration does not. */
  readonly from: "field" | "event" | "kind" | "guess";
}

/**
 * Names of fields that speak of something that stores ask about by itself. Whole words of snake_case, so that `latency`
 * is no latitude. The more disclosing category where a name may mean two.
 */
const SPEAKING: readonly (readonly [RegExp, DataCategory])[] = [
  [
    /(^|_)(lat|latitude|lon|lng|longitude|location|gps|geo|geohash|coordinates?|place)(_|$)/,
    "precise_location",
  ],
  [/(^|_)(city|country|region|postcode|zip)(_|$)/, "coarse_location"],
  [/(^|_)e?mail(_|$)/, "email"],
  [/(^|_)(phone|telephone|msisdn)(_|$)/, "phone"],
  [/(^|_)(street|postal_address|home_address)(_|$)/, "address"],
  [/(^|_)(first_name|last_name|full_name|surname)(_|$)/, "name"],
  [/(^|_)(heart_rate|pulse|bpm|spo2|ecg|glucose|blood_pressure|weight|symptom|medication)(_|$)/, "health"],
  [/(^|_)(steps|workout|calories|distance|cadence)(_|$)/, "fitness"],
  [/(^|_)(audio|voice|sound|mic|microphone|speech)(_|$)/, "audio"],
  [/(^|_)(photo|image|picture|selfie)(_|$)/, "photos"],
  [/(^|_)video(_|$)/, "videos"],
  [/(^|_)(contact|contacts|address_book)(_|$)/, "contacts"],
  [/(^|_)(query|search|search_term)(_|$)/, "search_history"],
  [/(^|_)(message|chat|comment)(_|$)/, "messages"],
  [/(^|_)(idfa|gaid|aaid|advertising_id|imei|mac_address|device_id)(_|$)/, "device_id"],
  [/(^|_)(card|iban|payment)(_|$)/, "payment"],
];

/** Units of motion: acceleration, rotation, magnetic field. */
const MOTION = /^(g|mg|m\/s2|m\/s\^2|m\/s²|rad\/s|deg\/s|dps|°\/s|ut|µt|ga)$/i;
/** Units of sound pressure and level. */
const SOUND = /^(pa|upa|µpa|db|dbfs|db_spl)$/i;

/** What the name of a field says, or undefined. */
export function spokenCategory(name: string): DataCategory | undefined {
  return SPEAKING.find(([pattern]) => pattern.test(name))?.[1];
}

function ofFrame(field: Field): DataCategory | undefined {
  if (field.kind !== "frame") return undefined;
  if (field.units.every((unit) => MOTION.test(unit))) return "fitness";
  if (field.units.every((unit) => SOUND.test(unit))) return "audio";
  return undefined;
}

/** What media of a type are to the stores: anything that is not seen or heard is a file. */
function ofMediaType(type: string): DataCategory {
  if (type.startsWith("image/")) return "photos";
  if (type.startsWith("video/")) return "videos";
  return type.startsWith("audio/") ? "audio" : "files";
}

/** The events that carry labels or answers of a model: they say about a person what its samples say. */
function eventsOfModels({ models }: AppDefinition): ReadonlyMap<string, string> {
  return new Map(
    models.flatMap(({ window, sessionLabel, predictionLabel }) =>
      [sessionLabel.event, predictionLabel.event, "prediction"].map((name) => [name, window.event] as const),
    ),
  );
}

/** The category of an event as a whole, where it does not declare one: that of its frames, else use of the app. */
function eventCategory(app: AppDefinition, event: EventDefinition): DataCategory {
  if (event.category !== undefined) return event.category;
  const frames = Object.entries(event.fields).flatMap(
    ([name, field]) => field.category ?? spokenCategory(name) ?? ofFrame(field) ?? [],
  );
  const framed = Object.values(event.fields).some(({ kind }) => kind === "frame");
  if (framed) return frames[0] ?? "other";
  const source = eventsOfModels(app).get(event.name);
  const window = source === undefined || source === event.name ? undefined : app.events[source];
  return window === undefined ? "product_interaction" : eventCategory(app, window);
}

/**
 * What a field holds, for a store: what it declares (`t.category`), else, of media, what its media types are, else what
 * its event declares, else what its name speaks of or its units are, else what the event is about. A guess from a name
 * is marked as one.
 */
export function categoryOf(app: AppDefinition, event: EventDefinition, name: string): FieldCategory {
  const field = event.fields[name]!;
  if (field.category !== undefined) return { categories: [field.category], from: "field" };
  if (field.kind === "media" && field.types.length > 0) {
    const [first, ...others] = new Set(field.types.map(ofMediaType));
    return { categories: [first!, ...others], from: "kind" };
  }
  const spoken = spokenCategory(name);
  if (event.category !== undefined) return { categories: [event.category], from: "event" };
  if (spoken !== undefined) return { categories: [spoken], from: "guess" };
  if (field.kind === "frame") {
    const category = ofFrame(field);
    return { categories: [category ?? "other"], from: category === undefined ? "guess" : "kind" };
  }
  return { categories: [eventCategory(app, event)], from: "kind" };
}
