/** Runs `work` one turn at a time, each begun after it was asked for: an older answer never overtakes a newer one. */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
}
