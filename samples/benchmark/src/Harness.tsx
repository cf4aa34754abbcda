import type { BenchmarkReport, CaseReport } from "@tideline/spec/benchmark";
import { useEffect, useState } from "react";
import { Button, Linking, ScrollView, StyleSheet, Text, TextInput, useColorScheme, View } from "react-native";
import { collectorOf, handIn } from "./collector.ts";
import { runBenchmark } from "./run-benchmark.ts";

/** A case in a line. */
function lineOf({ artifact, runtime, times, state, reason }: CaseReport): string {
  if (times === null) return `${artifact} on ${runtime}: ${state}, ${reason}`;
  const last = times.sustained === null ? "" : `, last/first ${times.sustained.lastOverFirst.toFixed(2)}`;
  return `${artifact} on ${runtime}: p50 ${times.p50Ms.toFixed(3)} ms, p99 ${times.p99Ms.toFixed(3)} ms, load ${times.coldMs.toFixed(0)} ms${last}`;
}

/** Takes an address and a token, by hand or by a link; runs, shows, and hands the report in. */
export function Harness() {
  const dark = useColorScheme() === "dark";
  const [address, setAddress] = useState(process.env.EXPO_PUBLIC_BENCHMARK ?? "http://127.0.0.1:4605");
  const [token, setToken] = useState(process.env.EXPO_PUBLIC_TOKEN ?? "");
  const [line, setLine] = useState("Ready");
  const [running, setRunning] = useState(false);
  const [report, setReport] = useState<BenchmarkReport | null>(null);

  useEffect(() => {
    const follow = (link: string | null): void => {
      const found = collectorOf(link);
      if (found === null) return;
      setAddress(found.address);
      setToken(found.token);
    };
    void Linking.getInitialURL().then(follow);
    const subscription = Linking.addEventListener("url", ({ url }) => follow(url));
    return () => subscription.remove();
  }, []);

  const give = async (made: BenchmarkReport): Promise<void> => {
    setLine("Handing the report in");
    await handIn({ address, token }, made);
    setLine("Done: the report is handed in.");
  };
  const start = async (work: () => Promise<void>): Promise<void> => {
    setRunning(true);
    try {
      await work();
    } catch (error) {
      setLine(`Failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setRunning(false);
    }
  };
  const measure = (): Promise<void> =>
    start(async () => {
      const made = await runBenchmark({ address, token }, setLine);
      // Kept first: what was measured is not lost where the network is.
      setReport(made);
      await give(made);
    });

  const text = { color: dark ? "#eef3f5" : "#12202b" };
  const field = [styles.field, text, { borderColor: dark ? "#b6c3ca" : "#44525d" }];
  return (
    <ScrollView style={{ backgroundColor: dark ? "#0d1418" : "#f2f4f5" }} contentContainerStyle={styles.page}>
      <Text accessibilityRole="header" style={[styles.title, text]}>
        Tideline benchmark
      </Text>
      <Text style={text}>
        Keep the phone unplugged and this app in front. Address and token stand where tideline benchmark
        --serve runs.
      </Text>
      <TextInput
        accessibilityLabel="Address"
        style={field}
        value={address}
        onChangeText={setAddress}
        autoCapitalize="none"
        autoCorrect={false}
        inputMode="url"
      />
      <TextInput
        accessibilityLabel="Token"
        style={field}
        value={token}
        onChangeText={setToken}
        autoCapitalize="none"
        autoCorrect={false}
      />
      <Button title="Run" disabled={running || token === ""} onPress={() => void measure()} />
      <Text accessibilityLiveRegion="polite" style={[styles.line, text]}>
        {line}
      </Text>
      {report !== null && (
        <View style={styles.list}>
          <Button title="Hand in again" disabled={running} onPress={() => void start(() => give(report))} />
          {report.cases.map((one) => (
            <Text key={`${one.artifact} ${one.runtime}`} selectable style={text}>
              {lineOf(one)}
            </Text>
          ))}
        </View>
      )}
    </ScrollView>
  );
}

const styles = StyleSheet.create({
  page: { padding: 16, paddingTop: 64, gap: 12 },
  title: { fontSize: 28, fontWeight: "700" },
  line: { fontSize: 16 },
  field: { borderWidth: 1, borderRadius: 8, padding: 10, fontSize: 16 },
  list: { gap: 8 },
});
