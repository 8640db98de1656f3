import { readFileSync } from 'node:fs';

const PACKAGE = new URL('../../package.json', import.meta.url);

/** This version, from package.json (two folders up from the source and from the build alike). */
export const version: string = (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
