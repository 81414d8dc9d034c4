import { createRequire } from 'node:module';
import type sharp from 'sharp';

let loaded: typeof sharp | undefined;

/** sharp, loaded with the first picture; by `require`, which takes half the time of `import`. */
export function loadSharp(): typeof sharp {
  loaded ??= createRequire(import.meta.url)('sharp') as typeof sharp;
  return loaded;
}
