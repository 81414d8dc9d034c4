import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('src'),
  // The server decides where the page lives.
  base: './',
  resolve: {
    // ONNX Runtime's binaries are files of their own, so that only the one that is used is loaded.
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  plugins: [svelte({ configFile: here('svelte.config.js') })],
  build: {
    outDir: here('dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy allows no data: addresses in style sheets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The contracts' validators are for Node; the page takes the readers of arrays alone.
    rolldownOptions: { treeshake: { manualPureFunctions: ['z'] } },
  },
  // Not for workers: in the minified ONNX Runtime, `z` is a function of its own.
  worker: { format: 'es' },
});
