import { openStudy, reportStudy } from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { loadPlugins } from '../../workflow/plugins.js';
import { workOf } from '../../workflow/work.js';

/** Writes a study's report. */
export async function studyReportCommand(path: string, context: CommandContext): Promise<void> {
  const report = await reportStudy(await openStudy(path), await loadPlugins(context), workOf(context));
  context.result({ study: path, report }, report);
}
