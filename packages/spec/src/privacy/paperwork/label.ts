import type { AppDefinition } from "../../app.ts";
import { CATEGORIES } from "../category.ts";
import { STORE_PURPOSES } from "../store-purpose.ts";
import { appAnswers, type AppAnswers } from "./app-answer.ts";
import { dataUses } from "./data-use.ts";
import { privacyFindings } from "./finding.ts";

/** A table of a label: headings, and rows of as many cells. */
export interface LabelTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a label. */
export interface LabelSection {
  readonly title: string;
  readonly text: string;
  readonly table?: LabelTable;
}

/** An app's privacy label before it has a form. */
export interface PrivacyLabel {
  readonly title: string;
  readonly sections: readonly LabelSection[];
}

const list = (items: readonly string[]): string => items.join(", ");

/** How long an event is kept, in words: `90d` is "90 days". */
function lengthWords(retain: string): string {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d|w)$/.exec(retain) ?? [];
  const words = {
    ms: "millisecond",
    s: "second",
    m: "minute",
    h: "hour",
    d: "day",
    w: "week",
  }[unit ?? ""];
  return words === undefined ? retain : `${amount} ${words}${amount === "1" ? "" : "s"}`;
}

/** Sentences, those that hold. */
const sentences = (...of: readonly (string | false | undefined)[]): string =>
  of.filter((one) => typeof one === "string" && one !== "").join(" ");

/** What becomes of the data, as far as the definition says. */
function handlingText(app: AppDefinition, { encrypted, shared, tracking }: AppAnswers): string {
  const handed = (shared ?? []).map((purpose) => STORE_PURPOSES[purpose].words);
  const kinds = Object.values(app.events).flatMap(({ fields }) =>
    Object.values(fields).map(({ kind }) => kind),
  );
  return sentences(
    app.privacy?.linked === false ? "It is not linked to a name or account." : "It is linked to you.",
    shared?.length === 0 && "It is not handed on to other companies.",
    handed.length > 0 && `It is handed on to other companies ${list(handed)}.`,
    shared !== null &&
      tracking?.length === 0 &&
      "It is not used to track you across other companies' apps and websites.",
    (tracking?.length ?? 0) > 0 && "It is used to track you across other companies' apps and websites.",
    encrypted === true && "It is encrypted on its way.",
    encrypted === false && "It is not encrypted on its way.",
    kinds.includes("media") &&
      "Of pictures, films, sounds and files only a digest, the length and the type leave the device.",
  );
}

/** What a person can do, as far as the definition says. */
function rightsText(app: AppDefinition, { access, deletion }: AppAnswers): string {
  const { deletionUrl, policyUrl } = app.privacy ?? {};
  return sentences(
    access === "in-app" && "You can see everything that is held on you from within the app.",
    access === "on-request" && "You can ask for everything that is held on you.",
    access === "none" && "You cannot ask for what is held on you.",
    deletion === "in-app" && "You can have it erased from within the app.",
    deletion === "none" && "You cannot ask for its erasure.",
    deletionUrl !== undefined &&
      deletion !== "none" &&
      `${deletion === "url" ? "You can have it erased" : "Without the app"}: ${deletionUrl}.`,
    policyUrl !== undefined && `Privacy policy: ${policyUrl}.`,
    app.models.length > 0 && "Models run on the device; samples leave it only for the purposes above.",
  );
}

/** What an app collects, why, for how long, and what people can do about it: the words for a store page or a policy. */
export function privacyLabel(app: AppDefinition): PrivacyLabel {
  const uses = dataUses(app);
  const events = Object.values(app.events);
  const essential = app.essential ?? [];
  const findings = privacyFindings(app);
  const answers = appAnswers(app);
  const sections: LabelSection[] = [
    {
      title: "What is collected",
      text: handlingText(app, answers),
      table: {
        columns: ["Data", "Used", "Your choice", "Comes from"],
        rows: uses.map(({ category, purposes, required, sources }) => [
          CATEGORIES[category].words,
          list(purposes.map((purpose) => STORE_PURPOSES[purpose].words)),
          required ? "needed for the app" : "only if you agree",
          list([...new Set(sources.map(({ event }) => event))]),
        ]),
      },
    },
    {
      title: "What it is used for",
      text: "Each purpose is agreed to, and taken back, by itself.",
      table: {
        columns: ["Purpose", "In words", "Your choice"],
        rows: Object.entries(app.purposes).map(([name, words]) => [
          name,
          words,
          essential.includes(name) ? "needed for the app" : "only if you agree",
        ]),
      },
    },
    {
      title: "How long it is kept",
      text:
        "Counted from when the server received a record; what it contains is deleted within a day after. That there was a first " +
        "and a last one, when, under which pseudonym and with which consent, stays while any record of the person does. What " +
        "models and figures learned from it stays.",
      table: {
        columns: ["Record", "Kept", "Purpose", "Also used for", "Contains"],
        rows: events.map(({ name, retain, purpose, alsoFor, fields }) => [
          name,
          lengthWords(retain),
          purpose,
          list(alsoFor ?? []) || "-",
          list(
            Object.entries(fields).map(([field, type]) =>
              type.purpose === undefined ? field : `${field} (only with ${type.purpose})`,
            ),
          ),
        ]),
      },
    },
    {
      title: "What you can do",
      text: rightsText(app, answers),
    },
  ];
  if (findings.length > 0) {
    sections.push({
      title: "Still to be decided",
      text: "For the app's makers, not for publication. This part goes when its questions are answered.",
      table: {
        columns: ["Where", "What", "What to do"],
        rows: findings.map(({ where, what, remedy }) => [where, what, remedy]),
      },
    });
  }
  return { title: `Privacy of ${app.name}`, sections };
}
