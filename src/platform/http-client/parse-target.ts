import { appError } from '#platform/errors/index.ts';

/** Reads a URL that a user gave. */
export function parseTarget(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw appError('url-invalid', 400, 'This is not an http or https URL.', {
      remedy: 'Give a whole URL, such as https://example.org/page.',
    });
  }
  if (url.username || url.password) {
    throw appError('url-invalid', 400, 'A URL with a user name or password is not fetched.', {
      remedy: 'Remove the part before the @.',
    });
  }
  return url;
}
