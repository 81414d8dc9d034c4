import { Command, CommanderError, Option } from 'commander';
import type { CommandContext, CommonOptions } from './context.js';
import type { FailureOptions } from './terminal/failure.js';
import { tooFewOpenFiles } from './terminal/open-files.js';
import { VERSION } from './version.js';

/*
 * The command line's shape. What a command does is loaded when it is run: --help loads nothing but this file, so it is
 * there at once.
 */

const program = new Command('xinc')
  .description(
    'Explains implicit neural representations: traces every neuron of a network that is a picture or a video to every pixel.',
  )
  .version(VERSION)
  .showHelpAfterError('(xinc --help shows what there is)')
  // Before commands are added: they take it over.
  .exitOverride()
  .addHelpText('after', '\nStart with:\n  xinc explain photo.jpg');

// Help and results alike: a reader that is gone (`xinc --help | head`) is told nothing; a full disk is told.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exitCode = 1;
  if (error.code !== 'EPIPE') console.error(`xinc: the result could not be printed: ${error.message}`);
});

const collect = (value: string, before: string[] = []) => [...before, value];

function command(usage: string, description: string, example: string, of: Command = program): Command {
  return of.command(usage).description(description).addHelpText('after', `\nExample:\n  ${example}`);
}

/** The options that every command has, in its help after its own. */
function withCommonOptions(made: Command): Command {
  return made
    .optionsGroup('For every command:')
    .option('--plugin <path>', 'a plugin package or module to load (repeatable)', collect)
    .option('--json', 'print the result as JSON on standard output')
    .option('--quiet', 'hide progress, and what is assumed or left out')
    .option('--debug', 'show where an error comes from')
    .helpOption('-h, --help', 'display help for command');
}

function withEngine(made: Command, threads = "processor threads for the engine (default: the machine's)"): Command {
  return made
    .option('--engine <name>', 'what runs the network: ort or tfjs', 'ort')
    .option('--device <name>', 'where the engine runs: cpu, cuda, webgpu, … (what the engine offers)')
    .option('--threads <n>', threads);
}

/** For commands that make a run. */
function withView(made: Command): Command {
  return withViewer(
    made.option('--view', 'show the run in the browser meanwhile, and afterwards until Ctrl-C'),
    'with --view: ',
  );
}

/** @param when said before what each option does */
function withViewer(made: Command, when = ''): Command {
  return made
    .option('--port <n>', `${when}port to listen at (default: 9462, or the next that is free)`)
    .option('--host <address>', `${when}address to listen at, for other machines`)
    .option('--no-token', `${when}ask for no token: everyone who uses this machine can then read the runs`)
    .option(
      '--new-token',
      `${when}replace the token that is kept for your viewers: links saved before do not work any more`,
    )
    .option('--no-open', `${when}do not open a browser`);
}

/** Options without which a command cannot begin; all that are missing are named at once. */
function requiring(made: Command, options: readonly (readonly [flags: string, description: string])[]): Command {
  for (const [flags, description] of options) made.option(flags, description);
  const names = made.options.slice(-options.length);
  return made.hook('preAction', () => {
    const missing = names.filter((option) => made.getOptionValue(option.attributeName()) === undefined);
    if (missing.length === 0) return;
    const flags = missing.map((option) => `'${option.flags}'`).join(', ');
    made.error(`error: required ${missing.length === 1 ? 'option' : 'options'} ${flags} not specified`);
  });
}

const fastOption = [
  '--fast',
  'by the optimiser SOAP in fewer steps, where a model says how many: no less accurate where it was tried, in a fraction of the time',
] as const;

function withInput(made: Command): Command {
  return made
    .option('--size <HxW>', 'resize to that many pixels; one number: the longer side')
    .option('--crop <HxW>', 'centre crop before resizing')
    .option(
      '--labels <path>',
      'annotation: a palette or grey PNG or .npy (for a video a folder of them), or COCO-panoptic, Cityscapes-VPS, VIPSeg',
    )
    .option(
      '--void <values>',
      'label values that are no object, such as 255,10000, or none (default: told from the labels)',
    )
    .option('--labels-orientation <way>', "labels lie on the picture as 'stored' or as 'shown', where it was turned")
    .option('--matrix <name>', 'colour matrix of a video: bt601, bt709 or bt2020 (default: its own, else by size)')
    .option('--deinterlace', 'make whole frames of an interlaced video');
}

