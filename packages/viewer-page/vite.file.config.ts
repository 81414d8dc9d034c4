import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * ONNX Runtime without files of its own: the WebAssembly variant alone, whose script holds all it needs but the binary, which the
 * page hands it.
 */
function withoutFiles(): Plugin {
  return {
    name: 'onnxruntime-without-files',
    enforce: 'pre',
    resolveId: (id) => (/^onnxruntime-web\/.*\?url$/.test(id) ? '\0no-file' : null),
    load: (id) => (id === '\0no-file' ? "export default '';" : null),
    transform: (code, id) =>
      id.includes('ort.wasm.bundle')
        ? code.replaceAll('new URL("ort-wasm-simd-threaded.wasm",import.meta.url)', 'new URL("about:blank")')
        : null,
  };
}

/** Threads of plain scripts: a browser starts none of a module that has no address of a server. */
function plainThreads(): Plugin {
  return {
    name: 'plain-threads',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('/src/') && code.includes('new Worker(')
        ? code.replace(/(new Worker\(new URL\([^)]+\), \{) type: 'module',/g, '$1')
        : null,
  };
}

/** One script each for the page and for its threads, which are packed into one file with everything else. */
export default defineConfig({
  root: here('src'),
  base: './',
  resolve: { alias: { 'onnxruntime-web/webgpu': 'onnxruntime-web/wasm' } },
  plugins: [withoutFiles(), plainThreads(), svelte({ configFile: here('svelte.config.js') })],
  experimental: {
    // A thread's script is the text of a block of the page.
    renderBuiltUrl: (name, { hostType }) =>
      hostType === 'js' && name.endsWith('.js')
        ? {
            runtime: `URL.createObjectURL(new Blob([document.querySelector('script[data-name="${name}"]').textContent],{type:'text/javascript'}))`,
          }
        : { relative: true },
  },
  build: {
    outDir: here('dist/file'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: {
      treeshake: { manualPureFunctions: ['z'] },
      output: { codeSplitting: false, entryFileNames: 'page.js', assetFileNames: '[name][extname]' },
    },
  },
  worker: {
    format: 'iife',
    plugins: () => [withoutFiles()],
    rolldownOptions: { output: { codeSplitting: false, entryFileNames: '[name].js' } },
  },
});
