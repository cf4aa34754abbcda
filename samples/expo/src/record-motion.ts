import { createCapture, createResampler, type CapturedPrediction, type Client } from "@tideline/device";
import { Accelerometer } from "expo-sensors";
import { Platform } from "react-native";

const RATE = 50;

/** iOS tells the acceleration that a phone at rest undergoes with the other sign than Android. */
const SIGN = Platform.OS === "ios" ? -1 : 1;

/** Options of {@link recordMotion}. */
export interface RecordOptions {
  readonly client: Client;
  readonly onPrediction: (prediction: CapturedPrediction) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Records the accelerometer in a new session and hands predictions on, until the returned function is called. Sensors
 * tick when they like: readings are made even, and where they stop for a while samples are told to be missing.
 */
export async function recordMotion({
  client,
  onPrediction,
  onFailure,
}: RecordOptions): Promise<() => Promise<void>> {
  const { granted } = await Accelerometer.requestPermissionsAsync();
  if (!granted) throw new Error("The phone does not let this app read its motion.");
  const startTime = Date.now();
  const capture = createCapture(client, { session: `s${startTime}`, startTime });
  const resampler = createResampler({ channels: 3, rate: RATE });
  let next = 0;
  let work: Promise<void> = Promise.resolve();
  Accelerometer.setUpdateInterval(1000 / RATE);
  const subscription = Accelerometer.addListener(({ x, y, z, timestamp }) => {
    const even = resampler.push(timestamp * 1000, [SIGN * x, SIGN * y, SIGN * z]);
    if (even === null) return;
    const missing = even.start - next;
    next = even.start + even.values.length / 3;
    work = work
      .then(async () => {
        if (missing > 0) await capture.skip(missing);
        for (const prediction of await capture.push(even.values)) onPrediction(prediction);
      })
      .catch(onFailure);
  });
  return async () => {
    subscription.remove();
    await work;
    await capture.finish();
  };
}
