import { parseJson, tidelineError, type ModelDefinition } from "@tideline/spec";
import { ask, authorisation } from "./ask.ts";
import type { Context } from "./context.ts";

/** What the endpoint said. */
export interface CloudAnswer {
  readonly probabilities: Float32Array;
  /** Release that answered, or `none` where the endpoint does not say. */
  readonly release: string;
}

/** What the tier has of its client. */
export interface CloudContext extends Pick<Context, "ports" | "console" | "writeKey" | "limits"> {
  /** False once the person has withdrawn what allows the window to leave the phone: then it must not be sent. */
  readonly isWanted: () => boolean;
}

/** The tier of the fallback chain that asks a server; throws where it cannot answer. */
export type CloudTier = (
  window: Float32Array,
  model: ModelDefinition,
  context: CloudContext,
) => Promise<CloudAnswer>;

interface InferenceResponse {
  readonly model_version?: string;
  readonly outputs?: readonly { readonly name: string; readonly data: readonly number[] }[];
}

/** Bytes of an answer: a number takes at most 25. */
const ANSWER_BYTES = 1 << 18;

/**
 * Asks the endpoint for a window's probabilities: `POST {console}/v2/models/<name>/infer` in the JSON of the Open
 * Inference Protocol, version 2. Throws `UNAVAILABLE`, for too long an answer too, and a port's own codes. Passed to the client, so that an app without it carries none
 * of it.
 *
 * @example const client = await createClient({ ...options, models: createModels({ ...trust, cloud: askCloud }) });
 */
export const askCloud: CloudTier = async (window, model, { ports, console, writeKey, limits, isWanted }) => {
  const { size, channels } = model.window;
  const who = "endpoint";
  const url = `${console}/v2/models/${model.name}/infer`;
  const unavailable = (received: string) => tidelineError("UNAVAILABLE", { who, field: url, received });
  const input = { name: "window", shape: [1, size, channels.length], datatype: "FP32", data: [...window] };
  const { status, body } = await ask(ports, who, {
    method: "POST",
    url,
    headers: { authorization: authorisation(writeKey, ports.text), "content-type": "application/json" },
    body: ports.text.encode(JSON.stringify({ inputs: [input] })),
    timeoutMs: limits.timeoutMs,
    maxBytes: ANSWER_BYTES,
    isWanted,
  });
  if (status !== 200) throw unavailable(`${status}`);
  const answer = parseJson(body, ports.text) as InferenceResponse | null | undefined;
  const output = answer?.outputs?.find(({ name }) => name === "probabilities");
  const complete =
    output?.data.length === model.labels.length && output.data.every((value) => Number.isFinite(value));
  if (!complete) throw unavailable(`an answer without ${model.labels.length} probabilities`);
  const release = answer?.model_version ?? "none";
  return { probabilities: Float32Array.from(output.data), release: release.length <= 64 ? release : "none" };
};
