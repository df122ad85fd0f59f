/**
 * The laws that follow from what the manifest of an adapter declares: one for each modality and each output type, kept by a dataset
 * that shows it and is read whole. A capability without a dataset is a promise that nobody has tried.
 *
 * Sharp edge: what is shown is what the scan says; the laws of the adapter hold the samples to it.
 */
import type { DatasetScan, EntryManifest } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { type AdapterSubject, adapterHost, collect, positionsOf } from "./AdapterSubject.ts"
import { breakLaw, plain } from "./Broken.ts"
import { expectFits } from "./fitsScan.ts"
import type { Law } from "./Law.ts"

const facts = { modalities: "modality", output_types: "output type" } as const
type Fact = keyof typeof facts

/** A kind of the contracts by its name, a kind that a plugin brings by its document. */
const nameOf = (value: unknown): string => (typeof value === "string" ? value : plain("a kind", value))

const declared = ({ provides }: EntryManifest, fact: Fact): ReadonlyArray<string> => {
  const list = provides[fact]
  return Array.isArray(list) ? list.map(nameOf) : []
}

const shown = (scan: DatasetScan, fact: Fact): string => nameOf(fact === "modalities" ? scan.modality : scan.output_type)

/** Breaks the law when the scan shows what the manifest does not declare. */
export const expectDeclared = (manifest: EntryManifest, scan: DatasetScan): void => {
  for (const fact of ["modalities", "output_types"] as const) {
    const list = declared(manifest, fact)
    if (!list.includes(shown(scan, fact)))
      breakLaw(`the ${facts[fact]} of the scan`, `one that the manifest provides: ${list.join(", ") || "none"}`, shown(scan, fact))
  }
}

/** @param subjects datasets that together show all that the manifest of their adapter provides */
export const capabilityLaws = <Options>(manifest: EntryManifest, subjects: ReadonlyArray<AdapterSubject<Options>>): ReadonlyArray<Law> => [
  {
    name: "the manifest declares modalities and output types, and no dataset shows another one",
    check: async () => {
      for (const fact of ["modalities", "output_types"] as const)
        if (declared(manifest, fact).length === 0) breakLaw(`provides.${fact} of the manifest`, "at least one", "none")
      for (const subject of subjects) expectDeclared(manifest, await adapterHost(subject).scanned())
    }
  },
  ...(["modalities", "output_types"] as const).flatMap((fact) =>
    declared(manifest, fact).map(
      (capability): Law => ({
        name: `the ${facts[fact]} ${capability} is shown by a dataset that is read whole`,
        check: async () => {
          let found = 0
          for (const host of subjects.map(adapterHost)) {
            const scan = await host.scanned()
            if (shown(scan, fact) !== capability) continue
            found += await host.opened(scan, (session) =>
              Effect.map(collect(session, positionsOf(scan)), (raw) => {
                for (const each of raw) expectFits(scan, each, session.mapToIr(each, "train"))
                return raw.length
              })
            )
          }
          if (found === 0) breakLaw(`samples of ${facts[fact]} ${capability}`, "at least one dataset among the subjects", "none")
        }
      })
    )
  )
]
