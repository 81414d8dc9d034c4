import { countStates, openStudy, runPath, studyStatus, type TaskStatus } from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { nextCommand } from '../../terminal/next-command.js';

/** Prints how far a study is. */
export async function studyStatusCommand(path: string, context: CommandContext): Promise<void> {
  const study = await openStudy(path);
  const states = await studyStatus(study);
  const tasks = states.map(({ task, state, why = null }) => ({ id: task.id, state, run: runPath(study, task), why }));
  context.result({ ...countStates(states), tasks }, describeStatus(path, states, context));
}

/** Counts, who is at work, and why what failed did. */
export function describeStatus(path: string, states: readonly TaskStatus[], { options }: CommandContext): string {
  const { total, done, running, failed, waiting } = countStates(states);
  const lines = [`${done} of ${total} runs are done, ${running} running, ${failed} failed, ${waiting} waiting`];
  for (const { task, state, holder, why } of states) {
    if (state === 'running') {
      lines.push(`  ${task.id}: process ${holder!.pid}${holder!.host === undefined ? '' : ` on ${holder!.host}`}`);
    }
    if (why !== undefined) lines.push(`  ${task.id}: ${state}: ${why}`);
  }
  if (failed > 0) lines.push(`To try again what failed: ${nextCommand(['study', 'run', path, '--retry'], options)}`);
  return lines.join('\n');
}
