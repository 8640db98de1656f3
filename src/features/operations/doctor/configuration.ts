import { type Finding, findingsOf, ok } from './finding.ts';
import type { Situation } from './situation.ts';

/** The settings themselves, each wrong one in a sentence. */
export async function lookAtConfiguration({ configProblems }: Situation): Promise<Finding[]> {
  const { problem } = findingsOf('configuration');
  if (configProblems.length === 0) return [ok('configuration', 'Every setting can be read.')];
  return configProblems.map((sentence) =>
    problem(
      'config-invalid',
      sentence,
      'See docs/configuration.md; the processes exit with 78 until it is right.',
      {
        target: /^[A-Z_]+/.exec(sentence)?.[0] ?? '',
      },
    ),
  );
}

export interface PublicUrlFacts {
  url: string | undefined;
  /** Whether others than the person at this machine are to reach it. */
  shared: boolean;
}

const LOOPBACK = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/;
const EXAMPLE = /(^|\.)example\.(com|org|net)$/;

/** The address that people use: links and sign-in are made of it. */
export function checkPublicUrl({ url, shared }: PublicUrlFacts): Finding[] {
  const { problem, warning } = findingsOf('public-url');
  if (url === undefined) {
    if (!shared) return [ok('public-url', 'Only this machine uses it.')];
    return [
      warning(
        'public-url-missing',
        'PUBLIC_URL is not set, so requests under any name but the loopback ones are refused.',
        'Set it to the address that people use, such as https://radar.your-company.net.',
      ),
    ];
  }
  // What is no address at all is told by the configuration.
  if (!URL.canParse(url)) return [];
  const { hostname, protocol, pathname, search, hash, origin } = new URL(url);
  const found: Finding[] = [];
  if (EXAMPLE.test(hostname)) {
    found.push(
      problem(
        'public-url-example',
        `PUBLIC_URL still names ${hostname}.`,
        'Set it to the address that people use.',
      ),
    );
  } else if (shared && LOOPBACK.test(hostname)) {
    found.push(
      warning(
        'public-url-loopback',
        `PUBLIC_URL names ${hostname}, which is a different machine for everybody else.`,
        'Set it to a name that the people who use it can reach.',
      ),
    );
  } else if (protocol === 'http:' && !LOOPBACK.test(hostname)) {
    found.push(
      warning(
        'public-url-insecure',
        'PUBLIC_URL begins with http://, so passwords and sessions can be read on the way.',
        'Serve it by TLS and set PUBLIC_URL to https://.',
      ),
    );
  }
  if (pathname !== '/' || search !== '' || hash !== '') {
    found.push(
      problem(
        'public-url-path',
        'PUBLIC_URL holds more than a scheme and a host; the product is served at the root of its host.',
        `Set it to ${origin}.`,
      ),
    );
  }
  return found.length > 0 ? found : [ok('public-url', `PUBLIC_URL is ${origin}.`)];
}

export async function lookAtPublicUrl({ folder, config }: Situation): Promise<Finding[]> {
  const shared = folder !== null || config.databaseUrl !== undefined;
  return checkPublicUrl({ url: config.publicUrl, shared });
}