function withTraining(made: Command): Command {
  return withEngine(
    withView(
      withInput(made)
        .option('--frames <a:b:step>', 'frames of a video to take')
        .option('--model <name>', 'the network (default: ffn for an image, nerv for a video)')
        .option('--set <key=value>', "a setting, such as width=24, see 'xinc plugins' (repeatable)", collect)
        .option('--steps <n>', "training steps (default: the model's)")
        .option('--until-psnr <dB>', 'end training when the whole signal has that PSNR')
        .option(...fastOption)
        .option('--seed <n>', 'seed of all randomness', '0')
        .option('--out <run>', 'folder of the run (default: xinc-runs/<input>-<model>)'),
    ),
  );
}

const groupings = new Option('--groupings <list>', 'such as rgb:32,grid:4x8 (default: all there are)');
const preset = new Option('--preset <name>', "settings of that name: 'published' repeats the published code's choices");

withTraining(
  command('explain <input>', 'train, trace, analyse and write a report', 'xinc explain photo.jpg --size 180x246'),
)
  .addOption(groupings)
  .addOption(preset)
  .action(
    run(async (context, input, options) =>
      (await import('./commands/explain.js')).explainCommand(input, options, context),
    ),
  );

withTraining(
  command('train <input>', 'fit a network to an image or a video', 'xinc train clip.mp4 --model nerv'),
).action(
  run(async (context, input, options) => (await import('./commands/train.js')).trainCommand(input, options, context)),
);

withEngine(
  withView(
    withInput(
      requiring(
        command(
          'import <file>',
          'make a run of weights trained elsewhere: PyTorch (.pt, .pth, .ckpt), safetensors, .npz; or of a network: .onnx',
          'xinc import best_model.ckpt --model ffn --signal photo.png --out RUN',
        ),
        [['--signal <input>', 'the image, video or folder of frames that it represents']],
      ),
    ),
  ),
)
  .option(
    '--model <name>',
    'the network that the weights are of; files of xinc export and .onnx files say it themselves',
  )
  .option('--inputs <file>', 'of an .onnx network: what it is fed, by name, as .npz (default: coordinates)')
  .option('--range <low:high>', 'of an .onnx network: what it calls black and white (default: 0:1)')
  .option(
    '--coordinates <rule>',
    "of a network of coordinates: where pixels lie, linspace, longest, …, and xy or yx (default: the model's)",
  )
  .option('--axes <order>', 'of a network of coordinates: their order, xy or yx')
  .option(
    '--at <frames>',
    "of an .onnx network or an hnerv: which of its frames the signal's are, as 10:20, 0,7,9 or 10:20/100",
  )
  .option('--output <name>', 'of an .onnx network: which of several outputs is the picture')
  .option('--frames <a:b:step>', 'frames of a video to take')
  .option('--set <key=value>', 'a setting that the shapes of the weights do not show (repeatable)', collect)
  .option('--key <path>', 'which of several networks in the file (default: the one that draws the signal best)')
  .option('--out <run>', 'folder of the run (default: xinc-runs/<checkpoint>-<model>)')
  .action(
    run(async (context, path, options) => (await import('./commands/import.js')).importCommand(path, options, context)),
  );

withEngine(
  requiring(
    command(
      'trace <run>',
      'write contribution maps of neurons, signed float32 [n, H, W]',
      'xinc trace RUN --layer layer2 --neurons 0,17,32:40 --out maps.npy',
    ),
    [
      ['--layer <id>', 'the layer: layer1, block2, head, …'],
      ['--out <file>', 'a .npy or .png file'],
    ],
  ),
)
  .option('--neurons <list>', '0,17,207 or 0:64 or 0:64:8; a kernel as 6→497 or 6->497 too (default: all)')
  .option('--frame <n>', 'the frame', '0')
  .option('--channels', 'per channel of the picture, [n, 3, H, W] (last layer)')
  .action(
    run(async (context, path, options) => (await import('./commands/trace.js')).traceCommand(path, options, context)),
  );

withEngine(
  requiring(
    command(
      'export <run>',
      'take the network to other programs (onnx, safetensors), or its weights, sums and maps (npz, png)',
      'xinc export RUN --format onnx --out network.onnx',
    ),
    [['--format <name>', 'onnx, safetensors, npz or png']],
  ),
)
  .option('--out <file>', 'the file (default: named after the run)')
  .option('--inputs <file>', 'onnx: also write what it is fed, by name, as .npz')
  .option('--layer <id>', 'npz, png: the layer whose maps to write')
  .option('--neurons <list>', 'npz, png: its neurons (default: the 16 that contribute most)')
  .option('--frame <n>', 'npz, png: the frame', '0')
  .action(
    run(async (context, path, options) => (await import('./commands/export.js')).exportCommand(path, options, context)),
  );

