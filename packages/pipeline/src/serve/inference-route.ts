import { tidelineError } from "@tideline/spec";
import type { FastifyPluginCallback } from "fastify";
import { authoriser } from "../ingest/authorise.ts";
import { allowOrigins } from "./allow-origin.ts";
import { answerErrors } from "./error-reply.ts";
import { readInferenceRequest } from "./inference-request.ts";
import type { ModelHost, ServedModel } from "./model-host.ts";
import type { ServeLimits } from "./serve-limits.ts";

/** What {@link inferenceRoutes} serves. */
export interface InferenceRouteOptions {
  readonly host: ModelHost;
  readonly version: string;
  /** Keys of the app of which an inference request must carry one, as Bearer or Basic; `public` lets everybody in. */
  readonly authorise: { readonly keys: readonly string[] } | "public";
  readonly limits: ServeLimits;
  readonly onFault: (error: unknown) => void;
}

interface ModelParams {
  readonly Params: { readonly name: string };
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse((body as Buffer).toString("utf8"));
  } catch (cause) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "infer",
      field: "body",
      expected: "JSON",
      received: "other content",
      cause,
    });
  }
}

/** A model as the protocol describes it; -1 stands for the number of rows. */
function describeModel({ name, input, rowDims, output, outputLength, release }: ServedModel): object {
  return {
    name,
    versions: [release.id],
    platform: "onnx_onnxv1",
    inputs: [{ name: input, datatype: "FP32", shape: [-1, ...rowDims] }],
    outputs: [
      {
        name: output,
        datatype: "FP32",
        shape: [-1, outputLength],
        parameters: { labels: release.model.labels },
      },
    ],
  };
}

/**
 * The Open Inference Protocol, version 2 (KServe), in JSON: server and model metadata, health, and `POST
 * /v2/models/:name/infer`. The version of a model is the id of its release. A request needs a key unless the routes
 * are public; its values must be finite (400 otherwise), its rows within the limits.
 */
export function inferenceRoutes(options: InferenceRouteOptions): FastifyPluginCallback {
  const { host, version, limits, onFault } = options;
  const check = options.authorise === "public" ? undefined : authoriser(options.authorise.keys);
  const authorise = (header: string | undefined): void => {
    try {
      check?.(header);
    } catch (cause) {
      throw tidelineError("UNAUTHORISED", {
        who: "infer",
        field: "authorization",
        expected: "a key of this app, as Bearer or Basic",
        cause,
      });
    }
  };
  const served = (name: string): ServedModel => {
    const model = host.get(name);
    if (model !== undefined) return model;
    throw tidelineError("NOT_FOUND", {
      who: "infer",
      field: "model",
      expected: host.names().join(", ") || "none yet",
    });
  };

  return (server, _options, done) => {
    answerErrors(server, onFault);
    allowOrigins(server, ["/v2", "/v2/*"]);
    // One parser for every content type: what is no JSON is answered with a sentence rather than with 415.
    server.removeAllContentTypeParsers();
    server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));

    server.get("/v2", () => ({ name: "tideline", version, extensions: [] }));
    server.get("/v2/health/live", () => ({ live: true }));
    server.get("/v2/health/ready", (_request, reply) => {
      const ready = host.names().length > 0;
      return reply.code(ready ? 200 : 503).send({ ready });
    });
    server.get<ModelParams>("/v2/models/:name", ({ params }) => describeModel(served(params.name)));
    server.get<ModelParams>("/v2/models/:name/ready", ({ params }) => ({
      name: served(params.name).name,
      ready: true,
    }));

    server.post<ModelParams>(
      "/v2/models/:name/infer",
      {
        bodyLimit: limits.bodyBytes,
        onRequest: (request, _reply, next) => {
          authorise(request.headers.authorization);
          next();
        },
      },
      async ({ params, body }) => {
        const content = parseJson(body);
        // From here to `infer` nothing waits, so a swap cannot come between the model and its rows.
        const model = served(params.name);
        const { id, rows, values } = readInferenceRequest(content, model, limits.rows);
        const outputs = await model.infer(values, rows);
        return {
          model_name: model.name,
          model_version: model.release.id,
          ...(id === undefined ? {} : { id }),
          parameters: { release_version: model.release.version },
          outputs: [
            {
              name: model.output,
              datatype: "FP32",
              shape: [rows, model.outputLength],
              data: Array.from(outputs),
            },
          ],
        };
      },
    );
    done();
  };
}
