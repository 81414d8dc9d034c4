import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Fonts beside the built package, and what tells fontconfig of them. */
const CONFIGURATION = fileURLToPath(new URL('./fonts/fonts.conf', import.meta.url));

/**
 * Gives text a font on machines that have none, as servers often do, where each letter would be an empty box: the package
 * carries one. Before the first text is drawn.
 */
export function ensureFonts(): void {
  // Elsewhere the system always has some. Whoever has configured fontconfig meant it.
  if (process.platform !== 'linux' || process.env.FONTCONFIG_FILE) return;
  if (existsSync(CONFIGURATION)) process.env.FONTCONFIG_FILE = CONFIGURATION;
}
