import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePdf } from '../../src/features/knowledge/parsing/fixtures/make-pdf.ts';
import { buildImage, buildImages, docker, images, ROOT, run, until, whyNoDocker } from './engine.ts';
import { bytesOf, describeLayer, type LayerFile, readLayers } from './image-layers.ts';

const reason = whyNoDocker();
if (reason !== undefined) process.stderr.write(`Images are not tested: ${reason}.\n`);

const LONG_MS = 600_000;
const LANCEDB = /^opt\/commandcenter\/node_modules\/@lancedb\//;
/** Everything that the image may hold. What a change adds beside it is either meant, and named here, or not. */
const EXPECTED = [
  /^(bin|lib|lib64|sbin)$/,
  /^(usr|etc|var|opt|tmp|proc|sys|dev|run|home|root)(\/[^/]*)?\/?$/,
  /^usr\/bin\/(git|git-upload-pack|ssh|sh)$/,
  /^usr\/lib\/git-core\/(git-remote-https?)?$/,
  /^usr\/(lib|lib64)\/([a-z0-9_]+-linux-gnu\/)?([\w+.-]+\.so[\w.]*)?$/,
  /^usr\/local\/(bin\/(node|commandcenter|healthcheck)?)?$/,
  /^usr\/share\/(git-core\/templates|doc\/[^/]+(\/copyright)?|git-core|doc)?\/?$/,
  /^etc\/(passwd|group|nsswitch\.conf|os-release|debian_version|ssh|ssl|ssl\/certs(\/ca-certificates\.crt)?)\/?$/,
  /^var\/lib\/(dpkg(\/status\.d(\/[a-z0-9.+-]+)?)?|commandcenter(\/rag_storage)?)?\/?$/,
  /^opt\/commandcenter\/?$/,
  /^opt\/commandcenter\/(package\.json|LICENSE|THIRD_PARTY\.md)$/,
  /^opt\/commandcenter\/(dist\/?|dist\/server\/([\w.-]+\.js|package\.json)?|dist\/web\/.*|dist\/compiled\/.*)$/,
  /^opt\/commandcenter\/(migrations\/([0-9]{4}_\w+\.sql)?|deploy\/.*|src\/(features\/(repositories\/(sample\/.*)?)?)?)$/,
  /^opt\/commandcenter\/node_modules\/.*$/,
];
/** Nowhere, whatever folder it is in. */
const REFUSED =
  /\.(ts|tsx|map|pem|key|test\.\w+)$|(^|\/)(\.env|\.git|\.npmrc|\.ssh|secrets|test|tests|fixtures|node-linux-\w+|apt|dpkg-deb|npm|bash|busybox|perl|python3?|curl|wget)$/;
const NATIVE = new Set([
  '@electric-sql',
  '@fastify',
  '@lancedb',
  '@opentelemetry',
  '@pinojs',
  '@swc',
  '@vscode',
]);

