import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../faults/installation.ts';
import { ask } from './ask.ts';
import { type Edge, hasNginx, makeCertificate, SERVER_NAME, startEdge } from './edge.ts';
import { echo, type FakeUpstream, startFake } from './fake-upstream.ts';

const run = promisify(execFile);
const TESTSSL = '/usr/bin/testssl';
const LIMIT_MS = 30_000;
/** Some seconds on a quiet machine: it starts some thousand processes. */
const TESTSSL_LIMIT_MS = 400_000;

describe.skipIf(!hasNginx())('TLS', () => {
  let api: FakeUpstream;
  let edge: Edge;
  beforeAll(async () => {
    api = await startFake(echo('api'));
    edge = await startEdge({
      nginx: { tls: { publicPort: 8443 }, files: 'proxy', serverNames: [SERVER_NAME] },
      upstreams: { api: [api.address], web: [api.address] },
    });
  });
  afterAll(async () => {
    await edge?.close();
    await api?.close();
  });

  /** Shakes hands and says what was agreed on. */
  function handshake(
    options: ConnectionOptions,
  ): Promise<{ protocol: string | null; cipher: string; certificate: string }> {
    return new Promise((resolve, reject) => {
      const socket: TLSSocket = connect(
        {
          host: '127.0.0.1',
          port: edge.tlsPort,
          servername: SERVER_NAME,
          rejectUnauthorized: false,
          ...options,
        },
        () => {
          resolve({
            protocol: socket.getProtocol(),
            cipher: socket.getCipher().name,
            certificate: socket.getPeerCertificate().serialNumber,
          });
          socket.end();
        },
      );
      socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('no handshake in time')));
      socket.on('error', reject);
    });
  }

  const certificateInUse = async (): Promise<string> =>
    (await handshake({ maxVersion: 'TLSv1.2' })).certificate;

  test('1.2 and 1.3 are spoken, 1.1 and 1.0 are refused', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const agreed = await handshake({ minVersion: version, maxVersion: version });
      expect(agreed.protocol).toBe(version);
    }
    for (const version of ['TLSv1.1', 'TLSv1'] as const) {
      // Our own side must be willing, or it would be the one that refuses.
      const old = handshake({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
      await expect(old).rejects.toMatchObject({ code: expect.stringMatching(/PROTOCOL_VERSION/) });
    }
  });

  test('a cipher without forward secrecy or authentication of its data is refused', async () => {
    for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-SHA']) {
      const weak = handshake({ maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` });
      await expect(weak).rejects.toMatchObject({ code: expect.stringMatching(/HANDSHAKE_FAILURE/) });
    }
    const good = await handshake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
    expect(good.cipher).toBe('ECDHE-ECDSA-AES128-GCM-SHA256');
  });

  test('no session ticket is given, whose key would live as long as nginx', async () => {
    const { stdout } = await run(
      'bash',
      [
        '-c',
        `openssl s_client -connect 127.0.0.1:${edge.tlsPort} -servername ${SERVER_NAME} -tls1_2 </dev/null 2>/dev/null`,
      ],
      { timeout: LIMIT_MS },
    );
    expect(stdout).toContain('Protocol  : TLSv1.2');
    expect(stdout).not.toContain('TLS session ticket:');
  });

  test('HTTP/2 is offered, and the API hears the name that was asked for', async () => {
    const session = connectHttp2(`https://127.0.0.1:${edge.tlsPort}`, {
      servername: SERVER_NAME,
      rejectUnauthorized: false,
    });
    const stream = session.request({ ':path': '/api/v1/session', ':authority': `${SERVER_NAME}:8443` });
    const heard = await new Promise<{ status: unknown; text: string }>((resolve, reject) => {
      let status: unknown;
      let text = '';
      stream.setEncoding('utf8');
      stream.on('response', (headers) => {
        status = headers[':status'];
      });
      stream.on('data', (piece: string) => {
        text += piece;
      });
      stream.on('end', () => resolve({ status, text }));
      stream.on('error', reject);
      session.on('error', reject);
    });
    session.close();
    expect(session.alpnProtocol).toBe('h2');
    expect(heard.status).toBe(200);
    const { headers } = JSON.parse(heard.text);
    // With the port, because the API compares it with the Origin of the page.
    expect(headers.host).toBe(`${SERVER_NAME}:8443`);
    expect(headers['x-forwarded-proto']).toBe('https');
  });

  test('plain HTTP leads to the port of HTTPS that callers know, with the method kept', async () => {
    for (const method of ['GET', 'POST']) {
      const moved = await ask(`${edge.url}/api/v1/x?y=1`, {
        method,
        headers: { host: `${SERVER_NAME}:8080` },
      });
      expect(moved.status).toBe(308);
      expect(moved.headers.location).toBe(`https://${SERVER_NAME}:8443/api/v1/x?y=1`);
    }
  });

  test('challenges of a certificate authority are answered on plain HTTP', async () => {
    const own = await startEdge({
      nginx: { tls: { acmeRoot: edge.folder }, files: 'local', serverNames: [SERVER_NAME] },
      upstreams: { api: [api.address] },
    });
    const folder = join(edge.folder, '.well-known/acme-challenge');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'a-Token_1'), 'a-Token_1.thumbprint');
    const headers = { host: SERVER_NAME };
    const answer = await ask(`${own.url}/.well-known/acme-challenge/a-Token_1`, { headers });
    expect([answer.status, answer.text]).toEqual([200, 'a-Token_1.thumbprint']);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    const other = await ask(`${own.url}/.well-known/acme-challenge/other`, { headers });
    expect(other.status).toBe(404);
    await own.close();
  });

  test('a certificate that was renewed is in use after a reload', async () => {
    const before = await certificateInUse();
    await makeCertificate(edge.folder);
    await edge.reload();
    await until('it is in use', async () => (await certificateInUse()) !== before);
  });

  test('a name that is not ours gets no handshake, and on a connection for ours a 421', async () => {
    for (const servername of ['evil.example', '']) {
      await expect(handshake({ servername })).rejects.toMatchObject({ code: expect.stringContaining('SSL') });
    }
    const url = `https://127.0.0.1:${edge.tlsPort}/`;
    const refused = await ask(url, { headers: { host: 'evil.example' } });
    expect(refused.status).toBe(421);
    expect((await ask(url, { headers: { host: SERVER_NAME } })).status).toBe(200);
  });

  test.skipIf(!existsSync(TESTSSL))(
    'testssl.sh finds nothing of high or critical severity',
    async () => {
      const file = join(edge.folder, 'testssl.json');
      // What is configured here, not what the certificate of a test is: it vouches for itself and can't be revoked.
      const checks = ['--protocols', '--std', '--server-preference', '--headers', '--vulnerable'];
      await run(
        TESTSSL,
        [
          ...[
            '--quiet',
            '--color',
            '0',
            '--warnings',
            'batch',
            '--jsonfile',
            file,
            '--ip',
            '127.0.0.1',
            ...checks,
          ],
          `${SERVER_NAME}:${edge.tlsPort}`,
        ],
        { timeout: TESTSSL_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 },
      ).catch((error: { killed?: boolean }) => {
        // Its exit status is the number of findings of any kind.
        if (error.killed) throw error;
      });
      const findings = JSON.parse(await readFile(file, 'utf8')) as {
        id: string;
        severity: string;
        finding: string;
      }[];
      expect(findings.length).toBeGreaterThan(40);
      expect(findings.filter(({ id }) => id === 'TLS1_3')).toMatchObject([{ severity: 'OK' }]);
      expect(findings.filter(({ severity }) => /^(HIGH|CRITICAL|FATAL)$/.test(severity))).toEqual([]);
    },
    TESTSSL_LIMIT_MS + LIMIT_MS,
  );
});
