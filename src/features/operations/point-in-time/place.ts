import { appError } from '#platform/errors/index.ts';

export interface Answer {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Where the database's programs run: this host, or the containers of an installation. */
export interface Place {
  /** Runs a program to its end, however it ends. */
  ask(argv: readonly string[]): Promise<Answer>;
  /** Stops the server of the data directory, if it runs; what it has written gets into the archive first. */
  stop(): Promise<void>;
  /** Starts it, and returns when it answers. */
  start(): Promise<void>;
}

const SHOWN = 600;

/** Runs a program that has to succeed; returns what it wrote. Throws AppError `recovery-refused` with its reason. */
export async function must(place: Place, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await place.ask(argv);
  if (exitCode === 0) return stdout;
  const said = (stderr.trim() || stdout.trim() || `exit status ${exitCode}`).slice(-SHOWN);
  const name = argv[0]?.split('/').at(-1);
  throw appError('recovery-refused', 409, `${name} ${commandOf(argv)}failed: ${said}`, {
    remedy: 'Nothing of the database was changed; docs/point-in-time.md says what the reasons mean.',
  });
}

/** The word that says what pgBackRest or pg_ctl was asked to do. */
function commandOf(argv: readonly string[]): string {
  const word = argv.slice(1).find((one) => /^[a-z][a-z-]+$/.test(one));
  return word === undefined ? '' : `${word} `;
}
