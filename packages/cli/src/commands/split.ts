import { XincError } from '@xinc/core';
import { splitPlate } from '@xinc/signals';
import type { CommandContext } from '../context.js';
import { HEIGHT_BY_WIDTH } from '../workflow/describe-shape.js';

export interface SplitCommandOptions {
  readonly views: string;
  readonly out: string;
}

/** Cuts a plate of many views into the frames of a video. */
export async function splitCommand(path: string, options: SplitCommandOptions, context: CommandContext): Promise<void> {
  const match = /^(\d+)[x×](\d+)$/.exec(options.views);
  if (!match) {
    throw new XincError('invalid-option', `--views ${options.views}: that is not rows × columns`, {
      subject: '--views',
      hint: 'Write for instance --views 4x6.',
    });
  }
  const views = await splitPlate(path, options.out, { rows: Number(match[1]), columns: Number(match[2]) });
  const [{ height, width }] = views;
  context.result(
    { out: options.out, frames: views.length, height, width },
    `${options.out}: ${views.length} frames of ${height} × ${width} pixels ${HEIGHT_BY_WIDTH}`,
  );
}
