/* All that is measured of the command; `npm run bench` knows the same files by name. */
for (const name of ['traces', 'start', 'analyses', 'import', 'quality', 'optimizers']) await import(`./${name}.mjs`);
