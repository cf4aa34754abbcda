import { messageField, packedInts, textField, type ProtoField } from "./message.ts";

/** The names of a classifier's classes, all texts or all whole numbers. */
export type CoremlLabels = readonly string[] | readonly number[];

/** Whether the labels are texts; of none they are. */
export const textLabels = (labels: CoremlLabels): labels is readonly string[] =>
  labels.every((label) => typeof label === "string");

/** `ClassLabels`: field 100 holds texts and 101 whole numbers, in every classifier of Apple's .proto files. */
export function labelField(labels: CoremlLabels): ProtoField {
  return textLabels(labels)
    ? messageField(
        100,
        labels.map((label) => textField(1, label)),
      )
    : messageField(101, [packedInts(1, labels)]);
}
