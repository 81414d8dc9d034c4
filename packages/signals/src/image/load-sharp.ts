import { createRequire } from 'node:module';
import type sharp from 'sharp';

const require = createRequire(import.meta.url);

/**
 * sharp, loaded where a picture is read or written: commands that do neither begin without its native library. By `require`, which takes
 * half the time of `import`: Node reads the whole text of what is in CommonJS for its exports.
 */
export const loadSharp = async (): Promise<typeof sharp> => require('sharp');
