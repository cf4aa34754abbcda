import type { AppDefinition } from "../../app.ts";
import { CATEGORIES } from "../category.ts";
import { STORE_PURPOSES } from "../store-purpose.ts";
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

/** What an app collects, why, for how long, and what people can do about it: the words for a store page or a policy. */
export function privacyLabel(app: AppDefinition): PrivacyLabel {
  const uses = dataUses(app);
  const events = Object.values(app.events);
  const essential = app.essential ?? [];
  const findings = privacyFindings(app);
  const isSent = app.models.length > 0;
  const sections: LabelSection[] = [
    {
      title: "What is collected",
      text: `${app.privacy?.linked === false ? "It is not linked to a name or account." : "It is linked to you."} It is not used to track you across other companies' apps and websites.`,
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
      text: "The longest time for which a single record is to be kept.",
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
      text: [
        "You can see everything that is held on you, and have it erased, from within the app.",
        app.privacy?.deletionUrl === undefined ? "" : `Without the app: ${app.privacy.deletionUrl}.`,
        app.privacy?.policyUrl === undefined ? "" : `Privacy policy: ${app.privacy.policyUrl}.`,
        isSent ? "Models run on the device; samples leave it only for the purposes above." : "",
      ]
        .filter((sentence) => sentence !== "")
        .join(" "),
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