// Skipped where there is no Docker engine; CI has one.
describe.skipIf(reason !== undefined)('the image of the server', () => {
  let layers: LayerFile[][];
  beforeAll(async () => {
    await buildImages();
    layers = await readLayers(images.server);
    for (const [index, layer] of layers.entries()) {
      console.log(
        [`layer ${index}: ${(bytesOf(layer) / 1e6).toFixed(1)} MB`, ...describeLayer(layer)].join('\n  '),
      );
    }
  }, LONG_MS);

  test('holds what it needs and no other file', () => {
    const paths = layers.flat().map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(500);
    expect(paths.filter((path) => !EXPECTED.some((expected) => expected.test(path)))).toEqual([]);
    expect(paths.filter((path) => REFUSED.test(path))).toEqual([]);
    const scopes = paths.flatMap((path) => /node_modules\/(@[^/]+)\//.exec(path)?.[1] ?? []);
    expect([...new Set(scopes)].filter((scope) => !NATIVE.has(scope))).toEqual([]);
  });

  test('holds no file twice, none that everybody may write, and none that runs as its owner', () => {
    const files = layers.flat().filter(({ mode }) => mode.startsWith('-'));
    expect(files.length).toBe(new Set(files.map(({ path }) => path)).size);
    expect(files.filter(({ mode }) => mode[8] === 'w' || /[sS]/.test(mode))).toEqual([]);
  });

  test('takes 200 MB at most beside LanceDB, which is one file of 168 MB', () => {
    const [lancedb, rest] = [true, false].map((wanted) =>
      bytesOf(layers.flat().filter(({ path }) => LANCEDB.test(path) === wanted)),
    );
    console.log(
      `LanceDB ${((lancedb ?? 0) / 1e6).toFixed(1)} MB, the rest ${((rest ?? 0) / 1e6).toFixed(1)} MB`,
    );
    expect(rest).toBeLessThan(200e6);
    expect(lancedb).toBeLessThan(180e6);
  });

  test('is less than 200 MB to pull, compressed as little as can be', async () => {
    const { stdout } = await run('sh', ['-c', `docker save ${images.server} | gzip -1 | wc -c`]);
    console.log(`compressed ${(Number(stdout) / 1e6).toFixed(1)} MB`);
    expect(Number(stdout)).toBeGreaterThan(50e6);
    expect(Number(stdout)).toBeLessThan(200e6);
  });

  test('names the Debian packages that its files come from, for scanners', async () => {
    const status = layers.flat().filter(({ path }) => /status\.d\/./.test(path));
    const names = status.map(({ path }) => path.split('/').at(-1));
    expect(names).toEqual(expect.arrayContaining(['git', 'libc6', 'openssh-client', 'libstdc++6']));
    const id = await docker('create', images.server);
    const { stdout } = await run('sh', ['-c', `docker cp ${id}:/var/lib/dpkg/status.d/git - | tar -xO`]);
    await docker('rm', id);
    expect(stdout).toMatch(/^Package: git\n(.*\n)*Version: /);
  });

  test('says what it is, runs as a user without a name anywhere else, and has no shell', async () => {
    const tag = 'commandcenter-labels:test';
    const given = { VERSION: '1.2.3', REVISION: 'abc', CREATED: '2026-11-26T00:00:00Z' };
    const args = Object.entries(given).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    await buildImage('server', { tag, args });
    const [{ Config }] = JSON.parse(await docker('image', 'inspect', tag));
    await docker('rmi', tag);
    expect(Config).toMatchObject({
      User: '10001:10001',
      Entrypoint: ['commandcenter'],
      StopSignal: 'SIGTERM',
    });
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': 'abc',
      'org.opencontainers.image.created': '2026-11-26T00:00:00Z',
    });
    expect(Config.Volumes ?? {}).toEqual({});
    const shell = await run('docker', ['run', '--rm', '--entrypoint', '/bin/sh', images.server, '-c', 'id']);
    expect(shell).toMatchObject({ status: 126, stderr: expect.stringContaining('has no shell') });
    for (const trick of ['ssh;id', 'ssh $(id)', 'ssh `id`', 'ssh | id', 'ssh\nid', '"ssh" x']) {
      const refused = await run('docker', [
        ...['run', '--rm', '--entrypoint', '/bin/sh', images.server],
        ...['-c', trick],
      ]);
      expect(refused, trick).toMatchObject({ status: 126, stdout: '' });
    }
  });
});

describe.skipIf(reason !== undefined)(
  'a container of the server, with no rights and nothing to write to',
  () => {
    const name = `cc-test-image-${process.pid}`;
    let documents: string;
    beforeAll(async () => {
      await buildImages();
      documents = await mkdtemp(join(tmpdir(), 'commandcenter-documents-'));
      await run('chmod', ['755', documents]);
      await writeFile(
        join(documents, 'birds.pdf'),
        makePdf([['The hoatzin smells of hay.'], ['It eats leaves.']]),
      );
      await docker(
        ...[
          'run',
          '--detach',
          '--name',
          name,
          '--init',
          '--network',
          'none',
          '--read-only',
          '--cap-drop',
          'ALL',
        ],
        ...[
          '--security-opt',
          'no-new-privileges',
          '--tmpfs',
          '/tmp',
          '--mount',
          'type=volume,dst=/var/lib/commandcenter',
        ],
        ...['--volume', `${documents}:/documents:ro`, '--health-interval', '1s', images.server, 'start'],
      );
    }, LONG_MS);
    afterAll(async () => {
      await run('docker', ['rm', '--force', '--volumes', name]);
      await rm(documents, { recursive: true, force: true });
    });
    const inside = (...command: string[]) => run('docker', ['exec', name, ...command]);

    test('is healthy by its own check, which needs no curl', async () => {
      await until(
        'it is healthy',
        () => docker('inspect', '--format', '{{.State.Health.Status}}', name),
        (status) => status === 'healthy',
      );
    });

    test('reads a PDF in a thread of its own, writes the index in a process of its own, and answers', async () => {
      const ingested = await inside('commandcenter', 'ingest', '/documents/birds.pdf');
      expect(ingested, ingested.stderr).toMatchObject({ status: 0 });
      const answer = await inside('commandcenter', 'ask', 'what does the hoatzin smell of?');
      expect(answer, answer.stderr).toMatchObject({ status: 0, stdout: expect.stringContaining('hay') });
    });

    test('holds what `init` needs', async () => {
      const made = await inside('commandcenter', 'init', '/tmp/installation', '--domain', 'radar.test');
      expect(made, made.stderr).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('edge/nginx.conf'),
      });
    });

    test('can write nowhere but where it may', async () => {
      const write = (path: string) =>
        inside('node', '-e', `require('node:fs').writeFileSync(${JSON.stringify(path)}, 'x')`);
      for (const path of ['/opt/commandcenter/x', '/usr/bin/x', '/etc/x', '/x']) {
        expect(await write(path), path).toMatchObject({
          status: 1,
          stderr: expect.stringContaining('EROFS'),
        });
      }
      expect(await write('/tmp/x')).toMatchObject({ status: 0 });
      expect(await write('/var/lib/commandcenter/x')).toMatchObject({ status: 0 });
    });

    test('ends with 0 when it is told to, and at once', async () => {
      const began = Date.now();
      await docker('stop', '--time', '60', name);
      expect(await docker('inspect', '--format', '{{.State.ExitCode}}', name)).toBe('0');
      expect(Date.now() - began).toBeLessThan(45_000);
    });
  },
);

