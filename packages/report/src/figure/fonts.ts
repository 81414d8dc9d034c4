import { fileURLToPath } from 'node:url';

/** What tells fontconfig of the fonts that the built package carries. */
const CONFIGURATION = fileURLToPath(new URL('./fonts/fonts.conf', import.meta.url));

/**
 * Gives text a font on machines that have none, as servers often do, where each letter would be an empty box: the package
 * carries one. Before the first text is drawn.
 */
export function ensureFonts(): void {
  // Other systems always have fonts. A configuration of fontconfig that is set stays as it is.
  if (process.platform !== 'linux' || process.env.FONTCONFIG_FILE || process.env.FONTCONFIG_PATH) return;
  process.env.FONTCONFIG_FILE = CONFIGURATION;
}
