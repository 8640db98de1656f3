/** Decides which requests are let in while others are under way. */
export interface Admission {
  /** Whether one more is let in. */
  admits(): boolean;
  /** One was let in; it calls `leave` at its end. */
  enter(): void;
  leave(): void;
  readonly underWay: number;
  /** Whether so many are under way that those who come are counted. */
  readonly pressed: boolean;
}

/** Fewer than this share of the most are no pressure, whoever waits for what. */
const NO_PRESSURE = 0.1;
const LEAST = 4;
/** A page opens with a handful of requests and people come in bursts: so many times the most are let in at first. */
const BURST = 2;
/** How long who is let in should wait at most, and how often it is reckoned how many that are. */
const WAIT_MS = 2000;
const RECKON_MS = 500;
/** How long there must be no pressure before a burst is let in again. */
const CALM_MS = 1000;

/**
 * Lets everybody in as long as few are under way. When there are many for half a second, then only as many as are
 * answered in two seconds (Little's law), and `most` at most: a queue that does not get shorter makes everybody wait
 * and helps nobody, and how many a process bears depends on what they ask and on who else uses the machine.
 */
export function createAdmission(most: number, now = () => performance.now()): Admission {
  const few = Math.max(LEAST, Math.ceil(most * NO_PRESSURE));
  let underWay = 0;
  let answered = 0;
  let limit: number | undefined;
  let reckonedAt = 0;
  let pressedAt = 0;

  const reckon = (at: number): void => {
    const ms = at - reckonedAt;
    if (ms < RECKON_MS) return;
    limit = Math.min(most, Math.max(few, Math.ceil((answered * WAIT_MS) / ms)));
    answered = 0;
    reckonedAt = at;
  };
  const admitsPressed = (): boolean => {
    const at = now();
    if (limit === undefined) {
      limit = most * BURST;
      answered = 0;
      reckonedAt = at;
    }
    // Half of it, or the last who is let in would be taken for calm.
    if (underWay * 2 >= few) pressedAt = at;
    else if (at - pressedAt > CALM_MS) {
      limit = undefined;
      return true;
    }
    reckon(at);
    return underWay < limit;
  };
  return {
    admits: () => (limit === undefined && underWay < few ? true : admitsPressed()),
    enter() {
      underWay += 1;
    },
    leave() {
      underWay -= 1;
      answered += 1;
    },
    get underWay() {
      return underWay;
    },
    get pressed() {
      return limit !== undefined;
    },
  };
}
