/** Wait before try `attempt` + 1, in ms: first, 2 × first, 4 × first … never above `cap`. */
export const exponential = (attempt: number, first: number, cap: number): number =>
  Math.min(first * 2 ** Math.max(0, attempt - 1), cap);
