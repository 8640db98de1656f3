import { type AppError, appError } from '#platform/errors/index.ts';
import { redactUrl } from '#platform/telemetry/index.ts';

interface Explanation {
  pattern: RegExp;
  code: string;
  /** Below 500: trying again changes nothing. */
  status: number;
  message: string;
  remedy?: string;
}

/** What git says, by the first row that fits, as a sentence and what to do. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /No space left on device/i,
    code: 'disk-full',
    status: 507,
    message: 'The disk that holds the mirrors is full.',
    remedy: 'Free some space and sync again.',
  },
  {
    pattern: /Host key verification failed/i,
    code: 'host-key-unknown',
    status: 403,
    message: 'The SSH key of the host is unknown or has changed.',
    remedy: 'Check it and add it to known_hosts, for instance by connecting once by hand.',
  },
  {
    pattern:
      /Authentication failed|could not read (Username|Password)|returned error: 40[13]|HTTP (Basic: )?Access denied|Permission denied \(|terminal prompts disabled/i,
    code: 'repository-access-denied',
    status: 403,
    message: 'The git server refuses access.',
    remedy: 'Give an access token that may read this repository, or check the SSH key.',
  },
  {
    pattern: /returned error: 30\d|unable to update url base from redirection/i,
    code: 'repository-moved',
    status: 409,
    message: 'The git server redirects to another address.',
    remedy: 'Track the address that the repository has now.',
  },
  {
    pattern: /transport '.*' not allowed/i,
    code: 'protocol-not-allowed',
    status: 400,
    message: 'Repositories are read over https, ssh or from a local folder only.',
  },
  {
    pattern: /lazy fetching disabled|promisor|not our ref/i,
    code: 'repository-incomplete',
    status: 409,
    message: 'The repository lacks objects of its own history: it is a partial clone.',
    remedy: 'Track the repository that it was cloned from, or complete it with `git fetch --refetch`.',
  },
  {
    pattern: /possible repository corruption on the remote side|remote: fatal: unable to \w+ [0-9a-f]{40}/i,
    code: 'repository-damaged',
    status: 409,
    message: 'The repository lacks objects that its own history needs.',
    remedy: 'Run `git fsck` there and repair it, or track a healthy copy.',
  },
  {
    pattern:
      /repository .* not found|does not appear to be a git repository|not a git repository|returned error: 404|project you were looking for could not be found|ERROR: Repository not found/i,
    code: 'repository-not-found',
    status: 404,
    message: 'There is no git repository at this location, or the server hides it.',
    remedy: 'Check the location; for a private repository give an access token.',
  },
  {
    pattern:
      /Could not resolve host|Failed to connect|Connection (refused|timed out|reset)|Could not connect|unable to access|Operation too slow|early EOF|hung up unexpectedly|RPC failed|unable to connect|No route to host|Name or service not known/i,
    code: 'repository-unreachable',
    status: 502,
    message: 'The git server cannot be reached or breaks off.',
    remedy: 'Check the network and the address; it is tried again by itself.',
  },
];

/** Makes an AppError of what a failed git command wrote to stderr; credentials in URLs are left out. */
export function explainGitFailure(stderr: string): AppError {
  const said = lastComplaint(stderr);
  const found = EXPLANATIONS.find(({ pattern }) => pattern.test(stderr));
  const details = { git: said };
  if (!found) return appError('git-failed', 502, `git failed: ${said}`, { details });
  const { code, status, message, remedy } = found;
  return appError(code, status, `${message} (git: ${said})`, { details, ...(remedy ? { remedy } : {}) });
}

const COMPLAINT = /^(fatal|error|remote: (fatal|error)|ssh|.*Permission denied)/i;

function lastComplaint(stderr: string): string {
  const lines = redactUrl(stderr)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.find((line) => COMPLAINT.test(line)) ?? lines.at(-1) ?? 'no message').slice(0, 300);
}

/** What git itself said, of an error that {@link explainGitFailure} made. */
export function complaintOf(error: AppError): string {
  return (error.details as { git?: string } | undefined)?.git ?? '';
}

/** Whether the failure speaks of the mirror's own files rather than of the source. */
export function isDamage(complaint: string): boolean {
  if (complaint.startsWith('remote:')) return false;
  return /is corrupt|bad object|unable to read tree|packfile .* (cannot|does not)|index file corrupt|bad config|inflate: data stream error|missing necessary objects|did not send all necessary objects|invalid sha1 pointer|not a git repository: /i.test(
    complaint,
  );
}
