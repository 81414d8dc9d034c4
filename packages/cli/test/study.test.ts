import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy } from '@xinc/core/formats';
import { encodePng } from '@xinc/signals';
import { beforeAll, expect, test } from 'vitest';
import { smoothPicture, workFolder, xinc } from './xinc.js';

const folder = workFolder();
beforeAll(async () => {
  await mkdir(folder.file('clips/bear/frames'), { recursive: true });
  await copyFile(folder.picture, folder.file('clips/bear/frames/0.png'));
  await writeFile(folder.file('clips/bear/frames/1.png'), await encodePng(smoothPicture(18, 26, 1)));
  await mkdir(folder.file('clips/deer/frames'), { recursive: true });
  await copyFile(folder.picture, folder.file('clips/deer/frames/0.png'));
});

const SMALL = [
  '--set',
  'ffn.width=8',
  '--steps',
  '4',
  '--analyses',
  'neurons-per-pixel,pixels-per-neuron',
  '--groupings',
  'grid:2x2',
];
const statusOf = async (study: string) => JSON.parse((await xinc(['study', 'status', study, '--json'])).stdout);

test('a study is written, done, added to, and says how far it is; its runs are those of single commands', async () => {
  const study = folder.file('study');
  const [bear, deer] = [folder.file('clips/bear/frames'), folder.file('clips/deer/frames')];
  const made = ['--signals', bear, deer, '--models', 'ffn', '--seeds', '0:1', ...SMALL];
  expect(await xinc(['study', 'new', study, ...made])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('2 signals × 1 network × 1 seed = 2 runs'),
  });
  expect(await readFile(join(study, 'study.yaml'), 'utf8')).toContain('    path: ../clips/bear/frames\n');
  const run = (id: string) => join(study, 'runs', id);
  expect(await statusOf(study)).toEqual({
    total: 2,
    done: 0,
    running: 0,
    failed: 0,
    waiting: 2,
    tasks: ['bear-ffn-s0', 'deer-ffn-s0'].map((id) => ({ id, run: run(id), state: 'waiting', why: null })),
  });

  // One fails, and does not keep the other.
  await rename(deer, folder.file('elsewhere'));
  const failing = await xinc(['study', 'run', study, '--jobs', '2']);
  expect(failing).toMatchObject({ status: 1, stderr: expect.stringContaining('bear-ffn-s0: done in ') });
  expect(failing.stdout).toMatch(/^1 of 2 runs are done, 0 running, 1 failed, 0 waiting\n {2}deer-ffn-s0: failed: /);
  expect(failing.stdout).toContain(`To try again what failed: xinc study run ${study} --retry\n`);
  expect((await statusOf(study)).tasks[1]).toMatchObject({ state: 'failed', why: expect.stringContaining(deer) });
  await rename(folder.file('elsewhere'), deer);
  expect(await xinc(['study', 'run', study, '--retry'])).toMatchObject({
    status: 0,
    stdout: '2 of 2 runs are done, 0 running, 0 failed, 0 waiting\n',
  });

  // A network of images takes the first frame of a video.
  const alone = folder.file('alone');
  await xinc(['train', folder.picture, '--set', 'width=8', '--steps', '4', '--threads', '1', '--out', alone]);
  const weights = (path: string) => readFile(join(path, 'weights.safetensors'));
  expect(await weights(run('bear-ffn-s0'))).toEqual(await weights(alone));
  expect(await readdir(run('bear-ffn-s0'))).toContain('report.html');

  await xinc(['study', 'add', study, '--seeds', '0:2']);
  expect(await statusOf(study)).toMatchObject({ total: 4, done: 2, waiting: 2 });
  const first = await xinc(['study', 'run', study, '--task', '2']);
  expect(first).toMatchObject({ status: 0, stdout: `${run('bear-ffn-s1')}\n` });
  const again = await xinc(['study', 'run', study, '--task', 'bear-ffn-s1']);
  expect(again).toMatchObject({ status: 0, stdout: `${run('bear-ffn-s1')}: it was done\n` });
});

test('of two processes that are given one task, one does it, and the other ends when it is done', async () => {
  const study = folder.file('twice');
  await xinc(['study', 'new', study, '--signals', folder.picture, '--models', 'ffn', '--seeds', '0:1', ...SMALL]);
  const outcomes = await Promise.all([1, 2].map(() => xinc(['study', 'run', study, '--task', '1'])));
  const run = join(study, 'runs', 'picture-ffn-s0');
  expect(outcomes.map(({ stdout }) => stdout).sort()).toEqual([`${run}\n`, `${run}: it was done\n`]);
  expect(outcomes.map(({ status }) => status)).toEqual([0, 0]);
  const engines = outcomes.map(({ stderr }) => stderr.match(/^Engine: /gm)?.length ?? 0);
  expect(engines.sort()).toEqual([0, 1]);
});

