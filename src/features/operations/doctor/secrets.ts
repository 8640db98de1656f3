import { createHash } from 'node:crypto';
import { type Finding, findingsOf, ok } from './finding.ts';
import { isGone, readSecrets, type SecretFacts, type SecretsFacts } from './read-secrets.ts';
import { weaknessOf } from './secret-strength.ts';
import type { Situation } from './situation.ts';

const { problem, warning } = findingsOf('secrets');
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** The files that hold secrets: there, closed to others, owned by who reads them, and worth their name. */
export function checkSecrets(facts: SecretsFacts): Finding[] {
  const found = [
    ...checkFolder(facts),
    ...facts.files.flatMap(
      (file) => checkPresence(file, facts) ?? [...checkAccess(file, facts), ...checkValue(file)],
    ),
    ...checkReuse(facts.files),
    ...checkPairs(facts.files),
  ];
  if (found.length > 0 || facts.files.length === 0) return found;
  return [ok('secrets', `${facts.files.length} files are closed to others and strong.`)];
}

export const lookAtSecrets = async (situation: Situation): Promise<Finding[]> =>
  checkSecrets(await readSecrets(situation));

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

function checkFolder({ folder }: SecretsFacts): Finding[] {
  if (!folder) return [];
  const { path, mode } = folder;
  if (mode === null) {
    return [
      problem('secrets-folder-missing', `${path} is not there.`, `mkdir -m 700 ${path}`, {
        target: path,
        fix: { kind: 'make-folder', path, mode: 0o700 },
      }),
    ];
  }
  if ((mode & OTHERS) === 0) return [];
  return [
    problem(
      'secrets-folder-open',
      `${path} can be entered by others (${octal(mode)}).`,
      `chmod 700 ${path}`,
      {
        target: path,
        fix: { kind: 'set-mode', path, mode: 0o700 },
        evidence: { path, mode: octal(mode) },
      },
    ),
  ];
}

const PAIRED: Readonly<Record<string, string>> = {
  database_password: 'postgres_application_password',
  postgres_application_password: 'database_password',
};

/** What is wrong with a secret that can't be read at all; undefined if it can. */
function checkPresence(file: SecretFacts, facts: SecretsFacts): Finding[] | undefined {
  const { path, found } = file;
  const details = { target: path, evidence: { path } };
  if (isGone(file)) {
    const fix = makeSecret(file, facts);
    const id = found === 'missing' ? 'secret-missing' : 'secret-empty';
    const remedy = fix
      ? 'A new one can be made: nothing depends on it yet.'
      : 'Restore it from your backup: what was made with it can be used with nothing else.';
    const says = found === 'missing' ? 'is missing' : 'is empty';
    return [problem(id, `${path} ${says}.`, remedy, { ...details, ...(fix ? { fix } : {}) })];
  }
  if (found === 'folder') {
    return [
      problem(
        'secret-is-folder',
        `${path} is a folder: Docker makes one where a file to be mounted is missing.`,
        `Stop the containers, then \`rmdir ${path}\` and put the secret there.`,
        details,
      ),
    ];
  }
  if (found === 'unreadable') {
    return [
      problem(
        'secret-unreadable',
        `${path} can't be read by you.`,
        'Run the doctor as root or as its owner.',
        details,
      ),
    ];
  }
  return undefined;
}

/** A new secret harms nobody only while nothing was made with it, or if its other half says what it has to be. */
function makeSecret(
  { name, path, reader }: SecretFacts,
  { files, inUse, folder }: SecretsFacts,
): Finding['fix'] {
  if (!folder || !path.startsWith(folder.path)) return undefined;
  const pair = files.find((other) => other.name === PAIRED[name] && !isGone(other) && other.found === 'file');
  if (pair) return { kind: 'make-secret', path, reader, copyOf: pair.path };
  if (name === 'redis_users.acl') {
    const password = files.find((other) => other.name === 'redis_password');
    if (password && !isGone(password)) return { kind: 'make-secret', path, reader };
  }
  // Its hash is in the other file, which would no longer fit.
  if (name === 'redis_password' && files.some((other) => other.kind === 'users' && !isGone(other)))
    return undefined;
  if (name !== 'metrics_token' && inUse !== false) return undefined;
  return { kind: 'make-secret', path, reader };
}

