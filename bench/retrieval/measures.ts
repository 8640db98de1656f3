type Gains = ReadonlyMap<string, number>;

/** Normalised discounted cumulative gain of the first ten. */
export function ndcg10(ranking: readonly string[], gains: Gains): number {
  const discounted = (values: readonly number[]) =>
    values.reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0);
  const ideal = [...gains.values()].sort((a, b) => b - a).slice(0, 10);
  return discounted(ranking.slice(0, 10).map((id) => gains.get(id) ?? 0)) / discounted(ideal);
}

/** The share of the relevant documents that are among the first hundred. */
export function recall100(ranking: readonly string[], gains: Gains): number {
  return ranking.slice(0, 100).filter((id) => gains.has(id)).length / gains.size;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