test('a report has every run that is done, and says which are not', async () => {
  const study = folder.file('study');
  const { stdout } = await xinc(['study', 'report', study]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.at(-1)).toBe(join(study, 'report.html'));
  expect(lines[0]).toMatch(/^Claim +Network +Holds +Factor \(95 % interval\) +p \(Holm\)$/);
  expect(stdout).toMatch(/^Many neurons per pixel +ffn +\d of 2 +[\d.]+$/m);
  expect(stdout).toMatch(/^Space varies least +ffn +not tested\n {2}as many groups each +ffn +not tested$/m);
  const report = await readFile(join(study, 'report.html'), 'utf8');
  expect(report).toContain('1 network of 2 signals with 2 seeds: 3 of 4 runs are done.');
  expect(report).toContain('No run has the analysis grouping-variance.');
  expect(report).toContain('<td>deer-ffn-s1</td><td>waiting</td>');
  const [header, bear] = (await readFile(join(study, 'report/quality.csv'), 'utf8')).split('\n');
  expect(header).toContain('psnr [dB],psnr_deviation [dB],ssim [fraction]');
  // Of two seeds: each has a mean and a deviation.
  expect(bear).toMatch(/^ffn,bear,2,\d+,[\d.]+,[\d.]+,[\d.]+,-?[\d.]+,[\d.]+$/);
  // The one seed of the deer, as its own table tells it.
  const figure = JSON.parse(await readFile(join(study, 'report/figures/neurons-per-pixel.vl.json'), 'utf8'));
  const curve = figure.data.values.filter(
    (point: Record<string, unknown>) =>
      point.signal === 'deer' && point.column === 'ffn layer1' && point.series === 'α = 0.5',
  );
  const csv = await readFile(join(study, 'runs/deer-ffn-s0/analysis/neurons-per-pixel/neurons-per-pixel.csv'), 'utf8');
  const row = csv.split('\n').find((line) => line.startsWith('0,layer1,0.5,'))!;
  const [, , , lower, , upper] = row.split(',').map(Number);
  const at = (percent: number) => curve.find((point: { percent: number }) => point.percent === percent).middle;
  const neurons = 208;
  expect(at(10)).toBeCloseTo((100 * lower) / neurons, 0);
  expect(at(90)).toBeCloseTo((100 * upper) / neurons, 0);
  expect(report).toContain('Of a video, the first frame that was analysed is drawn.');
  expect(report).not.toContain('What was not made alike');
});

test('claims of a report are measured of the tables of its runs', async () => {
  const study = folder.file('study');
  const { claims } = JSON.parse(await readFile(join(study, 'report/claims.json'), 'utf8'));
  const claim = claims.find(({ claim }: { claim: string }) => claim === 'many-neurons');
  const csv = await readFile(join(study, 'runs/deer-ffn-s0/analysis/neurons-per-pixel/neurons-per-pixel.csv'), 'utf8');
  const rows = csv.split('\n').map((line) => line.split(','));
  const shares = rows
    .filter(([, , alpha]) => alpha === '0.1')
    .map(([, layer, , lower]) => Number(lower) / (layer === 'layer1' ? 208 : 8));
  expect(shares).toHaveLength(3);
  const factor = Math.cbrt(shares.reduce((product, share) => product * (share / 0.1), 1));
  const deer = claim.signals.find(({ signal }: { signal: string }) => signal === 'deer');
  expect(deer.factor).toBeCloseTo(factor, 10);
  expect(claim).toMatchObject({ verdict: 'few', p: null, interval: null });
  const table = await readFile(join(study, 'report/claims.csv'), 'utf8');
  expect(table).toContain('Many neurons per pixel,,ffn,7.3,');
  expect(table).toContain('bear-ffn-s0: no analysis grouping-variance');
  const report = await readFile(join(study, 'report.html'), 'utf8');
  expect(report.indexOf('id="claims"')).toBeGreaterThan(report.indexOf('id="size-and-quality"'));
});

test('dead neurons are in no curve of the report: each run draws its live ones', async () => {
  const study = folder.file('study');
  const figure = JSON.parse(await readFile(join(study, 'report/figures/pixels-per-neuron.vl.json'), 'utf8'));
  const half = figure.data.values.find(
    (point: Record<string, unknown>) =>
      point.signal === 'bear' && point.column === 'ffn layer2' && point.percent === 50,
  );
  const middles: number[] = [];
  for (const run of ['bear-ffn-s0', 'bear-ffn-s1']) {
    const path = join(study, 'runs', run, 'analysis/pixels-per-neuron');
    const { arrays, tables } = JSON.parse(await readFile(join(path, 'result.json'), 'utf8'));
    const { file } = arrays.find(({ layer }: { layer: string }) => layer === 'layer2');
    const live = tables[0].rows.find(([, layer]: unknown[]) => layer === 'layer2')[2];
    const counts = [...decodeNpy(await readFile(join(path, file)), file).data].sort((a, b) => a - b).slice(-live);
    middles.push((100 * counts[Math.round((live - 1) / 2)]) / (18 * 26));
    if (run === 'bear-ffn-s1') expect(live).toBeLessThan(8);
  }
  expect(half.low).toBeCloseTo(Math.min(...middles), 2);
});

