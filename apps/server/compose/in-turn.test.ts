import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

test('turns follow each other, also after one that failed', async () => {
  const log: string[] = [];
  const pauses = [20, 0, 0];
  const turn = inTurn(async () => {
    const ms = pauses.shift();
    log.push(`begin ${ms}`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    log.push(`end ${ms}`);
    if (ms === 20) throw new Error('away');
  });
  const [first, ...rest] = [turn(), turn(), turn()];
  await expect(first).rejects.toThrow('away');
  await Promise.all(rest);
  expect(log).toEqual(['begin 20', 'end 20', 'begin 0', 'end 0', 'begin 0', 'end 0']);
});
