import type { ModelDefinition } from "@tideline/spec";
import type { PeopleSource } from "../dataset/index.ts";
import { numbers, texts, type Engine } from "../lake/index.ts";
import type { LivePredictions } from "./live-quality.ts";
import { livePredictionSql } from "./live-sql.ts";

/** Every prediction of a model that a snapshot holds, with the labels known by then. */
export async function readLive(
  engine: Engine,
  model: ModelDefinition,
  source: PeopleSource,
): Promise<LivePredictions> {
  const columns = await engine.columns(`SELECT * FROM (${livePredictionSql(model, source)})`);
  const position = new Map(model.labels.map((label, index) => [label, index]));
  const text = (name: string) => texts(columns, name) as readonly string[];
  const labels = (name: string) =>
    Int32Array.from(texts(columns, name), (label) => position.get(label ?? "") ?? -1);
  return {
    subject: text("subject"),
    person: text("person"),
    role: text("role"),
    session: text("session"),
    start: numbers(columns, "start"),
    release: text("release"),
    source: text("source"),
    time: numbers(columns, "time"),
    predicted: labels("predicted"),
    actual: labels("actual"),
    delay: numbers(columns, "delay_ms"),
    latency: numbers(columns, "latency_ms"),
  };
}
