import { expect, test } from 'vitest';
import { createAdmission } from './admission.ts';

function start(most: number) {
  let time = 0;
  const admission = createAdmission(most, () => time);
  const enter = (count: number): number => {
    let entered = 0;
    for (let n = 0; n < count; n++) {
      if (!admission.admits()) continue;
      admission.enter();
      entered += 1;
    }
    return entered;
  };
  const leave = (count: number): void => {
    for (let n = 0; n < count; n++) admission.leave();
  };
  return {
    admission,
    /** How many of so many are let in. */
    enter,
    leave,
    pass(ms: number) {
      time += ms;
    },
    /** A second in which so many are answered while far more come than are let in; how many are under way then. */
    second(answered: number): number {
      for (let part = 0; part < 10; part++) {
        leave(Math.min(answered / 10, admission.underWay));
        time += 100;
        enter(1000);
      }
      return admission.underWay;
    },
  };
}

test('as long as few are under way everybody is let in, however long it takes', () => {
  const { enter, leave, pass, admission } = start(100);
  for (let n = 0; n < 50; n++) {
    expect(enter(9)).toBe(9);
    pass(10_000);
    leave(9);
  }
  expect(admission.pressed).toBe(false);
});

test('bursts are let in if each was worked off within half a second', () => {
  const { enter, leave, pass, admission } = start(100);
  for (let n = 0; n < 5; n++) {
    expect(enter(150)).toBe(150);
    pass(400);
    leave(150);
    pass(1001);
    expect(enter(1)).toBe(1);
    leave(1);
    expect(admission.pressed).toBe(false);
  }
});

test('more than a burst is refused at once', () => {
  const { enter, admission } = start(100);
  expect(enter(1000)).toBe(200);
  expect(admission.pressed).toBe(true);
});

test('under pressure as many are under way as are answered in two seconds, and never more than the most', () => {
  const { enter, second } = start(100);
  const settled = (answered: number): number => {
    for (let n = 0; n < 30; n++) second(answered);
    return second(answered);
  };
  enter(1000);
  expect([10, 30, 90].map(settled)).toEqual([20, 60, 100]);
  // Nothing is answered at all: what was let in stays, and nobody else comes.
  expect(second(0)).toBe(100);
});

test('many that are answered at the same moment are no sign of calm', () => {
  const { enter, leave, pass, admission } = start(100);
  enter(1000);
  pass(500);
  expect(enter(1)).toBe(0);
  leave(200);
  pass(900);
  expect(enter(1000)).toBe(100);
  expect(admission.pressed).toBe(true);
});
