import { tidelineError } from "@tideline/spec";

/** A user of the app, as the folder's owner asks: pseudonyms throughout. */
export interface UserQuestion {
  readonly subject: string;
  /** Pseudonyms of the same person besides, wherever they were sent from: the owner's word. */
  readonly with?: readonly string[];
  /** Pseudonyms that no phone's claim makes the person's. */
  readonly without?: readonly string[];
  /** Follows no claim of a phone at all. */
  readonly only?: boolean;
}

/** Stands for `only` in the text of a question. */
const ONLY = "-*";

/**
 * A question as one text, as the catalog keeps it while a request waits: the pseudonym asked for, then `+` before each
 * that is meant besides, `-` before each that is not, a space between.
 *
 * @example
 * userQuestionText({ subject: "a".repeat(32), only: true }); // "aaaa... -*"
 */
export function userQuestionText({ subject, with: also = [], without = [], only }: UserQuestion): string {
  const words = [...also.map((name) => `+${name}`), ...without.map((name) => `-${name}`)];
  return [subject, ...words, ...(only === true ? [ONLY] : [])].join(" ");
}

/** The question of a text. @throws `INTERNAL` for a text that is none */
export function readUserQuestion(text: string): UserQuestion {
  const [subject = "", ...words] = text.split(" ");
  const marked = (mark: string): readonly string[] =>
    words.filter((word) => word.startsWith(mark) && word !== ONLY).map((word) => word.slice(1));
  const question = { subject, with: marked("+"), without: marked("-"), only: words.includes(ONLY) };
  if (userQuestionText(question).length === text.length) return question;
  const expected = "pseudonyms, each but the first behind + or -";
  throw tidelineError("INTERNAL", { who: "subject request", expected, received: "other text" });
}

/** Every pseudonym that a question names, also those that it leaves out. */
export const namesOfQuestion = ({
  subject,
  with: also = [],
  without = [],
}: UserQuestion): readonly string[] => [subject, ...also, ...without];
