/** What a part of the installation has used. */
export interface Usage {
  /** CPU time so far, in ms. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** An installation of its own, with the data of bench/api and the team in it. */
export interface System {
  readonly name: 'compose' | 'processes' | 'held';
  readonly url: string;
  /** Of each container or process. */
  usage(): Promise<Record<string, Usage>>;
  /** Ids of containers, by which another runner can read what they use. */
  readonly containers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}
