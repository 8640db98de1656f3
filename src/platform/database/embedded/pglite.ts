import { fdatasyncSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

// PGlite's own list without -F (which turns fsync off). Its file system ignores fdatasync, PostgreSQL's
// default, but passes fsync on to `stream_ops.fsync`, which `durableNodeFs` gives a real meaning.
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...[
    'fsync=on',
    'wal_sync_method=fsync',
    'shared_buffers=16MB',
    'work_mem=2MB',
    'maintenance_work_mem=8MB',
    'wal_buffers=1MB',
    'temp_buffers=1MB',
    'min_wal_size=32MB',
    'max_wal_size=128MB',
    'jit=off',
  ].flatMap((setting) => ['-c', setting]),
];

interface EmscriptenModule {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

/** NODEFS has no fsync, so a power cut could lose what was acknowledged; this gives it a real one. */
function durableNodeFs(directory: string): NodeFS {
  const filesystem = new NodeFS(directory);
  const init = filesystem.init.bind(filesystem);
  filesystem.init = async (pg, options) => {
    const result = await init(pg, options);
    const preRun = result.emscriptenOpts.preRun ?? [];
    const addFsync = (module: unknown) => {
      (module as EmscriptenModule).NODEFS.stream_ops.fsync = (stream) => {
        if (stream.nfd !== undefined) fdatasyncSync(stream.nfd);
        return 0;
      };
    };
    return { emscriptenOpts: { ...result.emscriptenOpts, preRun: [...preRun, addFsync] } };
  };
  return filesystem;
}

/** Opens (or makes) the embedded database in `directory`; the caller holds the data directory's lock. */
export async function openPglite(directory: string): Promise<PGlite> {
  return PGlite.create({
    fs: durableNodeFs(directory),
    startParams: START_PARAMETERS,
  });
}
