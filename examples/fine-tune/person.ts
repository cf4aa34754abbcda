import type { Person } from "./motion.ts";

/** People unlike those the model has met. */
export const PEOPLE = {
  pocket: {
    words: "Phone upside down in a pocket, slow steps",
    person: { tempo: 0.78, vigour: 0.85, worn: [0.3, -0.5, 2.9] },
  },
  arm: {
    words: "Phone strapped to the upper arm, quick steps",
    person: { tempo: 1.15, vigour: 1.3, worn: [0.2, 1.4, 0.3] },
  },
  bag: {
    words: "Phone lying in a shoulder bag",
    person: { tempo: 0.95, vigour: 0.6, worn: [1.3, 0.2, -1.3] },
  },
} as const satisfies Readonly<Record<string, { readonly words: string; readonly person: Person }>>;

/** The name of one of them. */
export type PersonName = keyof typeof PEOPLE;
