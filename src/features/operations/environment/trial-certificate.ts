import { inheritedVariables } from '#platform/config/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import { runProgram } from '#platform/exec/index.ts';

const DAYS = 30;
const MINUTE_MS = 60_000;
const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----\n/g;

export interface Certificate {
  /** PEM */
  chain: string;
  /** PEM */
  key: string;
}

/** Makes a self-signed certificate for a trial, or until a real one is there. The key touches no disk. */
export async function makeTrialCertificate(domain: string): Promise<Certificate> {
  const argv = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', String(DAYS), '-subj', '/CN=CommandCenter trial', '-addext', `subjectAltName=DNS:${domain}`],
    ...['-keyout', '-', '-out', '-'],
  ];
  const { exitCode, stdout, stderr } = await runProgram('openssl', argv, {
    env: inheritedVariables(['PATH']),
    timeoutMs: MINUTE_MS,
  }).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'program-missing' ? withoutOpenssl() : error;
  });
  const blocks = new Map([...stdout.toString().matchAll(BLOCK)].map(([text, name]) => [name, text]));
  const [chain, key] = [blocks.get('CERTIFICATE'), blocks.get('PRIVATE KEY')];
  if (exitCode === 0 && chain !== undefined && key !== undefined) return { chain, key };
  throw appError('certificate-failed', 424, `openssl made no certificate: ${stderr.trim().slice(-300)}`);
}

function withoutOpenssl(): AppError {
  return appError(
    'program-missing',
    424,
    'openssl, which signs the trial certificate, is not installed here.',
    {
      remedy:
        'Leave --self-signed out and put fullchain.pem and privkey.pem into edge/tls yourself, or run this where openssl is.',
    },
  );
}
