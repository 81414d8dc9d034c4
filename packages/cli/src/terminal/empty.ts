import { XincError } from '@xinc/core';
import type { Command } from 'commander';

/**
 * Refuses options and arguments that are given as nothing: `--out ''`, or `--out "$UNSET"`.
 * @throws XincError `invalid-option` naming the first of them
 */
export function refuseEmpty(command: Command): void {
  const blank = (value: unknown) => [value].flat().some((item) => typeof item === 'string' && item.trim() === '');
  const option = command.options.find((known) => blank(command.getOptionValue(known.attributeName())));
  const argument = command.registeredArguments.find((_, i) => blank(command.processedArgs[i]));
  const name = option?.long ?? (argument && `<${argument.name()}>`);
  if (name === undefined) return;
  throw new XincError('invalid-option', `${name}: an empty text is given`, {
    subject: name,
    hint: option ? 'Give it a value, or leave it out.' : 'Give it a value.',
  });
}
