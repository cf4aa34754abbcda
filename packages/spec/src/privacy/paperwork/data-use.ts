import type { AppDefinition } from "../../app.ts";
import { tidelineError } from "../../error.ts";
import { CATEGORIES, type DataCategory } from "../category.ts";
import { categoryOf } from "../field-category.ts";
import { STORE_PURPOSES, type StorePurpose } from "../store-purpose.ts";

/** Where data of a category comes from. */
export interface DataSource {
  /** Event, or words for what the client adds by itself and what it sends to the prediction endpoint. */
  readonly event: string;
  readonly fields: readonly string[];
  /** The app's purposes, its own and those that the event names besides. */
  readonly purposes: readonly string[];
}

/** What an app collects of one category. */
export interface DataUse {
  readonly category: DataCategory;
  readonly purposes: readonly StorePurpose[];
  /** Whether the app collects it without asking: only for essential purposes. */
  readonly required: boolean;
  /** Whether it is linked to a person. */
  readonly linked: boolean;
  readonly sources: readonly DataSource[];
}

/** What stores call a purpose of the app, and whether the app says so itself. */
export function storePurposeOf(
  app: AppDefinition,
  purpose: string,
): { readonly name: StorePurpose; readonly isDeclared: boolean } {
  const declared = app.privacy?.purposes;
  if (declared !== undefined && Object.hasOwn(declared, purpose)) {
    const name = declared[purpose]!;
    if (Object.hasOwn(STORE_PURPOSES, name)) return { name, isDeclared: true };
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: `app "${app.name}"`,
      field: `privacy.purposes.${purpose}`,
      expected: `one of ${Object.keys(STORE_PURPOSES).join(", ")}`,
      received: String(name),
    });
  }
  if (Object.hasOwn(STORE_PURPOSES, purpose)) return { name: purpose as StorePurpose, isDeclared: true };
  const isOfModel = app.models.some((model) => [model.purpose, model.cloudPurpose].includes(purpose));
  return { name: isOfModel ? "app_functionality" : "other", isDeclared: isOfModel };
}

/** The categories of a field, refused where stores know no such one. */
function legalCategories(app: AppDefinition, event: string, field: string): readonly DataCategory[] {
  const { categories } = categoryOf(app, app.events[event]!, field);
  const illegal = categories.find((category) => !Object.hasOwn(CATEGORIES, category));
  if (illegal === undefined) return categories;
  throw tidelineError("DEFINITION_ILLEGAL", {
    who: `event "${event}"`,
    field: `${field}.category`,
    expected: `one of ${Object.keys(CATEGORIES).join(", ")}`,
    received: String(illegal),
  });
}

/**
 * Everything that an app collects, by category in the order of the table: the fields of its events, and what the
 * client adds to each of them (the id of the installation, and the user's where the app has one).
 *
 * @throws `DEFINITION_ILLEGAL` for a category or store purpose that does not exist.
 */
export function dataUses(app: AppDefinition): readonly DataUse[] {
  const linked = app.privacy?.linked !== false;
  const sources = new Map<DataCategory, DataSource[]>();
  const add = (category: DataCategory, source: DataSource): void => {
    sources.set(category, [...(sources.get(category) ?? []), source]);
  };
  const events = Object.values(app.events);
  for (const event of events) {
    const groups = new Map<
      string,
      { category: DataCategory; fields: string[]; purposes: readonly string[] }
    >();
    for (const [field, { purpose }] of Object.entries(event.fields)) {
      const purposes = [...new Set([event.purpose, purpose ?? event.purpose, ...(event.alsoFor ?? [])])];
      for (const category of legalCategories(app, event.name, field)) {
        const key = JSON.stringify([category, purposes]);
        const group = groups.get(key) ?? { category, fields: [], purposes };
        group.fields.push(field);
        groups.set(key, group);
      }
    }
    for (const { category, fields, purposes } of groups.values()) {
      add(category, { event: event.name, fields, purposes });
    }
  }
  for (const { name, window, cloudPurpose } of app.models) {
    if (app.events[window.event]?.fields[window.field] === undefined) continue;
    const event = `windows for the endpoint of model "${name}"`;
    for (const category of legalCategories(app, window.event, window.field))
      add(category, { event, fields: [window.field], purposes: [cloudPurpose] });
  }
  const all = [...new Set(events.map(({ purpose }) => purpose))];
  if (events.length > 0) {
    add("device_id", { event: "every event", fields: ["install"], purposes: all });
    if (linked) add("user_id", { event: "every event", fields: ["user"], purposes: all });
  }
  const essential = app.essential ?? [];
  return (Object.keys(CATEGORIES) as DataCategory[]).flatMap((category): DataUse[] => {
    const of = sources.get(category);
    if (of === undefined) return [];
    const used = [...new Set(of.flatMap(({ purposes }) => purposes))];
    const names = new Set(used.map((purpose) => storePurposeOf(app, purpose).name));
    const purposes = (Object.keys(STORE_PURPOSES) as StorePurpose[]).filter((name) => names.has(name));
    // Users can choose what needs a consent of theirs; one source that does not makes the whole category required.
    const required = of.some((source) => source.purposes.every((purpose) => essential.includes(purpose)));
    return [{ category, purposes, required, linked, sources: of }];
  });
}
