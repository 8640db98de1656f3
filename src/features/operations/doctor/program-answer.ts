/** How a look at something outside ended. */
export interface ProgramAnswer {
  /** Null if it did not end in time. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}
