import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '#platform/database/index.ts';
import { onServer, startTestApp } from '#testing/index.ts';
import { templateFolder } from '../../../app/template.ts';
import { roundParts } from './schedule-parts.ts';

// A server makes its scratch databases itself.
test.skipIf(onServer)(
  'what the schedule verifies begins from the prepared database, as a restore does, so that its time is that of one',
  async () => {
    const app = await startTestApp();
    const folder = await mkdtemp(join(tmpdir(), 'commandcenter-template-'));
    try {
      const { database } = app.platform;
      expect(database.template).toBe(templateFolder);
      await cp(templateFolder, folder, { recursive: true });
      for (const name of await readdir(folder)) {
        // Another version's is not opened.
        const marked = await openDatabase({ directory: join(folder, name) }, { migrations: 'require' }).catch(
          () => undefined,
        );
        await marked?.ownerQuery('create table of_the_template (id int primary key)');
        await marked?.close();
      }
      const options = { signal: new AbortController().signal, report: () => {} };
      const { create, verify } = roundParts(
        { ...app.platform, database: { ...database, template: folder } },
        options,
      );
      await expect(verify(await create())).rejects.toThrow('of_the_template');
    } finally {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
