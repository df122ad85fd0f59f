/** The sum of numbers in their order, with what each step rounds off carried along and added at the end (Neumaier 1974). */
export const compensatedSum = (values: ReadonlyArray<number>): number => {
  let sum = 0
  let lost = 0
  for (const value of values) {
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + lost
}
