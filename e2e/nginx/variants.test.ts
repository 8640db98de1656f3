import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NginxOptions, renderNginx, renderUpstreams } from '../../src/features/operations/index.ts';
import { hasNginx, makeCertificate, PROGRAM } from './edge.ts';

const run = promisify(execFile);

const variants: Record<string, NginxOptions> = {
  'the web container': { tls: false, files: 'local' },
  'the edge': { tls: true, files: 'proxy', serverNames: ['radar.example.com'] },
  'an edge for several names': { tls: true, files: 'proxy', serverNames: ['a.example', '*.b.example'] },
  'an edge that has the files itself': { tls: { publicPort: 8443 }, files: 'local' },
  'an edge behind another proxy': {
    tls: false,
    files: 'proxy',
    serverNames: ['radar.example.com'],
    trustedProxies: ['10.0.0.0/8', '192.168.1.7', 'fd00::/8'],
  },
  'without limits': { tls: true, files: 'proxy', limits: false },
  'a very long name': {
    tls: true,
    files: 'proxy',
    serverNames: [`${'a'.repeat(60)}.${'b'.repeat(60)}.example`],
  },
  'with a stapled answer of the authority': { tls: { staplingResolver: '127.0.0.53' }, files: 'local' },
};

describe.skipIf(!hasNginx())('nginx -t', () => {
  let folder: string;
  // Not the stdout of a test, which is a socket that nothing can open.
  let accessLog: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nginx-'));
    accessLog = join(folder, 'access.log');
    await makeCertificate(folder);
    await writeFile(
      join(folder, 'upstreams.conf'),
      renderUpstreams({ api: ['127.0.0.1:3000', '127.0.0.2:3000'], web: ['127.0.0.1:8080'] }),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function check(text: string): Promise<string[]> {
    const file = join(folder, 'nginx.conf');
    await writeFile(file, text);
    const { stderr } = await run(PROGRAM, ['-t', '-c', file]);
    return stderr.split('\n').filter((line) => line !== '');
  }

  test.each(Object.entries(variants))('takes %s', async (_, options) => {
    const said = await check(renderNginx({ tempFolder: folder, accessLog, ...options }));
    // Newer versions would rather have HTTP/2 written in a way that older ones don't know; our authority of one
    // certificate can't vouch for itself.
    const warnings = said.filter(
      (line) => line.includes('[warn]') && !/"listen \.\.\. http2"|"ssl_stapling" ignored/.test(line),
    );
    expect(warnings).toEqual([]);
    expect(said.at(-1)).toMatch(/test is successful$/);
  });

  test('takes what ships for the web container', async () => {
    const shipped = new URL('../../deploy/nginx/', import.meta.url);
    const web = await readFile(new URL('web.conf', shipped), 'utf8');
    // Where no container is, neither is the name of another one.
    const upstreams = await readFile(new URL('upstreams.conf', shipped), 'utf8');
    await writeFile(join(folder, 'upstreams.conf'), upstreams.replace('api:3000', '127.0.0.1:3000'));
    const here = web.replaceAll('/tmp/', `${folder}/`).replace('/dev/stdout', accessLog);
    expect((await check(here)).at(-1)).toMatch(/test is successful$/);
  });
});
