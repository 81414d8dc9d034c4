import { defineConfig } from 'tsup';

/** The analysis runs in Node; the panel is one file for a browser, with all that it imports. */
export default defineConfig([
  { entry: ['src/index.ts'], format: 'esm', clean: true, sourcemap: true, target: 'node20' },
  { entry: ['src/panel.ts'], format: 'esm', target: 'es2022', platform: 'browser', noExternal: [/./] },
]);
