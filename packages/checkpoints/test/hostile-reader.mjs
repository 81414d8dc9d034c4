// Reads the checkpoints it is given, one after the other, and converts every tensor: node hostile-reader.mjs FILE…
// Prints a line of JSON for each: what came of it, the processor time in ms, the most memory so far in MB.
import { readFileSync } from 'node:fs';
import { decodeCheckpoint, matchNetworks, possiblePlaces, withoutTwins } from '../dist/index.js';

for (const path of process.argv.slice(2)) {
  const start = process.cpuUsage();
  let outcome = 'read';
  try {
    const checkpoint = decodeCheckpoint(readFileSync(path), 'file');
    JSON.stringify(checkpoint.metadata);
    for (const { prefix } of possiblePlaces(checkpoint)) withoutTwins(checkpoint, prefix);
    for (const tensor of checkpoint.tensors.values()) tensor.float32();
    matchNetworks(checkpoint, []);
  } catch (error) {
    outcome = `${error.code}: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(start);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ outcome, milliseconds: (user + system) / 1000, megabytes })}\n`);
}
