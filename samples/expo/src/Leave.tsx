import type { Client } from "@tideline/device";
import { useState } from "react";
import { Alert, Button, Text, useColorScheme, View } from "react-native";
import { paletteOf } from "./palette.ts";

/** Lets a person see what is held of them, and take it all back. */
export function Leave({ client }: { readonly client: Client }) {
  const palette = paletteOf(useColorScheme());
  const [answer, setAnswer] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const run = async (work: () => Promise<string>): Promise<void> => {
    try {
      setAnswer(await work());
      setFailed(false);
    } catch (error) {
      setAnswer(String(error));
      setFailed(true);
    }
  };
  const show = (): Promise<void> =>
    run(async () => {
      const { state, url, headers } = await client.exportMe();
      if (state !== "done" || url === null) return `Your copy is ${state}; ask again later.`;
      const response = await fetch(`${url}/export`, { headers });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const lines = (await response.text()).split("\n").filter((line) => line !== "");
      return `Your copy has ${lines.length} lines.`;
    });
  const erase = (): Promise<void> =>
    run(async () => {
      await client.setConsent([]);
      await client.eraseMe();
      await client.flush();
      const [last] = client.diagnostics().requests.slice(-1);
      return `Erased here; at the server: ${last?.state ?? "nothing was known"}.`;
    });
  const ask = (): void =>
    Alert.alert("Erase everything?", "What this phone recorded goes, here and at the server.", [
      { text: "Keep", style: "cancel" },
      { text: "Erase", style: "destructive", onPress: () => void erase() },
    ]);
  return (
    <View style={{ gap: 12 }}>
      <Button title="Show me what you hold" onPress={() => void show()} />
      <Button title="Erase me" color="#b3261e" onPress={ask} />
      {answer !== null && <Text style={{ color: failed ? palette.alarm : palette.text }}>{answer}</Text>}
    </View>
  );
}
