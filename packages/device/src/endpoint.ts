import { messageOf, tidelineError, type ModelDefinition } from "@tideline/spec";
import { authorisation } from "./collect.ts";
import type { DevicePorts, NetworkResponse } from "./ports.ts";

/** Where the prediction endpoint is. */
export interface EndpointOptions {
  readonly ports: DevicePorts;
  readonly console: string;
  readonly writeKey: string;
  readonly timeoutMs: number;
}

/** What the endpoint said. */
export interface EndpointAnswer {
  readonly probabilities: Float32Array;
  /** Release that answered, or `none` where the endpoint does not say. */
  readonly release: string;
}

interface InferenceResponse {
  readonly model_version?: string;
  readonly outputs?: readonly { readonly name: string; readonly data: readonly number[] }[];
}

/** Bytes of an answer: a number takes at most 25. */
const ANSWER_BYTES = 1 << 18;

/**
 * Asks the endpoint for a window's probabilities: `POST {console}/v2/models/<name>/infer` in the JSON of the Open
 * Inference Protocol, version 2. Throws `UNAVAILABLE`.
 */
export async function askEndpoint(
  window: Float32Array,
  model: ModelDefinition,
  options: EndpointOptions,
): Promise<EndpointAnswer> {
  const { ports, console, writeKey, timeoutMs } = options;
  const { size, channels } = model.window;
  const url = `${console}/v2/models/${model.name}/infer`;
  const unavailable = (received: string, cause?: unknown) =>
    tidelineError("UNAVAILABLE", { who: "endpoint", field: url, received, cause });
  const input = { name: "window", shape: [1, size, channels.length], datatype: "FP32", data: [...window] };
  let response: NetworkResponse;
  try {
    response = await ports.network.request({
      method: "POST",
      url,
      headers: { authorization: authorisation(writeKey, ports), "content-type": "application/json" },
      body: ports.text.encode(JSON.stringify({ inputs: [input] })),
      timeoutMs,
      maxBytes: ANSWER_BYTES,
    });
  } catch (cause) {
    throw unavailable(messageOf(cause), cause);
  }
  if (response.status !== 200) throw unavailable(String(response.status));
  let answer: InferenceResponse;
  try {
    answer = JSON.parse(ports.text.decode(response.body)) as InferenceResponse;
  } catch (cause) {
    throw unavailable("an answer that is no JSON", cause);
  }
  const output = answer.outputs?.find(({ name }) => name === "probabilities");
  const complete =
    output?.data.length === model.labels.length && output.data.every((value) => Number.isFinite(value));
  if (!complete) throw unavailable(`an answer without ${model.labels.length} probabilities`);
  const release = answer.model_version ?? "none";
  return { probabilities: Float32Array.from(output.data), release: release.length <= 64 ? release : "none" };
}
