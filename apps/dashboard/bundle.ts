import react from "@vitejs/plugin-react";
import { build } from "vite";

/**
 * Bundles the page for production: `index.html` and hashed files in `assets/`, nothing inline, so that a strict
 * content security policy holds. Imported only when the cache has no answer.
 *
 * @throws the bundler's error; it prints nothing else.
 */
export async function bundle(sourceFolder: string, outFolder: string): Promise<void> {
  // The mode decides which React is bundled; Vite reads NODE_ENV first, and a test runner sets it to "test".
  const nodeEnv = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await build({
      root: sourceFolder,
      configFile: false,
      mode: "production",
      logLevel: "error",
      plugins: [react()],
      build: {
        outDir: outFolder,
        emptyOutDir: true,
        target: "es2023",
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1000,
        rolldownOptions: {
          output: {
            // React and the charts change rarely: their own file stays in the browser's cache.
            codeSplitting: { groups: [{ name: "vendor", test: /node_modules/ }] },
          },
        },
      },
    });
  } finally {
    if (nodeEnv === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = nodeEnv;
  }
}