withEngine(
  command(
    'analyze <run...>',
    'analyse runs; names of analyses may follow them',
    'xinc analyze RUN canvas grouping-variance --groupings rgb:32,grid:4x8',
  ),
)
  .addOption(groupings)
  .option('--frames <a:b:step>', 'frames to analyse (default: 4, spread over a video)')
  .addOption(preset)
  .option(
    '--set <key=value>',
    'a setting of every analysis that has it, or of one: objects.neurons=8 (repeatable)',
    collect,
  )
  .action(
    run(async (context, targets, options) =>
      (await import('./commands/analyze.js')).analyzeCommand(targets, options, context),
    ),
  );

command('layers <run>', "list the layers that were read off a run's network, and how", 'xinc layers RUN').action(
  run(async (context, path) => (await import('./commands/layers.js')).layersCommand(path, context)),
);

withEngine(command('report <run>', 'write report.html from what the run holds', 'xinc report RUN')).action(
  run(async (context, path, options) => (await import('./commands/report.js')).reportCommand(path, options, context)),
);

withViewer(
  withEngine(command('view <run...>', 'show runs in the browser, until Ctrl-C', 'xinc view xinc-runs/photo-ffn')),
).action(
  run(async (context, paths, options) => (await import('./commands/view.js')).viewCommand(paths, options, context)),
);

requiring(
  command(
    'publish <run...>',
    'write runs, or all of a study, as a web page of files that any host serves',
    'xinc publish xinc-runs/photo-ffn --out site --title "A photo, neuron by neuron"',
  ),
  [['--out <site>', 'folder of the site; one that is a site already is replaced']],
)
  .option('--title <text>', "the site's title (default: the run's name)")
  .option('--text <text>', 'what its first page says: plain text, or a file of it')
  .option('--link <title=url>', 'a link on its first page (repeatable)', collect)
  .option('--base-url <url>', 'where the site will be: for the preview that services show of links, and nothing else')
  .option('--with-arrays', 'publish the arrays of analyses too, which the page does not read')
  .option('--zip', 'write SITE.zip as well')
  .option('--single-file', 'write one HTML file instead, named by --out, that is opened from disk without a server')
  .action(
    run(async (context, paths, options) =>
      (await import('./commands/publish.js')).publishCommand(paths, options, context),
    ),
  );

const study = program
  .command('study')
  .description('make and follow many runs: signals × networks × seeds')
  .addHelpText(
    'after',
    '\nExample:\n  xinc study new STUDY --signals clips/*/frames --models ffn,nerv --seeds 0:5 --size 128x256',
  );

const signalsOption = ['--signals <paths...>', 'images, videos or folders of frames'] as const;
const modelsOption = ['--models <list>', 'the networks, such as ffn,nerv'] as const;
const seedsOption = ['--seeds <list>', 'seeds of all randomness, such as 0:5 (0 to 4) or 0,3'] as const;

function withStudyInput(made: Command): Command {
  return made
    .option('--labels <paths...>', 'their annotations, as for one run; by name, by folder or in their order')
    .option(
      '--set <key=value>',
      'a setting of every network that has it, or of one: ffn.width=24 (repeatable)',
      collect,
    )
    .option(...fastOption);
}

withStudyInput(
  requiring(
    command(
      'new <study>',
      'write study.yaml, which says what runs there are to be',
      'xinc study new STUDY --signals clips/*/frames --labels clips/*/labels --models ffn,nerv --seeds 0:5 --size 128x256',
      study,
    ),
    [signalsOption, modelsOption, seedsOption],
  ),
)
  .option('--frames <a:b:step>', 'frames of a video that a network of videos takes')
  .option('--image-frame <n>', 'the frame of a video that a network of images takes (default: 0)')
  .option('--size <HxW>', 'resize to that many pixels; one number: the longer side')
  .option('--crop <HxW>', 'centre crop before resizing')
  .option('--void <values>', 'label values that are no object, such as 255,10000, or none')
  .option('--labels-orientation <way>', "labels lie on the picture as 'stored' or as 'shown', where it was turned")
  .option('--matrix <name>', 'colour matrix of a video: bt601, bt709 or bt2020')
  .option('--deinterlace', 'make whole frames of an interlaced video')
  .option('--steps <n>', "training steps (default: each model's)")
  .option('--until-psnr <dB>', 'end trainings when their signal has that PSNR')
  .option('--analyses <list>', 'such as canvas,grouping-variance (default: all there are)')
  .addOption(groupings)
  .addOption(preset)
  .action(
    run(async (context, path, options) =>
      (await import('./commands/study/make.js')).studyNewCommand(path, options, context),
    ),
  );

