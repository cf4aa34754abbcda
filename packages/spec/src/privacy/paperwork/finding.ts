import type { AppDefinition } from "../../app.ts";
import { ACCOUNT_METHODS } from "../declaration.ts";
import { categoryOf, spokenCategory } from "../field-category.ts";
import { appAnswers, plainEndpoints } from "./app-answer.ts";
import { storePurposeOf } from "./data-use.ts";

/** Something that a declaration leaves open, and what to write. */
export interface PrivacyFinding {
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** What stores ask of the app as a whole and its definition does not say. */
function openAnswers(app: AppDefinition): readonly PrivacyFinding[] {
  const { encrypted, deletion, access, shared, tracking, accounts } = appAnswers(app);
  const { deletionUrl, policyUrl, deletion: said } = app.privacy ?? {};
  const where = `app "${app.name}"`;
  const add = (members: string): string => `Add privacy: { ${members} } to defineApp`;
  const open: readonly (readonly [isOpen: boolean, what: string, remedy: string])[] = [
    [
      encrypted === null,
      "whether data is encrypted on its way is not said",
      `${add('endpoints: ["https://..."]')}, with every collect and console that createClient is given.`,
    ],
    [
      encrypted === false,
      `data is sent to ${plainEndpoints(app).join(", ")}, which is not encrypted; the forms say so`,
      "Serve it over https, in the app and in privacy.endpoints.",
    ],
    [
      said === undefined,
      "whether people can have their data erased is not said",
      `${add('deletion: "in-app"')} where the app calls eraseMe, "url" where deletionUrl takes requests, or "none".`,
    ],
    [
      access === null,
      "whether people can see what is held on them is not said",
      `${add('access: "in-app"')} where the app calls exportMe, "on-request" where tideline subject export answers, or "none".`,
    ],
    [
      shared === null,
      "whether data is handed on to other companies is not said",
      `${add("shared: []")} where it is not, or the store purposes for which it is.`,
    ],
    [
      tracking === null,
      "data serves advertising; whether people are tracked across other companies' apps and sites is not said",
      `${add("trackingDomains: []")} where they are not, or the domains that track; the manifest says no until then.`,
    ],
    [
      accounts === null,
      "how accounts are made, which Play asks, is not said",
      `${add('accounts: ["none"]')}, or ${Object.keys(ACCOUNT_METHODS).slice(1).join(", ")}.`,
    ],
    [
      said === "none" && accounts !== null && !accounts.includes("none"),
      "people have accounts and cannot have them deleted, which both stores refuse",
      'Call eraseMe in the app and say deletion: "in-app".',
    ],
    [
      deletionUrl === undefined && deletion !== "none",
      "no page where people ask for erasure without the app, which Play asks for",
      `${add('deletionUrl: "https://..."')}.`,
    ],
    [
      policyUrl === undefined,
      "no privacy policy, which both stores ask for",
      `${add('policyUrl: "https://..."')}.`,
    ],
  ];
  return open.flatMap(([isOpen, what, remedy]) => (isOpen ? [{ where, what, remedy }] : []));
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
  return [...findings, ...openAnswers(app)];
}
