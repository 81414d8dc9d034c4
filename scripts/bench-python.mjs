import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';

/**
 * The first Python of XINC_PYTHON, one command or several as in PATH, that has a package; undefined where none has it.
 * @param name as it is imported: "torch"
 */
export function pythonWith(name) {
  const commands = (process.env.XINC_PYTHON ?? '').split(delimiter).filter((command) => command !== '');
  const test = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${name}") is None)`;
  return commands.find((command) => spawnSync(command, ['-c', test]).status === 0);
}

/** Why what it takes was not measured. */
export function without(name) {
  return `XINC_PYTHON names no Python that has ${name}`;
}
