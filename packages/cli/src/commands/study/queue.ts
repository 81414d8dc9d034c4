import { counted, XincError } from '@xinc/core';
import { openStudy, queueStudy } from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { nextCommand } from '../../terminal/next-command.js';
import { workOf } from '../../workflow/work.js';

/** The address of the queue: the option's, else the environment's. @throws XincError `usage` */
export function queueOf(option: string | true | undefined): string {
  const queue = typeof option === 'string' ? option : process.env.XINC_QUEUE;
  if (queue !== undefined && queue !== '') return queue;
  throw new XincError('usage', 'Where is the queue? --queue names its database, or XINC_QUEUE in the environment', {
    subject: '--queue',
    hint: 'Write postgres://USER@HOST:PORT/DATABASE.',
  });
}

/** Queues what is not done of a study, for workers. */
export async function submitToQueue(path: string, queue: string | true, context: CommandContext): Promise<void> {
  const address = queueOf(queue);
  const queued = await queueStudy(await openStudy(path), address, workOf(context));
  const next = nextCommand(['study', 'worker', path], context.options);
  context.result(
    { study: path, queued },
    queued === 0
      ? 'Nothing to queue: all runs are done'
      : `In the queue: ${counted(queued, 'run')}\nWorkers make them: ${next}`,
  );
}
