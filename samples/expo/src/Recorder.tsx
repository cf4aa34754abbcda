import type { CapturedPrediction, Client } from "@tideline/device";
import { useEffect, useRef, useState } from "react";
import { Button, Text, useColorScheme, View } from "react-native";
import { LABELS, tap } from "./definition.ts";
import { paletteOf } from "./palette.ts";
import { recordMotion } from "./record-motion.ts";

/** Starts and stops a recording, shows what the phone thinks of it, and takes corrections. */
export function Recorder({ client }: { readonly client: Client }) {
  const palette = paletteOf(useColorScheme());
  const [last, setLast] = useState<CapturedPrediction | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [recording, setRecording] = useState(false);
  const stop = useRef<(() => Promise<void>) | null>(null);
  const fail = (error: unknown): void => setFailure(String(error));
  useEffect(() => () => void stop.current?.().catch(() => undefined), []);

  const start = async (): Promise<void> => {
    setRecording(true);
    setFailure(null);
    try {
      await client.track(tap, { target: "record" });
      stop.current = await recordMotion({ client, onPrediction: setLast, onFailure: fail });
    } catch (error) {
      setRecording(false);
      fail(error);
    }
  };
  const finish = async (): Promise<void> => {
    const ending = stop.current;
    stop.current = null;
    setRecording(false);
    await ending?.().catch(fail);
    await client.flush();
  };
  const correct = (label: string): void => {
    if (last !== null) client.feedback(last.predictionId, label).catch(fail);
  };

  return (
    <View style={{ gap: 12 }}>
      <Button title={recording ? "Stop" : "Record"} onPress={() => void (recording ? finish() : start())} />
      <Text accessibilityLiveRegion="polite" style={{ color: palette.text, fontSize: 16 }}>
        {last === null
          ? "No answer yet: a window is 2.56 seconds long."
          : `${last.label}, by ${last.source}${last.reason === null ? "" : ` (${last.reason})`}, ${last.latencyMs.toFixed(1)} ms`}
      </Text>
      {last !== null &&
        LABELS.map((label) => (
          <Button key={label} title={`It was: ${label}`} onPress={() => correct(label)} />
        ))}
      {failure !== null && <Text style={{ color: palette.alarm }}>{failure}</Text>}
    </View>
  );
}
