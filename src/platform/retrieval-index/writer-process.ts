import { constants, setPriority } from 'node:os';
import { createLogger } from '#platform/telemetry/index.ts';
import { createHandle, type Handle } from './handle.ts';
import { beginProject, optimize, replaceDocuments } from './write-rows.ts';
import type { WriterReply, WriterRequest, WriterTask } from './writer-protocol.ts';

/*
 * The entry of the process that writes the index. The engine keeps several hundred megabytes after merging a large
 * full-text index; here they end with the process, and people's requests keep the upper hand on a small machine.
 */

let handle: Handle | undefined;

process.on('message', (message: WriterRequest) => {
  handle ??= createHandle(message.uri, createLogger('warn'));
  const current = handle;
  current
    .exclusively(() => performAnew(current, message.task))
    .then(
      () => reply({ id: message.id }),
      (error: unknown) => {
        current.forget();
        reply({ id: message.id, problem: error instanceof Error ? error.message : String(error) });
      },
    );
});

// The parent is gone, wanted or not: what is half done is done again from the database.
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches the whole group; the parent decides when it is over.
process.on('SIGINT', () => undefined);

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

/** The folder may have been removed or replaced since it was opened; every task can be done twice. */
async function performAnew(current: Handle, task: WriterTask): Promise<void> {
  try {
    await perform(current, task);
  } catch {
    current.forget();
    await perform(current, task);
  }
}

function perform(current: Handle, task: WriterTask): Promise<void> {
  switch (task.kind) {
    case 'begin':
      return beginProject(current, task.projectId);
    case 'replace':
      return replaceDocuments(current, task.documentIds, task.rows);
    case 'optimize':
      return optimize(current);
  }
}

function reply(message: WriterReply): void {
  if (process.connected) process.send?.(message);
}
