import { pnpm } from './toolchain.mjs';

/** Packs every package into `folder`. pnpm does it: it writes versions where package.json says `workspace:`, npm does not. */
export function packAll(folder) {
  pnpm('--recursive', '--filter', './packages/*', '--silent', 'pack', '--pack-destination', folder);
}
