import type { Client } from "@tideline/device";
import { useEffect, useState, type ReactNode } from "react";
import { Button, ScrollView, StyleSheet, Text, useColorScheme, View } from "react-native";
import { Consent } from "./Consent.tsx";
import { Diagnostics } from "./Diagnostics.tsx";
import { Leave } from "./Leave.tsx";
import { openPhone } from "./open-phone.ts";
import { Recorder } from "./Recorder.tsx";
import { paletteOf } from "./palette.ts";

/** The screens, one below the other, each with the client. */
const SECTIONS: readonly (readonly [string, (client: Client) => ReactNode])[] = [
  ["What you allow", (client) => <Consent client={client} />],
  ["Motion", (client) => <Recorder client={client} />],
  ["State", (client) => <Diagnostics client={client} />],
  ["Leave", (client) => <Leave client={client} />],
];

/** The app: opens the client once and shows what it does. */
export function Sample() {
  const palette = paletteOf(useColorScheme());
  const [client, setClient] = useState<Client | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let opened: Client | null = null;
    let gone = false;
    openPhone().then(
      (ready) => {
        opened = ready;
        if (gone) void ready.close();
        else setClient(ready);
      },
      (error: unknown) => setFailure(String(error)),
    );
    return () => {
      gone = true;
      void opened?.close();
    };
  }, [attempt]);

  return (
    <ScrollView style={{ backgroundColor: palette.page }} contentContainerStyle={styles.page}>
      <Text accessibilityRole="header" style={[styles.title, { color: palette.text }]}>
        Tideline
      </Text>
      {failure !== null && (
        <View>
          <Text style={{ color: palette.alarm }}>{failure}</Text>
          <Button
            title="Try again"
            onPress={() => {
              setFailure(null);
              setAttempt(attempt + 1);
            }}
          />
        </View>
      )}
      {client !== null &&
        SECTIONS.map(([title, show]) => (
          <View key={title} style={[styles.card, { backgroundColor: palette.card }]}>
            <Text accessibilityRole="header" style={[styles.heading, { color: palette.text }]}>
              {title}
            </Text>
            {show(client)}
          </View>
        ))}
    </ScrollView>
  );
}

const styles = StyleSheet.create({
  page: { padding: 16, paddingTop: 64, gap: 16 },
  title: { fontSize: 28, fontWeight: "700" },
  heading: { fontSize: 18, fontWeight: "600", marginBottom: 8 },
  card: { padding: 16, borderRadius: 12 },
});
