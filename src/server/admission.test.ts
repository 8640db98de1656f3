import { expect, test } from 'vitest';
import { createAdmission } from './admission.ts';

function start(most: number) {
  let time = 0;
  const admission = createAdmission(most, () => time);
  return {
    admission,
    /** How many of so many are let in. */
    enter(count: number): number {
      let entered = 0;
      for (let n = 0; n < count; n++) {
        if (!admission.admits()) continue;
        admission.enter();
        entered += 1;
      }
      return entered;
    },
    leave(count: number) {
      for (let n = 0; n < count; n++) admission.leave();
    },
    pass(ms: number) {
      time += ms;
    },
  };
}

test('a burst is let in, and so is the next one if the first was worked off within a second', () => {
  const { enter, leave, pass, admission } = start(10);
  for (let n = 0; n < 5; n++) {
    expect(enter(30)).toBe(30);
    pass(900);
    expect(enter(1)).toBe(1);
    leave(31);
  }
  expect(admission.refusing).toBe(false);
  expect(admission.underWay).toBe(0);
});

test('when more than the limit are under way for a second, only the limit is let in', () => {
  const { enter, leave, pass } = start(10);
  expect(enter(12)).toBe(12);
  pass(1001);
  expect(enter(5)).toBe(0);
  leave(3);
  // 9 are under way: one may come, and no second of grace begins.
  expect(enter(5)).toBe(1);
  leave(1);
  expect(enter(5)).toBe(1);
});

test('a burst of more than four times the limit is refused at once beyond it', () => {
  const { enter, admission } = start(10);
  expect(enter(100)).toBe(40);
  expect(admission.refusing).toBe(true);
});

test('while it refuses, as many are under way as are answered in two seconds, and never more than the limit', () => {
  const { enter, leave, pass, admission } = start(100);
  enter(1000);
  /** So many are answered in a second while more come than ever are let in; how many are under way then. */
  const second = (answered: number): number => {
    leave(Math.min(answered, admission.underWay));
    pass(1000);
    enter(1000);
    return admission.underWay;
  };
  while (second(10) > 20);
  expect([second(10), second(10)]).toEqual([20, 20]);
  expect(second(15)).toBe(30);
  expect(second(30)).toBe(60);
  while (second(60) < 100);
  expect(second(90)).toBe(100);
  // Nothing is answered at all: what was let in stays, and nobody else comes.
  expect(second(0)).toBe(100);
});

test('bursts are let in again when half of what is let in was free for a second', () => {
  const { enter, leave, pass, admission } = start(10);
  enter(100);
  leave(36);
  expect(enter(1)).toBe(1);
  pass(900);
  // Many that end at the same moment are no sign of less to do.
  expect(enter(10)).toBe(5);
  expect(admission.refusing).toBe(true);
  leave(10);
  enter(1);
  pass(1001);
  expect(enter(20)).toBe(20);
  expect(admission.refusing).toBe(false);
});
