export interface ReadOptions {
  /** How long a value may be served at most; it is loaded anew after every change in any case. */
  ttlSeconds?: number;
}

/**
 * Answers that cost much, kept for a while. A read that begins after an acknowledged change of its project gives
 * the new answer, in every process.
 */
export interface Cache {
  /** The JSON value kept of that answer, or what `load` gives; many who ask at once make it load once. */
  read<T>(place: CachePlace, load: () => Promise<T>, options?: ReadOptions): Promise<T>;
  /** Whatever is kept of the project is old now. Called after the commit that changes it. */
  invalidate(projectId: string): Promise<void>;
}

export interface CachePlace {
  projectId: string;
  /** Which kind of answer, as metrics count it: one of a few words. */
  answer: string;
  /** What tells answers of a kind apart. */
  key: string;
}

/** `bypass`: nothing could be kept, because Redis is away or there is none. */
export type CacheOutcome = 'hit' | 'miss' | 'bypass';
export type CountRead = (answer: string, outcome: CacheOutcome) => void;
