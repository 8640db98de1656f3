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
/** How pgBackRest says that what it decrypted is none of what it wrote. */
const UNREADABLE = /CryptoError|unable to flush|key\/value found outside of section/;
const SEALED = "the password of the repository is another one, or it is damaged and can't be decrypted: ";

/** Runs a program that has to succeed; returns what it wrote. Throws AppError `recovery-refused` with its reason. */
export async function must(place: Place, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await place.ask(argv);
  if (exitCode === 0) return stdout;
  const said = readable(stderr) || readable(stdout) || `exit status ${exitCode}`;
  const name = argv[0]?.split('/').at(-1);
  throw appError(
    'recovery-refused',
    409,
    `${name} ${commandOf(argv)}failed: ${UNREADABLE.test(said) ? SEALED : ''}${said}`,
    {
      remedy: 'Nothing of the database was changed; docs/point-in-time.md says what the reasons mean.',
    },
  );
}

function readable(output: string): string {
  return output
    .replace(/[^\x20-\x7e\n]/g, '')
    .trim()
    .slice(-SHOWN);
}

/** The word that says what pgBackRest or pg_ctl was asked to do. */
function commandOf(argv: readonly string[]): string {
  const word = argv.slice(1).find((one) => /^[a-z][a-z-]+$/.test(one));
  return word === undefined ? '' : `${word} `;
}
