import type { AnalysisContext, AnalysisPlugin, AnalysisResult } from '../analysis.js';
import { requireThat, show } from './breach.js';
import { callAsync, callSync } from './call.js';
import { checkRequest } from './check-request.js';
import { checkResult } from './check-result.js';
import { guardCollector } from './collector.js';
import type { Owner } from './fault.js';
import { guardSchema } from './guard-schema.js';
import { withFunctions } from './with-functions.js';

/** An analysis whose request and results are checked as it gives them. */
export function guardAnalysis(owner: Owner, plugin: AnalysisPlugin): AnalysisPlugin {
  const { tooLong, checkRuns, analyzeRuns } = plugin;
  const give = (where: string, call: () => AnalysisResult | Promise<AnalysisResult>) =>
    callAsync(owner, where, call, checkResult);
  return withFunctions(plugin, {
    options: guardSchema(owner, 'options', plugin.options),
    request: (options, context) =>
      callSync(
        owner,
        'request',
        () => plugin.request(options, context),
        (request) => {
          const { custom, ...rest } = checkRequest(request, context.groupings);
          return { ...rest, ...(custom && { custom: custom.map((collector) => guardCollector(owner, collector)) }) };
        },
      ),
    analyze: (options, context: AnalysisContext) => give('analyze', () => plugin.analyze(options, context)),
    ...(tooLong && {
      tooLong: (options, context) =>
        callSync(
          owner,
          'tooLong',
          () => tooLong.call(plugin, options, context),
          (why) => {
            requireThat(
              why === undefined || typeof why === 'string',
              `it gave ${show(why)}`,
              'Give a text, or nothing.',
            );
            return why;
          },
        ),
    }),
    ...(checkRuns && {
      checkRuns: (options, runs) =>
        callSync(
          owner,
          'checkRuns',
          () => checkRuns.call(plugin, options, runs),
          () => {},
        ),
    }),
    ...(analyzeRuns && {
      analyzeRuns: (options, runs) => give('analyzeRuns', () => analyzeRuns.call(plugin, options, runs)),
    }),
  });
}
