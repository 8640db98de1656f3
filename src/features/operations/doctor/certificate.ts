import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageUsers } from '../environment/secret-files.ts';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { Situation } from './situation.ts';

export interface CertificateFacts {
  chainPath: string;
  keyPath: string;
  /** PEM; null if the file can't be read. */
  chain: string | null;
  key: string | null;
  keyAccess: { mode: number; uid: number } | null;
  /** The host of PUBLIC_URL. */
  host: string | null;
  now: Date;
  asRoot: boolean;
}

const { problem, warning } = findingsOf('certificate');
const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const RENEW = 'Renew it, then `docker compose exec edge nginx -s reload`.';

/** The certificate of the edge and its key. */
export function checkCertificate(facts: CertificateFacts): Finding[] {
  const { chain, chainPath } = facts;
  const found = checkKeyFile(facts);
  if (chain === null) {
    return [
      problem(
        'tls-certificate-missing',
        `${chainPath} is missing, so the edge does not start.`,
        'Put the certificate and those that signed it there, or `commandcenter init --self-signed` for a trial.',
      ),
      ...found,
    ];
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(chain);
  } catch {
    return [
      problem(
        'tls-certificate-unreadable',
        `${chainPath} is no certificate in PEM form.`,
        'Put the right file there.',
      ),
      ...found,
    ];
  }
  found.push(...checkTimes(certificate, facts), ...checkTrust(certificate, facts));
  const key = readKey(facts.key);
  if (facts.key !== null && (key === null || !certificate.checkPrivateKey(key))) {
    found.push(
      problem(
        'tls-key-differs',
        `${facts.keyPath} is not the key of the certificate in ${chainPath}.`,
        'Put both from the same order there.',
      ),
    );
  }
  if (found.length > 0) return found;
  return [ok('certificate', `The certificate is valid until ${certificate.validTo}.`)];
}

function readKey(text: string | null): KeyObject | null {
  try {
    return text === null ? null : createPrivateKey(text);
  } catch {
    return null;
  }
}

function checkTimes(certificate: X509Certificate, { now }: CertificateFacts): Finding[] {
  const [from, until] = [certificate.validFromDate, certificate.validToDate];
  const evidence = { validFrom: from.toISOString(), validTo: until.toISOString() };
  const days = Math.floor((until.getTime() - now.getTime()) / DAY_MS);
  if (now < from) {
    return [
      problem(
        'tls-certificate-not-yet-valid',
        `The certificate is valid from ${evidence.validFrom} on.`,
        'Look at the clock of this machine, or wait.',
        { evidence },
      ),
    ];
  }
  if (now > until) {
    return [
      problem('tls-certificate-expired', `The certificate expired on ${evidence.validTo}.`, RENEW, {
        evidence,
      }),
    ];
  }
  if (days >= SOON_DAYS) return [];
  return [
    warning('tls-certificate-expires-soon', `The certificate expires in ${days} days.`, RENEW, { evidence }),
  ];
}

function checkTrust(certificate: X509Certificate, { host }: CertificateFacts): Finding[] {
  const found: Finding[] = [];
  if (host !== null && certificate.checkHost(host) === undefined) {
    const names = certificate.subjectAltName ?? certificate.subject;
    found.push(
      problem(
        'tls-name-differs',
        `The certificate is for ${names}, not for ${host}.`,
        'Order one for the host of PUBLIC_URL.',
        {
          evidence: { host, names },
        },
      ),
    );
  }
  if (certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey)) {
    found.push(
      warning(
        'tls-certificate-self-signed',
        'The certificate is signed by itself: every browser warns of it.',
        'Fine for a trial; for people get one from an authority, such as with ACME.',
      ),
    );
  }
  return found;
}

function checkKeyFile({ keyPath, key, keyAccess, asRoot }: CertificateFacts): Finding[] {
  if (!keyAccess) {
    return [
      problem('tls-key-missing', `${keyPath} is missing, so the edge does not start.`, 'Put the key there.'),
    ];
  }
  const { mode, uid } = keyAccess;
  const reader = imageUsers.nginx;
  const details = { target: keyPath, evidence: { mode: mode.toString(8), uid, reader } };
  const found: Finding[] = [];
  if (uid !== reader && (asRoot || (mode & 0o004) === 0)) {
    found.push(
      problem(
        'tls-key-owner',
        `${keyPath} belongs to the user ${uid}, but the edge reads it as ${reader}.`,
        `As root: chown ${reader}:${reader} ${keyPath}`,
        {
          ...details,
          ...(asRoot ? { fix: { kind: 'set-owner', path: keyPath, uid: reader, gid: reader } } : {}),
        },
      ),
    );
  }
  // Who isn't root can't give it to the edge's user, who then has to be let in.
  const readable = uid !== reader && !asRoot;
  if (key !== null && (mode & (readable ? 0o022 : 0o077)) !== 0) {
    const wanted = readable ? 0o444 : 0o600;
    const verb = readable ? 'written' : 'read';
    found.push(
      problem(
        'tls-key-open',
        `${keyPath} can be ${verb} by others (${mode.toString(8)}).`,
        `chmod ${wanted.toString(8)} ${keyPath}`,
        { ...details, fix: { kind: 'set-mode', path: keyPath, mode: wanted } },
      ),
    );
  }
  return found;
}

/** Where an edge with TLS is part of the folder. */
export async function lookAtCertificate({ folder, config, probes }: Situation): Promise<Finding[]> {
  if (!folder?.compose.services['edge']) return [];
  const edge = await readFile(join(folder.path, 'edge/nginx.conf'), 'utf8').catch(() => 'ssl_certificate');
  if (!edge.includes('ssl_certificate')) return [ok('certificate', 'The edge serves no TLS itself.')];
  const [chainPath, keyPath] = [
    join(folder.path, 'edge/tls/fullchain.pem'),
    join(folder.path, 'edge/tls/privkey.pem'),
  ];
  const read = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
  const access = await stat(keyPath).catch(() => null);
  return checkCertificate({
    chainPath,
    keyPath,
    chain: await read(chainPath),
    key: await read(keyPath),
    keyAccess: access ? { mode: access.mode & 0o777, uid: access.uid } : null,
    host: config.publicUrl && URL.canParse(config.publicUrl) ? new URL(config.publicUrl).hostname : null,
    now: probes.now(),
    asRoot: probes.uid === 0,
  });
}
