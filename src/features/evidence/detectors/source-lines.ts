import { posix } from 'node:path';
import { type AppError, appError } from '#platform/errors/index.ts';
import type { FileText, Finding } from '../types.ts';

const MAX_EXCERPT = 200;

/** The text of a file without a byte order mark, and its lines. */
export interface SourceLines {
  text: string;
  /** What stands on a line, trimmed and cut short. */
  excerpt(line: number): string;
  /** The line of an offset, from 1. */
  lineAt(offset: number): number;
  lines: readonly string[];
}

export function readSource(file: FileText): SourceLines {
  const text = file.text.startsWith('\uFEFF') ? file.text.slice(1) : file.text;
  const lines = text.split(/\r\n|\n|\r/);
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\n|\r/g)) starts.push(end.index + end[0].length);
  return {
    text,
    lines,
    excerpt: (line) => (lines[line - 1] ?? '').trim().slice(0, MAX_EXCERPT),
    lineAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return low + 1;
    },
  };
}

/** The folder of a file; '' is the root. */
export function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The error of a file that is not what its name says. */
export function unreadable(path: string, reason: string): AppError {
  const plain = reason.split('\n')[0]?.trim().slice(0, 200) ?? '';
  return appError('manifest-unreadable', 422, `${path} can't be read: ${plain}`);
}

/** What all findings of one rule share. */
export interface FindingParts {
  ecosystem: string;
  name: string;
  line: number;
  rule: string;
  confidence: number;
  version?: string | null | undefined;
  locked?: string | null | undefined;
  scope?: Finding['scope'];
  lockedFor?: Finding['lockedFor'];
}

/** Builds findings of one file: knows its folder and quotes its lines. */
export function findingsOf(file: FileText, source: SourceLines): (parts: FindingParts) => Finding {
  const component = folderOf(file.path);
  return (parts) => ({
    ecosystem: parts.ecosystem,
    name: parts.name,
    versionDeclared: parts.version || null,
    versionLocked: parts.locked || null,
    scope: parts.scope ?? 'runtime',
    component,
    line: parts.line,
    excerpt: source.excerpt(parts.line),
    rule: parts.rule,
    confidence: parts.confidence,
    ...(parts.lockedFor ? { lockedFor: parts.lockedFor } : {}),
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
