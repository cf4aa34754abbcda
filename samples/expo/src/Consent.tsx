import type { Client } from "@tideline/device";
import { useState } from "react";
import { StyleSheet, Switch, Text, useColorScheme, View } from "react-native";
import { app } from "./definition.ts";
import { paletteOf } from "./palette.ts";

/** A switch for each purpose, all off until the person turns one on; withdrawing removes what waits for it. */
export function Consent({ client }: { readonly client: Client }) {
  const palette = paletteOf(useColorScheme());
  const [granted, setGranted] = useState<readonly string[]>(client.diagnostics().consent);
  const [failure, setFailure] = useState<string | null>(null);
  const change = async (purpose: string, on: boolean): Promise<void> => {
    const next = on ? [...granted, purpose] : granted.filter((name) => name !== purpose);
    try {
      await client.setConsent(next);
      setGranted(next);
      setFailure(null);
    } catch (error) {
      // What is shown stays what holds.
      setFailure(String(error));
    }
  };
  return (
    <View style={styles.list}>
      {Object.entries(app.purposes).map(([purpose, sentence]) => (
        <View key={purpose} style={styles.row}>
          <Text style={[styles.sentence, { color: palette.text }]}>{sentence}</Text>
          <Switch
            accessibilityLabel={sentence}
            value={granted.includes(purpose)}
            onValueChange={(on) => void change(purpose, on)}
          />
        </View>
      ))}
      {failure !== null && <Text style={{ color: palette.alarm }}>{failure}</Text>}
    </View>
  );
}

const styles = StyleSheet.create({
  list: { gap: 12 },
  row: { flexDirection: "row", alignItems: "center", gap: 12 },
  sentence: { flex: 1, fontSize: 16 },
});
