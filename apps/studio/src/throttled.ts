/** Calls that come in a burst, made few: the first at once, the last for certain. */

/** Calls at most once in so many milliseconds, and once more behind the last call. */
export const throttled = (run: () => void, millis: number): { readonly call: () => void; readonly stop: () => void } => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const fire = () => {
    again = false
    run()
    timer = setTimeout(() => {
      timer = undefined
      if (again) fire()
    }, millis)
  }
  return {
    call: () => {
      again = true
      if (timer === undefined) fire()
    },
    stop: () => clearTimeout(timer)
  }
}
