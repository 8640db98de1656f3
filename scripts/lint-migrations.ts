import { readdir, readFile } from 'node:fs/promises';
import { lintMigrations } from './migrations/lint.ts';

const FOLDER = new URL('../migrations/', import.meta.url);

/** Applied before there was this check and never edited: why the version before could live with it all the same. */
const APPLIED: Record<string, string> = {
  '0007_speed.sql': 'its block writes each policy anew with the same meaning, evaluated once a statement',
};
// What is only worth a thought was thought about when these were written.
const LAST_WITHOUT_WARNINGS = '0011';

const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
const files = await Promise.all(
  names.map(async (name) => ({ name, sql: await readFile(new URL(name, FOLDER), 'utf8') })),
);
const findings = await lintMigrations(files);
const refused = findings.filter(({ level }) => level === 'refused');
for (const { file, line, level, rule, message } of findings) {
  if (level === 'refused' ? file in APPLIED : file.slice(0, 4) <= LAST_WITHOUT_WARNINGS) continue;
  process.stderr.write(`migrations/${file}:${line}: ${level}: ${message} [${rule}]\n`);
  if (level === 'refused') process.exitCode = 1;
}
for (const name of Object.keys(APPLIED)) {
  if (refused.some(({ file }) => file === name)) continue;
  process.stderr.write(`scripts/lint-migrations.ts: ${name} needs no exception any more.\n`);
  process.exitCode = 1;
}
if (process.exitCode) {
  process.stderr.write(
    'Split it into an expand and a later contract step, mark it "-- breaking", or, if the running version can live\n' +
      'with it, say why in a line "-- compatible because: …" before the statement (docs/deploy.md).\n',
  );
}
