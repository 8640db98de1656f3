/** Decides which requests are let in while others are under way. */
export interface Admission {
  /** Whether one more is let in. */
  admits(): boolean;
  /** One was let in; it calls `leave` at its end. */
  enter(): void;
  leave(): void;
  readonly underWay: number;
  /** Whether some are refused until it has caught up. */
  readonly refusing: boolean;
}

/** A page opens with a handful of requests and people come in bursts, which are worked off before anybody minds. */
const GRACE_MS = 1000;
const MOST_IN_A_BURST = 4;
/** What is under way has to stay below this share of what is let in for so long, before bursts are let in again. */
const CAUGHT_UP = 0.5;
const CALM_MS = 1000;
/** How long who is let in should wait at most while others are refused, and how often that is reckoned. */
const WAIT_MS = 2000;
const RECKON_MS = 1000;
const LEAST = 4;

/**
 * Lets in `most` at once, and more for a moment. When there are more for a second, or far more, new ones are refused:
 * a queue that does not get shorter makes everybody wait and helps nobody. From then on as many are under way as were
 * answered in two seconds of late (Little's law), because what a process bears depends on what it is asked.
 */
export function createAdmission(most: number, now = () => performance.now()): Admission {
  let underWay = 0;
  let fullSince: number | undefined;
  let refusing = false;
  let limit = most;
  let answered = 0;
  let reckonedAt = 0;
  let pressedAt = 0;

  const reckon = (at: number): void => {
    const ms = at - reckonedAt;
    if (ms < RECKON_MS) return;
    limit = Math.min(most, Math.max(LEAST, Math.ceil((answered * WAIT_MS) / ms)));
    answered = 0;
    reckonedAt = at;
  };
  const admitsFew = (): boolean => {
    const at = now();
    reckon(at);
    if (underWay > limit * CAUGHT_UP) pressedAt = at;
    else if (at - pressedAt > CALM_MS) refusing = false;
    return underWay < limit;
  };
  const admitsMany = (): boolean => {
    if (underWay < most) {
      fullSince = undefined;
      return true;
    }
    const at = now();
    fullSince ??= at;
    if (underWay < most * MOST_IN_A_BURST && at - fullSince <= GRACE_MS) return true;
    refusing = true;
    limit = most;
    answered = 0;
    reckonedAt = at;
    pressedAt = at;
    return false;
  };
  return {
    admits: () => (refusing ? admitsFew() : admitsMany()),
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
    get refusing() {
      return refusing;
    },
  };
}
