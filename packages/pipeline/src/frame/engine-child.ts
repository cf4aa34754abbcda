import { rmSync } from "node:fs";
import type { Column, Frame } from "@tideline/learn/frame";
import { portableError } from "../portable-error.ts";
import type { EngineAnswer, EngineFiles, EngineQuestion, SentColumn } from "./engine-message.ts";
import { engineParquet, type EngineParquet } from "./engine-parquet.ts";

/**
 * A process that reads Parquet files by an engine, for another one that lives on if damaged pages end it: see `engine-process.ts`.
 */
let from: EngineFiles | undefined;
let opened: EngineParquet | undefined;
let pieces: AsyncGenerator<Frame> | undefined;
let coming: Promise<IteratorResult<Frame>> | undefined;
/** The dictionaries of the piece before, by the places of their columns. */
let texts: (readonly string[])[] = [];

async function answer(question: EngineQuestion): Promise<EngineAnswer> {
  switch (question.kind) {
    case "open": {
      from = question.files;
      opened = await engineParquet(from.who, from.files, from.options, from.nested);
      const { columns, rowCount, renamed } = opened;
      return { kind: "opened", columns: columns.map(({ schema }) => schema), rowCount, renamed };
    }
    case "read":
      texts = [];
      pieces = opened!.read(
        question.places.map((place) => opened!.columns[place]!),
        question.rows,
      );
      coming = pieces.next();
      return nextPiece();
    case "next":
      return nextPiece();
  }
}

async function nextPiece(): Promise<EngineAnswer> {
  const { value, done } = await coming!;
  if (done === true) return { kind: "end" };
  // The next one is made while this one is on its way.
  coming = pieces!.next();
  coming.catch(() => undefined);
  return { kind: "piece", columns: (value as Frame).columns.map(sent) };
}

function sent(column: Column, place: number): SentColumn {
  if (column.kind !== "string") return column;
  const { codes, dictionary } = column;
  const known = texts[place] ?? [];
  texts[place] = dictionary;
  const anew = known.length > dictionary.length || known.some((text, at) => text !== dictionary[at]);
  return { codes, fresh: anew ? dictionary : dictionary.slice(known.length), anew };
}

process.on("message", (question: EngineQuestion) => {
  void answer(question)
    .catch((error: unknown): EngineAnswer => ({
      kind: "fault",
      error: portableError(from?.who ?? "engine", error),
    }))
    .then((found) => {
      if (process.connected) process.send!(found);
    });
});
// Whoever asked decides what an interrupt ends: it reaches both.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => {
  if (from !== undefined) rmSync(from.options.temporary, { recursive: true, force: true });
  process.exit();
});
