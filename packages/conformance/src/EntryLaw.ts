/** The law that an entry is what its manifest says: the host reads the manifest long before it runs the code. */
import type { AnyEntry, EntryManifest } from "@feagi-trainer/contracts"
import { expectSame } from "./Broken.ts"
import type { Law } from "./Law.ts"

const outputTypesOf = (entry: AnyEntry): ReadonlyArray<string> | undefined => ("output_types" in entry ? entry.output_types : undefined)

/** No law without a manifest. */
export const entryLaw = (entry: AnyEntry, manifest: EntryManifest | undefined): ReadonlyArray<Law> =>
  manifest === undefined
    ? []
    : [
        {
          name: "the entry is what its manifest says",
          check: () => {
            const { kind, id, spec, provides } = manifest
            expectSame("kind, id and spec of the export", { kind, id, spec }, { kind: entry.kind, id: entry.id, spec: entry.spec })
            const declared = outputTypesOf(entry)
            if (declared !== undefined)
              expectSame("provides.output_types of the manifest and output_types of the export", provides.output_types, declared)
          }
        }
      ]
