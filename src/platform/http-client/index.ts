import type { HttpClient, HttpClientOptions } from './http-client.ts';

export { isPublicAddress } from './addresses.ts';
export type { Resolve } from './connector.ts';
export type { FetchedResponse, FetchOptions, HttpClient } from './http-client.ts';
export { parseTarget } from './parse-target.ts';

/**
 * Outgoing HTTP to places that users name: public addresses only, bounded in time, size, redirects and retries.
 * What speaks HTTP is loaded with the first request.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  let opened: Promise<HttpClient> | undefined;
  const open = async (): Promise<HttpClient> => {
    const { openHttpClient } = await import('./http-client.ts');
    return openHttpClient(options);
  };
  return {
    async fetch(url, fetchOptions) {
      opened ??= open();
      return (await opened).fetch(url, fetchOptions);
    },
    async close() {
      await (await opened)?.close();
    },
  };
}
