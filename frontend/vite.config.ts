// Builds what a page loads as a module: one file for each entry, what two of them share in a chunk of its own.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  base: "./",
  build: {
    outDir: here("../src/yuqiao/web/console/static/built"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    manifest: "manifest.json", // what each module imports: {% module %} has it fetched side by side
    chunkSizeWarningLimit: 650, // kB; charts.js is ECharts, and loaded by pages with charts alone
    rollupOptions: {
      // Every page's module; a template loads it as {% module 'NAME' %}.
      input: {
        agent: here("src/agent.ts"),
        caller: here("src/caller.ts"),
        charts: here("src/charts.ts"),
        desk: here("src/desk.ts"),
        softphone: here("src/softphone.ts"),
        supervisor: here("src/supervisor.ts"),
      },
      preserveEntrySignatures: "exports-only",
      output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name].js" },
    },
  },
});
