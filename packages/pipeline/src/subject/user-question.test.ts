import * as fc from "fast-check";
import { expect, test } from "vitest";
import { namesOfQuestion, readUserQuestion, userQuestionText } from "./user-question.ts";

const pseudonym = fc.stringMatching(/^[0-9a-f]{32}$/);

test("a question that waits in the catalog is read as it was asked", () => {
  const question = fc.record({
    subject: pseudonym,
    with: fc.array(pseudonym, { maxLength: 3 }),
    without: fc.array(pseudonym, { maxLength: 3 }),
    only: fc.boolean(),
  });
  fc.assert(
    fc.property(question, (asked) => {
      const text = userQuestionText(asked);
      expect(readUserQuestion(text)).toEqual(asked);
      expect(namesOfQuestion(asked)).toHaveLength(1 + asked.with.length + asked.without.length);
    }),
  );
});

test("requests of before have a pseudonym and nothing else", () => {
  const subject = "a".repeat(32);
  expect(readUserQuestion(subject)).toEqual({ subject, with: [], without: [], only: false });
  expect(() => readUserQuestion(`${subject} ${subject}`)).toThrow("INTERNAL");
});
