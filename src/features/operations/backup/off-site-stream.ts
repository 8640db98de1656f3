import { Transform } from 'node:stream';

/** Passes on what comes, tells of each piece, and fails when nothing has come for too long. */
export function observe({
  silenceMs,
  onChunk,
}: {
  silenceMs: number;
  onChunk?: (chunk: Buffer) => void;
}): Transform {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () => stream.destroy(new Error(`nothing has come for ${silenceMs / 1000} s`)),
      silenceMs,
    );
  };
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      wait();
      onChunk?.(chunk);
      done(null, chunk);
    },
    flush(done) {
      clearTimeout(timer);
      done();
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
  });
  wait();
  return stream;
}
