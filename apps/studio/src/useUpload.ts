/** A file of this browser's, copied to the server. */
import { useState } from "preact/hooks"
import { type ApiError, asApiError, client } from "./api.ts"

/** Copies bytes beside the store and keeps the path that they were given. */
export const useUpload = (): {
  readonly send: (name: string, bytes: Blob) => Promise<string | undefined>
  readonly busy: boolean
  readonly path: string
  readonly error: ApiError | undefined
  readonly reset: () => void
} => {
  const [now, setNow] = useState<{ readonly busy: boolean; readonly path: string; readonly error?: ApiError }>({ busy: false, path: "" })
  return {
    busy: now.busy,
    path: now.path,
    error: now.error,
    reset: () => setNow({ busy: false, path: "" }),
    send: async (name, bytes) => {
      setNow({ busy: true, path: "" })
      try {
        const { path } = (await client.upload(name, bytes)).data as { readonly path: string }
        setNow({ busy: false, path })
        return path
      } catch (cause) {
        setNow({ busy: false, path: "", error: asApiError(cause) })
        return undefined
      }
    }
  }
}
