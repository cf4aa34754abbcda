import { parentPort, workerData } from "node:worker_threads";
import type { ColumnMade } from "@tideline/learn/transform/column-job";
import { messageOf } from "@tideline/spec/error";
import { buffersOf } from "./parquet/column-part.ts";
import type { ColumnFiller } from "./parquet/column-filler.ts";
import type { HandAnswer, HandQuestion, HandWork } from "./thread-hand.ts";

/**
 * A thread that reads columns of Parquet, or transforms columns, as it is asked: one answer for each question, in their order.
 * What transforms takes longer to load than some files to read, so a thread that only reads does without it.
 */
const reader = () => import("./parquet/column-filler.ts");
const transformer = () => import("@tideline/learn/transform/column-job");

const fillers = new Map<number, ColumnFiller>();

async function answerTo(
  question: HandQuestion,
): Promise<{ readonly given: unknown; readonly moved: readonly ArrayBuffer[] }> {
  switch (question.ask) {
    case "begin":
      fillers.set(question.reading, (await reader()).columnFiller(question.share));
      return { given: undefined, moved: [] };
    case "rows": {
      const parts = fillers.get(question.reading)!.take(question.rows);
      return { given: parts, moved: parts.flatMap(({ part }) => buffersOf(part)) };
    }
    case "end":
      fillers.get(question.reading)?.close();
      fillers.delete(question.reading);
      return { given: undefined, moved: [] };
    case "transform": {
      const { workColumns, COLUMN_DEFS } = await transformer();
      let made: readonly ColumnMade[] | undefined;
      try {
        made = workColumns(question.job, COLUMN_DEFS);
      } catch {
        // Whoever fits the column again is told why.
      }
      return { given: made, moved: made === undefined ? [] : memoryOf(made) };
    }
  }
}

/** Memory of columns that is given away with them; what is shared stays where it is. */
function memoryOf(made: readonly ColumnMade[]): readonly ArrayBuffer[] {
  const buffers = made.flatMap(({ columns }) =>
    columns.map((column) => (column.kind === "string" ? column.codes : column.values).buffer),
  );
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))];
}

async function answer(question: HandQuestion): Promise<void> {
  try {
    const { given, moved } = await answerTo(question);
    parentPort!.postMessage({ given } satisfies HandAnswer, moved);
  } catch (error) {
    parentPort!.postMessage({ fault: messageOf(error) } satisfies HandAnswer);
  }
}

let turn: Promise<unknown> = Promise.resolve();
parentPort!.on("message", (question: HandQuestion) => (turn = turn.then(() => answer(question))));

const works = workerData as readonly HandWork[];
if (works.includes("read")) await reader();
if (works.includes("transform")) await transformer();
