import { defineConfig } from 'tsup';

/** With a map to the source, errors name the line in src. */
export default defineConfig({ entry: ['src/index.ts'], format: 'esm', clean: true, sourcemap: true, target: 'node20' });
