import type { Client, Diagnostics as State } from "@tideline/device";
import { useEffect, useState } from "react";
import { StyleSheet, Text, useColorScheme, View } from "react-native";
import { paletteOf } from "./palette.ts";

/** What a support person asks for, line by line. */
const rowsOf = (state: State): readonly (readonly [string, string])[] => [
  ["SDK", state.sdk],
  ["install", `${state.install.slice(0, 8)}, epoch ${state.epoch}`],
  ["recorded", String(state.events.recorded)],
  ["taken over by the server", String(state.events.acknowledged)],
  ["waiting", String(state.events.pending)],
  ["dropped, withheld", `${state.events.dropped}, ${state.events.withheld}`],
  ["retries, outages", `${state.uploads.retries}, ${state.uploads.outages}`],
  ["runtimes", state.runtimes.join("; ") || "none"],
  ...Object.entries(state.releases).map(
    ([model, { version }]) => [model, `release ${version ?? "none"}`] as const,
  ),
  [
    "predictions",
    Object.entries(state.predictions)
      .map(([source, count]) => `${count} by ${source}`)
      .join(", "),
  ],
  ["requests", state.requests.map(({ kind, state: stands }) => `${kind}: ${stands}`).join(", ") || "none"],
  ["last error", state.lastError === null ? "none" : `${state.lastError.code}: ${state.lastError.message}`],
];

/** The client's diagnostics, read anew every second. */
export function Diagnostics({ client }: { readonly client: Client }) {
  const palette = paletteOf(useColorScheme());
  const [state, setState] = useState(() => client.diagnostics());
  useEffect(() => {
    const timer = setInterval(() => setState(client.diagnostics()), 1000);
    return () => clearInterval(timer);
  }, [client]);
  return (
    <View style={styles.list}>
      {rowsOf(state).map(([name, value]) => (
        <View key={name} style={styles.row}>
          <Text style={{ color: palette.quiet }}>{name}</Text>
          <Text selectable style={[styles.value, { color: palette.text }]}>
            {value}
          </Text>
        </View>
      ))}
    </View>
  );
}

const styles = StyleSheet.create({
  list: { gap: 6 },
  row: { flexDirection: "row", justifyContent: "space-between", gap: 16 },
  value: { flexShrink: 1, textAlign: "right" },
});