withStudyInput(
  command(
    'add <study>',
    'add signals, networks or seeds; the runs that are there stay',
    'xinc study add STUDY --seeds 5:8',
    study,
  )
    .option(...signalsOption)
    .option(...modelsOption)
    .option(...seedsOption),
).action(
  run(async (context, path, options) =>
    (await import('./commands/study/make.js')).studyAddCommand(path, options, context),
  ),
);

withEngine(
  command(
    'run <study>',
    'make the runs that are missing, each as xinc explain does',
    'xinc study run STUDY --jobs 2',
    study,
  ),
)
  .option('--jobs <n>', 'runs at a time (default: one for two processors, if there is memory for them)')
  .option('--retry', 'only what failed')
  .option('--task <k>', 'only one, by name or by its place from 1; waits while another process does it')
  .action(
    run(async (context, path, options) =>
      (await import('./commands/study/run.js')).studyRunCommand(path, options, context),
    ),
  );

const submit = withEngine(
  command(
    'submit <study> [sbatch...]',
    'have a cluster make the runs that are missing, and the report after them, or workers; options of sbatch follow --',
    'xinc study submit STUDY --slurm --jobs 20 --threads 2 -- --partition=long --time=4:00:00 --mem=4G',
    study,
  ),
  'processors of each run (default: 1, unless sbatch is given --cpus-per-task)',
);
submit
  .option('--slurm', 'to Slurm, as job arrays')
  .option('--queue [url]', 'to the workers of a queue on Postgres (default: XINC_QUEUE)')
  .option('--jobs <n>', 'runs at a time (default: as many as Slurm lets run)')
  .option('--array-size <n>', "the cluster's MaxArraySize (default: what scontrol says, else 1001)")
  .option('--dry-run', 'print the scripts and what would be submitted, and do nothing')
  .action(
    run(async (context, path, sbatch, options) =>
      (await import('./commands/study/submit.js')).studySubmitCommand(
        path,
        sbatch,
        { ...options, engineGiven: submit.getOptionValueSource('engine') !== 'default' },
        context,
      ),
    ),
  );

withEngine(
  command(
    'worker <study>',
    'make runs that a queue on Postgres gives out, on any number of machines',
    'xinc study worker STUDY --queue postgres://xinc@db/xinc',
    study,
  ),
)
  .option('--queue <url>', 'the database, as postgres://USER@HOST:PORT/DATABASE (default: XINC_QUEUE)')
  .option('--jobs <n>', 'runs at a time (default: one for two processors, if there is memory for them)')
  .option('--retry', 'first queue again what failed')
  .option('--wait', 'when all is done, wait for what is queued later, until Ctrl-C')
  .action(
    run(async (context, path, options) =>
      (await import('./commands/study/worker.js')).studyWorkerCommand(path, options, context),
    ),
  );

command('report <study>', 'write report.html over all runs that are done', 'xinc study report STUDY', study).action(
  run(async (context, path) => (await import('./commands/study/report.js')).studyReportCommand(path, context)),
);

command(
  'merge <study> <parts...>',
  'copy runs of it that were made elsewhere',
  'xinc study merge STUDY /mnt/other/STUDY',
  study,
).action(
  run(async (context, path, parts) =>
    (await import('./commands/study/merge.js')).studyMergeCommand(path, parts, context),
  ),
);

command('status <study>', 'say what is done, running, failed and waiting', 'xinc study status STUDY', study).action(
  run(async (context, path) => (await import('./commands/study/status.js')).studyStatusCommand(path, context)),
);

requiring(
  command(
    'split <plate>',
    'cut a picture of many views, such as a chronophotograph, into a folder of frames',
    'xinc split muybridge.jpg --views 4x6 --out frames',
  ),
  [
    ['--views <RxC>', 'rows and columns of views'],
    ['--out <folder>', 'where to put the frames'],
  ],
).action(
  run(async (context, path, options) => (await import('./commands/split.js')).splitCommand(path, options, context)),
);

command('plugins', 'list models, groupings, analyses and engines, with their settings', 'xinc plugins')
  .option('--trust [folder]', 'execute the plugins that this project, or that of the folder, names, from now on')
  .option('--untrust [folder]', 'execute them no longer')
  .action(run(async (context, options) => (await import('./commands/plugins.js')).pluginsCommand(options, context)));

