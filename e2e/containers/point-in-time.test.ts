import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composePlace } from '#features/operations/point-in-time/index.ts';
import { type ComposeProject, createComposeProject } from './compose-project.ts';
import { ROOT, run, until, whyNoDocker } from './engine.ts';

const BUILD = ['docker', 'buildx', 'build', '--load', '-t', 'commandcenter-postgres', ROOT];

describe.skipIf(whyNoDocker())('points in time in containers', () => {
  let project: ComposeProject;
  const sql = (text: string) =>
    project.mustCompose('exec', '-T', 'postgres', 'psql', '-XAtqU', 'postgres', 'commandcenter', '-c', text);

  const cli = async (...args: string[]): Promise<string> => {
    const argv = [join(ROOT, 'dist/server/cli.js'), 'point-in-time', ...args];
    const { status, stdout, stderr } = await run(process.execPath, argv);
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };

  beforeAll(async () => {
    const dockerfile = join(ROOT, 'deploy/docker/postgres.Dockerfile');
    const built = await run('flock', ['/tmp/commandcenter-image-build.lock', ...BUILD, '-f', dockerfile]);
    if (built.status !== 0) throw new Error(built.stderr.slice(-4000));
    project = await createComposeProject(['docker-compose.yml', 'docker-compose.backup.yml']);
    await project.mustCompose('up', '--detach', '--pull', 'never', 'postgres', 'archive', 'wal-stream');
    await until(
      'the first backup is made and checked',
      async () => (await project.compose('exec', '-T', 'archive', 'test', '-e', '/tmp/archive-kept')).status,
      (status) => status === 0,
    );
  });
  afterAll(() => project?.close());

  test('what was deleted comes back, from the archive and what was streamed, and can be put back again', async () => {
    const place = composePlace(project.folder);
    const begun = Date.now();
    await sql('CREATE TABLE things AS SELECT generate_series(1, 500) AS id');
    await until(
      'the second copy is being written',
      async () => (await place.ask(['find', '/var/lib/wal-stream', '-name', '0*'])).stdout,
      (found) => /[0-9A-F]{24}/.test(found),
    );
    // The backup is as of a second that is over.
    await until(
      'the backup is older than now',
      async () => Number(await sql('SELECT extract(epoch FROM now())')),
      (now) => now * 1000 > begun + 2000,
    );
    const before = new Date((await sql('SELECT clock_timestamp()')).trim());
    await sql('DELETE FROM things WHERE id > 5');

    const restored = await cli('restore', project.folder, '--to', before.toISOString(), '--yes', '--json');
    expect(JSON.parse(restored)).toMatchObject({
      plan: { backup: { type: 'full' }, timeline: 1 },
      rows: [{ table: 'public.things', living: 5, restored: 500 }],
      kept: expect.stringMatching(/pgdata-before-/),
    });
    expect(await sql('SELECT count(*) FROM things')).toBe('500');
    expect(await cli('restore', project.folder, '--undo')).toMatch(/^Undone\./);
    expect(await sql('SELECT count(*) FROM things')).toBe('5');
  });

  test('the two that keep it are on no network, and the repository is read by nobody who lacks its password', async () => {
    for (const service of ['archive', 'wal-stream']) {
      const { HostConfig } = await project.inspect(service);
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], NetworkMode: 'none' });
    }
    const asked = [
      'exec',
      '-T',
      '-e',
      'BACKUP_REPOSITORY_PASSWORD_FILE=/etc/hostname',
      'archive',
      'sealed-pgbackrest',
    ];
    const { status, stdout, stderr } = await project.compose(...asked, '--stanza=commandcenter', 'info');
    expect(`${status} ${stdout} ${stderr}`).toMatch(/CryptoError|unable to flush|cipher|error \(other\)/i);
    expect(stdout).not.toContain('full backup');
  });
});
