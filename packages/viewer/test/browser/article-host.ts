import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Articles of another site than the viewer's and published ones, which are at 127.0.0.1. */
export interface ArticleHost {
  /** Begins the addresses of all articles. */
  readonly site: string;
  /** Address of an article that shows a page in a frame. */
  about(source: string, width?: string, height?: string): string;
  close(): Promise<void>;
}

export async function hostArticles(): Promise<ArticleHost> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, 'http://host');
    const [source, width, height] = ['source', 'width', 'height'].map((name) =>
      (searchParams.get(name) ?? '').replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
    );
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><html lang="en"><title>An article</title><p>The neurons of a boat</p>
<iframe title="A canvas" width="${width}" height="${height}" src="${source}"></iframe>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site = `http://localhost:${(server.address() as AddressInfo).port}/`;
  return {
    site,
    about: (source, width = '300', height = '420') => `${site}?${new URLSearchParams({ source, width, height })}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