command('doctor', 'check what this machine can do', 'xinc doctor --device cuda')
  .option('--device <name>', 'try that device too: cuda, webgpu, … (what the engines know)')
  .action(run(async (context, options) => (await import('./commands/doctor.js')).doctorCommand(options, context)));

/** An action with a display, cancellation by Ctrl-C, and its result printed. */
// biome-ignore lint/suspicious/noExplicitAny: commander hands over arguments and options without types
function run(action: (context: CommandContext, ...args: any[]) => Promise<void>) {
  return async (...args: unknown[]) => {
    const command = args.at(-1) as Command;
    const options = command.opts<CommonOptions>();
    const { createDisplay, createSilentDisplay, shownOn } = await import('./terminal/progress.js');
    const display = options.quiet || options.json ? createSilentDisplay() : createDisplay(options);
    const { listenForSignals } = await import('./terminal/interruption.js');
    const interruption = listenForSignals(display);
    const outputGone = (error: NodeJS.ErrnoException) => {
      // The reader of the output is gone: the command ends, as after Ctrl-C. On a full disk the output is lost, and the work goes on.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') return;
      process.exitCode = 1;
      interruption.cancel();
    };
    process.stderr.on('error', outputGone);
    process.stdout.on('error', outputGone);
    const { printableJson } = await import('@xinc/core/formats');
    const context: CommandContext = {
      options,
      display,
      abort: interruption.abort,
      // Unlike console.log, which says nothing of a full disk.
      result: (value, text) =>
        void process.stdout.write(`${options.json ? printableJson(value) : shownOn(process.stdout, text)}\n`),
    };
    // Nothing is left to do, and the action waits: for a promise of a plugin that nothing settles any more.
    const drained = async () => {
      const [{ XincError }, { abandonCalls }] = await Promise.all([import('@xinc/core'), import('@xinc/core/node')]);
      if (abandonCalls('it gave a promise that never settles, and nothing is left to wait for') > 0) return;
      const { reportFailure } = await import('./terminal/failure.js');
      reportFailure(new XincError('plugin', 'A plugin waits for something that never comes'), failure);
      process.exit(1);
    };
    const failure = { json: options.json ?? false, debug: options.debug ?? false };
    process.on('beforeExit', drained);
    // It comes from a timer or from a promise that is not awaited: the state of what was under way is not known.
    process.on('uncaughtException', (error) => void endAfter(error, failure));
    try {
      const { refuseEmpty } = await import('./terminal/empty.js');
      refuseEmpty(command);
      await (await import('./workflow/return-memory.js')).returnMemory();
      await action(context, ...args);
    } catch (error) {
      display.close();
      const { reportFailure } = await import('./terminal/failure.js');
      const status = reportFailure(error, failure);
      process.exitCode = interruption.status() ?? status;
    } finally {
      process.off('beforeExit', drained);
      interruption.leave();
    }
  };
}

for (const made of program.commands) {
  if (made.commands.length === 0) withCommonOptions(made);
  else made.commands.forEach(withCommonOptions);
}

/** Ends the command after an error that was not caught, and says whether it is a plugin's or our own. */
async function endAfter(error: unknown, options: FailureOptions): Promise<never> {
  const { strayFault } = await import('@xinc/core/node');
  const { removeUnfinished } = await import('@xinc/core/node');
  const { reportFailure } = await import('./terminal/failure.js');
  reportFailure(strayFault(error) ?? error, options);
  removeUnfinished();
  process.exit(1);
}

/** Ends a process that cannot even load what says why something failed, in whichever thread or module it was met. */
function endForWantOfFiles(error: unknown): void {
  const reason = tooFewOpenFiles(error);
  if (reason === undefined) return;
  console.error(`xinc: ${reason}`);
  process.exit(1);
}

try {
  process.on('uncaughtExceptionMonitor', endForWantOfFiles);
  await program.parseAsync();
} catch (error) {
  endForWantOfFiles(error);
  if (!(error instanceof CommanderError)) throw error;
  // Help and version come this way too, with exit code 0; wrong use is 2.
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  // Commander has said it on standard error; options after the mistake were not parsed.
  if (error.exitCode !== 0 && process.argv.includes('--json')) {
    console.log(JSON.stringify({ error: { code: 'usage', message: error.message.replace(/^error: /, '') } }));
  }
}