describe.skipIf(reason !== undefined)('the image of the web server', () => {
  test(
    'adds the compressed application to its base, and nothing else',
    async () => {
      await buildImages();
      const layers = await readLayers(images.web);
      const added = layers.at(-1) ?? [];
      const files = added.filter(({ mode }) => mode.startsWith('-')).map(({ path }) => path);
      expect(files.filter((path) => !/^usr\/share\/nginx\/html\//.test(path)).sort()).toEqual([
        'etc/nginx/commandcenter/nginx.conf',
        'etc/nginx/commandcenter/upstreams.conf',
        'usr/local/bin/follow-upstreams',
      ]);
      const scripts = added
        .filter(({ path, bytes }) => /\/assets\/.*\.js$/.test(path) && bytes > 1024)
        .map(({ path }) => path);
      expect(scripts.length).toBeGreaterThan(0);
      for (const script of scripts)
        expect(files).toEqual(expect.arrayContaining([`${script}.br`, `${script}.gz`]));
      console.log(`The web image adds ${(bytesOf(added) / 1e6).toFixed(1)} MB to its base.`);
      expect(bytesOf(added)).toBeLessThan(60e6);
      const [{ Config }] = JSON.parse(await docker('image', 'inspect', images.web));
      expect(Config.User).toBe('101:101');
    },
    LONG_MS,
  );
});

describe.skipIf(reason !== undefined)('building again', () => {
  test(
    'after a change to the source only bundles it; packages and programs come from the cache',
    async () => {
      await buildImage('server');
      const context = await mkdtemp(join(tmpdir(), 'commandcenter-context-'));
      const tag = 'commandcenter-rebuild:test';
      try {
        for (const part of ['bin', 'deploy', 'migrations', 'scripts', 'src']) {
          await cp(join(ROOT, part), join(context, part), { recursive: true });
        }
        for (const file of [
          '.dockerignore',
          '.npmrc',
          'LICENSE',
          'THIRD_PARTY.md',
          'package-lock.json',
          'package.json',
          'tsconfig.json',
        ]) {
          await cp(join(ROOT, file), join(context, file));
        }
        const changed = join(context, 'src/server/index.ts');
        await writeFile(
          changed,
          `${await readFile(changed, 'utf8')}\nexport const changedAt = ${Date.now()};\n`,
        );
        const began = Date.now();
        const build = ['buildx', 'build', '--load', '--progress', 'plain', '-t', tag];
        const { status, stderr } = await run('docker', [
          ...build,
          ...['-f', join(context, 'deploy/docker/server.Dockerfile'), context],
        ]);
        console.log(`Built again after a change in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
        expect(status, stderr.slice(-3000)).toBe(0);
        const steps = [...stderr.matchAll(/^#(\d+) \[(\S+) +\d+\/\d+\] (.*)$/gm)];
        const ranAgain = steps
          .filter(([, id]) => !stderr.includes(`#${id} CACHED`))
          .map(([, , stage, command = '']) => `${stage}: ${command}`)
          .filter((step) => /RUN/.test(step));
        expect(ranAgain.filter((step) => !/^(server|files): /.test(step))).toEqual([]);
        // Ten seconds on a machine that does nothing else; this is the limit for one that does.
        expect(Date.now() - began).toBeLessThan(120_000);
      } finally {
        await run('docker', ['rmi', tag]);
        await rm(context, { recursive: true, force: true });
      }
    },
    LONG_MS,
  );
});