function checkAccess({ path, mode, uid, reader }: SecretFacts, facts: SecretsFacts): Finding[] {
  const found: Finding[] = [];
  const details = { target: path, evidence: { path, mode: octal(mode), uid, reader: reader ?? null } };
  const asRoot = facts.uid === 0;
  const foreign = reader !== undefined && uid !== reader;
  if (foreign && asRoot && facts.folder) {
    found.push(
      problem(
        'secret-owner',
        `${path} belongs to the user ${uid}, but ${reader} reads it.`,
        `chown ${reader}:${reader} ${path}`,
        {
          ...details,
          fix: { kind: 'set-owner', path, uid: reader, gid: reader },
        },
      ),
    );
  } else if (foreign && facts.folder && (mode & 0o004) === 0) {
    found.push(
      problem(
        'secret-owner',
        `${path} belongs to the user ${uid} and is closed to ${reader}, who reads it.`,
        `As root \`chown ${reader}:${reader} ${path}\`, or else \`chmod 444 ${path}\` in a closed folder.`,
        { ...details, ...(facts.enclosed ? { fix: { kind: 'set-mode', path, mode: 0o444 } } : {}) },
      ),
    );
  }
  // Who isn't root can't give a file to a container's user; in a closed folder it may be readable instead.
  const readable = foreign && !asRoot && facts.enclosed;
  if ((mode & (readable ? OTHERS_WRITE : OTHERS)) !== 0) {
    const wanted = readable ? 0o444 : 0o600;
    const verb = readable ? 'written' : 'read';
    found.push(
      problem(
        'secret-open',
        `${path} can be ${verb} by others (${octal(mode)}).`,
        `chmod ${wanted.toString(8)} ${path}`,
        { ...details, fix: { kind: 'set-mode', path, mode: wanted } },
      ),
    );
  }
  return found;
}

function checkValue({ path, kind, content }: SecretFacts): Finding[] {
  if (content === null || kind === 'users') return [];
  const found: Finding[] = [];
  const details = { target: path, evidence: { path } };
  if (content !== content.trim()) {
    const what = content.includes('\r') ? 'a Windows line end' : 'white space';
    const atEnd = content.trimEnd() === content.trim() && content.startsWith(content.trim());
    found.push(
      warning(
        'secret-whitespace',
        `${path} has ${what} ${atEnd ? 'at its end' : 'around it'}, which some programs take for a part of it.`,
        'Write the file without it.',
        { ...details, fix: { kind: 'trim', path } },
      ),
    );
  }
  const value = content.trim();
  if (kind === 'key' && !/^[0-9a-f]{64}$/i.test(value)) {
    found.push(
      problem(
        'secret-not-hex',
        `${path} is not 64 hexadecimal characters (32 bytes).`,
        'Restore the right one; for a new installation `commandcenter secrets generate` prints one.',
        details,
      ),
    );
    return found;
  }
  const weakness = weaknessOf(kind === 'address' ? passwordIn(value) : value);
  if (weakness !== null && !(kind === 'address' && passwordIn(value) === '')) {
    found.push(
      problem(
        'secret-weak',
        `${path} can be guessed: ${weakness}.`,
        kind === 'key'
          ? 'Change it as docs/security.md says: the old one goes to PREVIOUS_SECRET_KEYS.'
          : 'Make a new one (`openssl rand -hex 32`) and set it on both sides.',
        details,
      ),
    );
  }
  return found;
}

const passwordIn = (url: string): string =>
  URL.canParse(url) ? decodeURIComponent(new URL(url).password) : '';

/** One secret that leaks must not open a second door. */
function checkReuse(files: readonly SecretFacts[]): Finding[] {
  const first = new Map<string, SecretFacts>();
  return files.flatMap((file) => {
    const value = file.content?.trim() ?? '';
    if (value === '' || file.kind === 'users' || file.kind === 'address') return [];
    const other = first.get(value);
    first.set(value, other ?? file);
    if (!other || PAIRED[file.name] === other.name) return [];
    return [
      problem(
        'secret-reused',
        `${file.path} and ${other.path} hold the same value.`,
        'Make a new one for one of them, and set it on both sides.',
        { target: file.path, evidence: { path: file.path, other: other.path } },
      ),
    ];
  });
}

/** Secrets that two services hold each for itself. */
function checkPairs(files: readonly SecretFacts[]): Finding[] {
  const value = (name: string): string => files.find((file) => file.name === name)?.content?.trim() ?? '';
  const pathOf = (name: string): string => files.find((file) => file.name === name)?.path ?? name;
  const found: Finding[] = [];
  const [product, database] = [value('database_password'), value('postgres_application_password')];
  if (product !== '' && database !== '' && product !== database) {
    found.push(
      problem(
        'secret-pair-differs',
        'database_password and postgres_application_password differ; they are the two sides of one password.',
        'Copy the one that PostgreSQL knows over the other.',
        { target: pathOf('postgres_application_password') },
      ),
    );
  }
  const [password, users] = [value('redis_password'), value('redis_users.acl')];
  if (users === '') return found;
  const hash = createHash('sha256').update(password).digest('hex');
  const details = { target: pathOf('redis_users.acl') };
  if (/^user default .*\bnopass\b/m.test(users) || /\s>\S/.test(users)) {
    found.push(
      problem(
        'redis-acl-open',
        `${pathOf('redis_users.acl')} lets the product's user in without a password, or holds one in plain.`,
        'Write its SHA-256 instead: `#` and what `sha256sum` prints for redis_password.',
        details,
      ),
    );
  } else if (password !== '' && !users.includes(`#${hash}`)) {
    found.push(
      problem(
        'redis-acl-differs',
        `${pathOf('redis_users.acl')} does not hold the hash of redis_password, so Redis refuses the product.`,
        `Remove ${pathOf('redis_users.acl')} and run \`commandcenter doctor --fix\`: it is made from the password.`,
        details,
      ),
    );
  }
  return found;
}
