import type { AppDefinition } from "../../app.ts";
import { categoryOf, spokenCategory } from "../field-category.ts";
import { storePurposeOf } from "./data-use.ts";

/** Something that a declaration leaves open, and what to write. */
export interface PrivacyFinding {
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** What a person has to decide before the paperwork can be handed in. */
export function privacyFindings(app: AppDefinition): readonly PrivacyFinding[] {
  const findings: PrivacyFinding[] = [];
  for (const event of Object.values(app.events)) {
    for (const [name, field] of Object.entries(event.fields)) {
      const { categories, from } = categoryOf(app, event, name);
      const [category] = categories;
      const spoken = spokenCategory(name);
      const where = `event "${event.name}".${name}`;
      if (from === "guess") {
        findings.push({
          where,
          what:
            spoken === undefined
              ? "samples of units that say nothing of what they measure; filed as other data"
              : `filed as ${category}, which is only a guess from its name`,
          remedy: `Say what it is: ${name}: t.category("${category}", ...), or another category.`,
        });
      } else if (from === "event" && spoken !== undefined && spoken !== category) {
        findings.push({
          where,
          what: `filed as ${category} like its event, but its name speaks of ${spoken}`,
          remedy: `Say what it is: ${name}: t.category("${spoken}", ...), or t.category("${category}", ...).`,
        });
      }
      if (category === "precise_location" && field.purpose === undefined && field.optional !== true) {
        findings.push({
          where,
          what: "a precise location that cannot be left out",
          remedy: `Give it a purpose of its own: t.forPurpose("location", ...), so that people can refuse it alone.`,
        });
      }
    }
  }
  for (const [purpose, words] of Object.entries(app.purposes)) {
    if (!storePurposeOf(app, purpose).isDeclared) {
      findings.push({
        where: `purpose "${purpose}"`,
        what: "what stores call it is not known",
        remedy: `Add privacy: { purposes: { ${purpose}: "analytics" } } to defineApp, or another store purpose.`,
      });
    }
    if (words.trim().length === 0) {
      findings.push({
        where: `purpose "${purpose}"`,
        what: "no words that a person reads",
        remedy: "Say in purposes what the data is used for.",
      });
    }
  }
  for (const [member, what] of [
    ["deletionUrl", "page where people ask for erasure without the app, which Play asks for"],
    ["policyUrl", "privacy policy, which both stores ask for"],
  ] as const) {
    if (app.privacy?.[member] === undefined) {
      findings.push({
        where: `app "${app.name}"`,
        what: `no ${what}`,
        remedy: `Add privacy: { ${member}: "https://..." } to defineApp.`,
      });
    }
  }
  return findings;
}
