import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unavailable } from './cache.mjs';

/** The repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const { packageManager, engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Runs the pnpm that package.json names, through npm where this machine has none, and ends this process if it fails. */
export function pnpm(...args) {
  run(...pnpmCommand(args));
}

/** The same with an environment, giving its status. */
export function pnpmStatus(env, ...args) {
  const [command, ...all] = pnpmCommand(args);
  const { status, error } = spawnSync(command, all, { cwd: root, stdio: 'inherit', env });
  if (error) fail(error.message);
  return status ?? 1;
}

/**
 * Installs packages of the npm registry, none of whose scripts run, into `folder`/node_modules.
 * @throws Unavailable where that fails.
 */
export function addPackages(folder, ...packages) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const options = ['--ignore-workspace', '--ignore-scripts', '--config.node-linker=hoisted', '--loglevel=error'];
  const [command, ...args] = pnpmCommand(['--dir', folder, 'add', ...options, ...packages]);
  const { status } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Unavailable(`fetching ${packages.join(' and ')} from the npm registry failed`);
}

function pnpmCommand(args) {
  // npm and pnpm alike say where they are, so that no shell is needed on any system.
  const manager = process.env.npm_execpath;
  if (!manager) fail('Start this with npm: npm run demo, npm test.');
  const through = /pnpm/.test(basename(manager)) ? [] : ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm'];
  // npm is a JavaScript file; pnpm is one, or a program of its own.
  const command = /\.[cm]?js$/.test(manager) ? [process.execPath, manager] : [manager];
  return [...command, ...through, ...args];
}

/** Runs npm, where this was started with it, and gives its status and what it printed. */
export function npm({ cwd, env }, ...args) {
  const manager = process.env.npm_execpath;
  if (!manager || /pnpm/.test(basename(manager))) fail('Start this with npm: npm run test:packages.');
  return spawnSync(process.execPath, [manager, ...args], { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });
}

/** Runs a JavaScript file and ends this process if it fails. */
export function node(...args) {
  run(process.execPath, ...args);
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) fail(error.message);
  if (status !== 0) process.exit(status ?? 1);
}

/** Installs what the lockfile names and builds every package. */
export function setUp() {
  const needed = engines.node.replace('>=', '').split('.').map(Number);
  const present = process.versions.node.split('.').map(Number);
  if (present[0] < needed[0] || (present[0] === needed[0] && present[1] < needed[1])) {
    fail(`Node ${needed.join('.')} or newer is needed; this is ${process.version}.`);
  }
  pnpm('install', '--frozen-lockfile', '--reporter=append-only');
  pnpm('run', 'build');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
