import { create } from './create.js';
import { Refusal } from './refusal.js';

try {
  await create(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`create-xinc-plugin: ${error.message}\n`);
  process.exitCode = 2;
}
