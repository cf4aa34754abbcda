import { unsupported } from "../unsupported.ts";
import { linearScores } from "./linear.ts";
import { defineMl, type MlCall } from "./ml-call.ts";

/** A linear model of one or more numbers; as they are, for ONNX Runtime leaves transformations out that ONNX-ML names. */
export const LinearRegressor = defineMl({
  attributes: {
    coefficients: { type: "floats", required: true },
    intercepts: { type: "floats" },
    targets: { type: "int", default: 1 },
    post_transform: { type: "string", default: "NONE" },
  },
  rewrite(given) {
    const call = given as unknown as MlCall;
    const { coefficients, intercepts, targets, post_transform } = given.attributes;
    if (post_transform !== "NONE") throw unsupported(given.who, "post_transform NONE", post_transform);
    const scores = linearScores(call, { coefficients, intercepts, targets });
    given.result(0, scores);
  },
});
