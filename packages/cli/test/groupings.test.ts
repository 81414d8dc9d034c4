import type { GroupingPlugin, Signal } from '@xinc/core';
import type { Run } from '@xinc/core/node';
import { expect, test } from 'vitest';
import type { CommandContext } from '../src/context.js';
import { labelFrames } from '../src/workflow/groupings.js';

test('grouping pixels stops when it is cancelled, and says that and no fault', async () => {
  const plugin = {
    label: () => {
      throw new Error('must not be asked');
    },
  } as unknown as GroupingPlugin;
  const context = {
    abort: AbortSignal.abort(),
    display: { begin() {}, update() {}, end() {}, line() {} },
  } as unknown as CommandContext;
  const labels = labelFrames(
    {} as Run,
    {} as Signal,
    [{ name: 'own', title: 'own', plugin, options: {}, named: true, reused: true }],
    [0],
    context,
  );
  await expect(labels).rejects.toMatchObject({ name: 'XincError', code: 'cancelled' });
});
