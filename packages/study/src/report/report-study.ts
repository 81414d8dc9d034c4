import { join } from 'node:path';
import { counted, type Table, XincError } from '@xinc/core';
import { formatCsv, formatJson } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import type { StudyReportPart } from '@xinc/report';
import { callWords, type Work } from '@xinc/runs';
import { claimsPart, claimsSummary } from '../claims/claims-part.js';
import { claimsJson } from '../claims/claims-table.js';
import { studyClaims } from '../claims/study-claims.js';
import type { TestedClaim } from '../claims/test-claims.js';
import { comparisonParts } from '../comparison/comparison-parts.js';
import { STUDY_FILES } from '../files.js';
import type { Study } from '../open-study.js';
import { countStates, studyStatus, type TaskStatus } from '../tasks/status.js';
import { VERSION } from '../version.js';
import { clusterFigures } from './cluster-figures.js';
import { type DoneRun, doneRuns } from './done-runs.js';
import { figureParts } from './figure-parts.js';
import { objectFigures } from './object-figures.js';
import { qualitySentence, qualityTable } from './quality.js';
import { mixSeeds, seedEmbeddings } from './seed-embeddings.js';
import { targetsPart } from './targets.js';
import { unlikePart } from './unlike-runs.js';

/** A report that was written. */
export interface StudyReported {
  /** Of report.html. */
  readonly path: string;
  /** The paper's claims, tested over the study's signals. */
  readonly claims: readonly TestedClaim[];
}

/**
 * Writes a study's report from the runs that are done: report.html, with its tables as CSV, its claims as JSON, its charts as SVG, PNG and Vega-Lite,
 * and its pictures as PNG beside it.
 * @param registry has the models of the runs
 * @throws XincError `not-found` where no run is done, `invalid-file`, `io`
 */
export async function reportStudy(study: Study, registry: Registry, { progress }: Work = {}): Promise<StudyReported> {
  const states = await studyStatus(study);
  const counts = countStates(states);
  if (counts.done === 0) {
    throw new XincError('not-found', `No run of ${study.path} is done yet`, {
      subject: study.path,
      hint: `Make them first: ${callWords('runStudy', study.path)}.`,
    });
  }
  progress?.begin('Report', 'parts');
  const runs = await doneRuns(study, states);
  const table = qualityTable(runs);
  const mixings = await mixSeeds(runs);
  const { tested, unreadable, read } = await studyClaims(runs, registry, mixings);
  const summary = summaryPart(runs, tested);
  const parts = [
    qualityPart(table),
    ...targetsPart(runs),
    ...unlikePart(runs),
    claimsPart(tested, unreadable),
    ...(await comparisonParts(runs, read, registry)),
    ...(await figureParts(runs, registry)),
    await clusterFigures(runs),
    seedEmbeddings(mixings, runs),
    await objectFigures(runs),
    ...missingPart(states),
  ];
  const { printFigure, renderStudyReport } = await import('@xinc/report');
  const tables = new Map(parts.flatMap((part) => part.tables.map(({ table, file }) => [file, table] as const)));
  for (const [file, table] of tables) if (file !== '') await study.folder.write(file, formatCsv(table));
  await study.folder.write(STUDY_FILES.reportClaims, `${formatJson(claimsJson(tested), 2)}\n`);
  const undrawn: string[] = [];
  for (const figure of [summary, ...parts].flatMap(({ figures, more = [] }) => [...figures, ...more])) {
    if (figure.kind === 'chart') {
      await study.folder.write(STUDY_FILES.reportFigure(`${figure.name}.vl.json`), formatJson(figure.spec, 1));
    }
    const printed = await printFigure(figure).catch((error: Error) => void undrawn.push(error.message));
    if (!printed) continue;
    // Of pictures, an SVG would be the PNG with letters.
    if (figure.kind === 'chart') await study.folder.write(STUDY_FILES.reportFigure(`${figure.name}.svg`), printed.svg);
    await study.folder.write(STUDY_FILES.reportFigure(`${figure.name}.png`), printed.png);
  }
  const { signals, networks, seeds } = study.manifest;
  const html = await renderStudyReport(
    {
      title: 'Study',
      lead: `${counted(networks.length, 'network')} of ${counted(signals.length, 'signal')} with ${counted(seeds.length, 'seed')}: ${counts.done} of ${counts.total} runs are done.`,
      facts: [
        [String(signals.length), signals.length === 1 ? 'signal' : 'signals'],
        [String(networks.length), networks.length === 1 ? 'network' : 'networks'],
        [String(seeds.length), seeds.length === 1 ? 'seed' : 'seeds'],
        [`${counts.done} of ${counts.total}`, 'runs done'],
      ],
      summary,
      parts,
      toolVersion: VERSION,
    },
    (reason) => undrawn.push(reason),
  );
  await study.folder.write(STUDY_FILES.report, html);
  const path = join(study.path, STUDY_FILES.report);
  progress?.end(`Report: ${path}`);
  for (const reason of new Set(undrawn)) progress?.line(`  left out: ${reason}`);
  return { path, claims: tested };
}

/** What the report begins with: quality, and what the study says of the paper's claims. */
function summaryPart(runs: readonly DoneRun[], tested: readonly TestedClaim[]): StudyReportPart {
  const { text, tables, figures } = claimsSummary(tested);
  return { title: 'Summary', text: [qualitySentence(runs), ...text], tables, figures };
}

const qualityPart = (table: Table): StudyReportPart => ({
  title: 'Size and quality',
  text: [
    'For comparison, the paper has a mean PSNR of 34.29 dB for FFNs of 32,971 parameters and of 33.50 dB for NeRVs of 978,557 parameters, on other clips (section 6.1 of its supplement).',
  ],
  tables: [{ table, file: STUDY_FILES.reportTable(table.name), open: true }],
  figures: [],
});

/** Runs that are not in the report. */
function missingPart(states: readonly TaskStatus[]): StudyReportPart[] {
  const rows = states
    .filter(({ state }) => state !== 'done')
    .map(({ task, state, why = null }) => [task.id, state, why]);
  if (rows.length === 0) return [];
  const table: Table = {
    name: 'missing',
    title: 'Runs that are not done',
    columns: [
      { name: 'run', description: 'Signal, network and seed' },
      { name: 'state', description: 'running, failed or waiting' },
      { name: 'why', description: 'Why it failed' },
    ],
    rows,
  };
  return [
    {
      title: 'What is missing',
      text: ['Nothing of these runs is in the tables and figures.'],
      tables: [{ table, file: '' }],
      figures: [],
    },
  ];
}
