/* Before a package is packed: npm would leave dependencies on `workspace:` in it, which nobody can install. */
if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  console.error(
    'Packages of XINC are packed and published by pnpm (pnpm pack, pnpm publish; npm run pack:all makes all tarballs).',
  );
  process.exitCode = 1;
}
