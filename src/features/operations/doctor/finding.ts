import type { FindingId } from './catalogue.ts';

export type Status = 'ok' | 'warning' | 'problem';

/** What was seen, for machines and for whoever doubts the sentence. Never a secret's value. */
export type Evidence = Readonly<Record<string, string | number | boolean | null>>;

/**
 * A change that can't lose anything, as data: what is found out changes nothing, and what is asked before a change
 * is made is the change itself.
 */
export type Fix =
  | { kind: 'set-mode'; path: string; mode: number }
  | { kind: 'set-owner'; path: string; uid: number; gid: number }
  | { kind: 'trim'; path: string }
  | { kind: 'unix-lines'; path: string }
  | { kind: 'make-folder'; path: string; mode: number; owner?: { uid: number; gid: number } }
  | { kind: 'make-secret'; path: string; reader: number | undefined; copyOf?: string }
  | { kind: 'set-variable'; path: string; name: string; value: string }
  | { kind: 'remove-file'; path: string; content: string }
  | { kind: 'ignore-in-git'; path: string; lines: readonly string[] };

export interface Finding {
  /** Stable: scripts and the documentation name it. What is well has the subject's name and `-ok`. */
  id: FindingId | `${string}-ok`;
  subject: string;
  status: Status;
  sentence: string;
  remedy?: string;
  /** What it is about, where one id can be found several times: a path, a host, a port. */
  target?: string;
  fix?: Fix;
  evidence?: Evidence;
}

type Details = Pick<Finding, 'target' | 'fix' | 'evidence'>;

/** Something that is as it should be. */
export function ok(subject: string, sentence: string, evidence?: Evidence): Finding {
  return { id: `${subject}-ok`, subject, status: 'ok', sentence, ...(evidence ? { evidence } : {}) };
}

/** Makes the findings of one subject: what it is, and what to do about it. */
export function findingsOf(subject: string) {
  const make =
    (status: Status) =>
    (id: FindingId, sentence: string, remedy: string, details: Details = {}): Finding => ({
      id,
      subject,
      status,
      sentence,
      remedy,
      ...details,
    });
  return { problem: make('problem'), warning: make('warning') };
}

/** Tells one finding from another of the same id. */
export const identityOf = ({ id, target }: Finding): string => `${id} ${target ?? ''}`;