test('a report names runs of one network that were made by other versions, and those whose analyses cannot be read', async () => {
  const study = folder.file('study');
  const path = join(study, 'runs', 'bear-ffn-s1', 'run.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  const model = { ...manifest.model, version: '0.0.1' };
  await writeFile(path, JSON.stringify({ ...manifest, model }));
  await writeFile(join(study, 'runs/deer-ffn-s0/analysis/neurons-per-pixel/result.json'), '{');
  const { stdout } = await xinc(['study', 'report', study, '--json']);
  const { claims } = JSON.parse(await readFile(join(study, 'report/claims.json'), 'utf8'));
  expect(JSON.parse(stdout)).toEqual({ study, report: join(study, 'report.html'), claims });
  expect(await readFile(join(study, 'report.html'), 'utf8')).toContain(
    `<td>bear-ffn-s1</td><td>version of model ffn</td><td>0.0.1</td><td>bear-ffn-s0</td><td>${manifest.model.version}</td>`,
  );
  const table = await readFile(join(study, 'report/claims.csv'), 'utf8');
  expect(table).toMatch(/Many neurons per pixel,,ffn,7\.3,\d,1,.*deer-ffn-s0: .*result\.json is damaged/);
});

test.skipIf(process.platform === 'win32')('what would be submitted to Slurm is shown, and nothing is', async () => {
  const study = folder.file('study');
  expect(await xinc(['study', 'submit', study])).toMatchObject({
    status: 2,
    stderr:
      'xinc: xinc study submit: where to is not said. Give --slurm to submit to Slurm, or --queue for workers of a queue; xinc study run makes the runs on this machine.\n',
  });
  const { stdout } = await xinc(['study', 'submit', study, '--slurm', '--jobs', '2', '--dry-run', '--', '--mem=4G']);
  expect(stdout).toContain(`bin/xinc.js study run ${study} --engine ort --task "$place" --threads "$threads"\n`);
  expect(stdout).toContain('# 1 of 4 runs, 2 at a time\n');
  expect(stdout).toContain(`--mem=4G --array=4%2 ${join(study, 'slurm', 'task.sh')})\n`);
  expect(await readdir(study)).not.toContain('slurm');
});

test('networks can be trained fast from the beginning and when they are added, where steps are not settled', async () => {
  const study = folder.file('fast');
  const made = ['--signals', folder.picture, '--seeds', '0:1', '--fast'];
  await xinc(['study', 'new', study, ...made, '--models', 'ffn', '--set', 'ffn.width=8']);
  const added = ['study', 'add', study, '--fast', '--models', 'ffn', '--set', 'ffn.width=9'];
  expect(await xinc(added)).toMatchObject({ status: 0 });
  const manifest = await readFile(join(study, 'study.yaml'), 'utf8');
  expect(manifest.replace(/\s+/g, ' ')).toMatch(
    /width: 8,? optimizer: soap,? steps: \d+.* width: 9,? optimizer: soap,? steps: \d+/,
  );
  expect(await xinc(['study', 'add', study, '--fast', '--seeds', '1:2'])).toMatchObject({
    status: 2,
    stderr: 'xinc: --fast is how networks are trained, and none is added. Name them by --models.\n',
  });
  const settled = folder.file('settled');
  await xinc(['study', 'new', settled, '--signals', folder.picture, '--models', 'ffn', '--seeds', '0:1', ...SMALL]);
  expect(await xinc(['study', 'add', settled, '--fast', '--models', 'ffn', '--set', 'ffn.width=9'])).toMatchObject({
    status: 2,
    stderr: `xinc: --fast says how many steps are taken, and ${settled} has steps: 4 for all. Leave it out, or set the steps of each network in study.yaml.\n`,
  });
});

test('what cannot be studied is refused, and nothing is written', async () => {
  const study = folder.file('refused');
  const refused = await xinc(['study', 'new', study, '--signals', folder.picture, '--models', 'ffn', '--seeds', '2:2']);
  expect(refused).toMatchObject({
    status: 2,
    stderr: 'xinc: --seeds 2:2: that is no range of seeds. Write FIRST:END, such as 0:5 for 0 to 4.\n',
  });
  expect(await readdir(folder.path)).not.toContain('refused');
  expect((await xinc(['study', 'status', folder.path])).stderr).toBe(
    `xinc: ${folder.path} is no study: it has no study.yaml. xinc study new makes one.\n`,
  );
});
