import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSED = new Set(['.html', '.css', '.js', '.json', '.svg']);
/** A smaller file fits into the first packets as it is. */
const LEAST_BYTES = 1024;

/** Writes the compressed forms of a web application beside its files, for nginx to send as they are. */
export function compressFolder(folder: string): string[] {
  const written: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !COMPRESSED.has(extname(entry.name)) || statSync(path).size < LEAST_BYTES)
      continue;
    const content = readFileSync(path);
    const { BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY } = constants;
    const params = {
      [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY,
      [BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
    // nginx sends the time of the file that it opens: the forms of one file are of one time.
    const { atime, mtime } = statSync(path);
    for (const form of ['br', 'gz']) utimesSync(`${path}.${form}`, atime, mtime);
    written.push(path);
  }
  return written;
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('Usage: compress-web.ts FOLDER');
  process.stdout.write(`${compressFolder(folder).length} files compressed\n`);
}
