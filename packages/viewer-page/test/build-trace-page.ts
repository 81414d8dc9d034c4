import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import config from '../vite.config.js';

/** Builds the page of `trace-page/` as the viewer's own is built. */
export async function buildTracePage(folder: string): Promise<void> {
  await build({
    ...config,
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('./trace-page', import.meta.url)),
    build: { ...config.build, outDir: folder },
  });
}
