import { type PinMap, resolveTechnology } from './catalogue/index.ts';
import type { Detection } from './types.ts';

/** A smaller part of a repository says little about what its people use. */
const MIN_SHARE = 0.01;
/** Linguist classifies by name and content; for what it counts it is rarely wrong. */
const CONFIDENCE = 0.95;

export interface LanguageShare {
  name: string;
  bytes: number;
  files: number;
  /** The largest file of the language: where one looks first. */
  largestPath: string;
}

/** Turns the languages of a repository, by bytes, into detections. */
export function detectLanguages(languages: readonly LanguageShare[], pins: PinMap): Detection[] {
  const total = languages.reduce((sum, language) => sum + language.bytes, 0);
  return languages
    .filter((language) => language.bytes >= total * MIN_SHARE)
    .map((language) => {
      const technology = resolveTechnology('language', language.name, pins);
      const percent = Math.round((language.bytes / total) * 100);
      const excerpt = `${percent} % of the code: ${language.files} files, ${language.bytes} bytes`;
      return {
        technology: technology.slug,
        technologyName: technology.name,
        kind: 'language',
        ecosystem: 'language',
        packageName: language.name,
        component: '',
        scope: 'runtime',
        versionDeclared: null,
        versionLocked: null,
        confidence: CONFIDENCE,
        rule: 'language-by-bytes',
        evidence: [{ path: language.largestPath, line: 1, excerpt, rule: 'language-by-bytes' }],
      };
    });
}
