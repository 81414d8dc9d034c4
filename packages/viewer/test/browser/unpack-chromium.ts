/** Once before all files, which would otherwise unpack the browser that npm carries at the same time, into the same place. */
export default async function unpackChromium(): Promise<void> {
  if (process.env.XINC_CHROMIUM) return;
  const { default: carried } = await import('@sparticuz/chromium');
  // Where this fails, the tests that start it say so.
  await carried.executablePath().catch(() => {});
}
