/**
 * What the JSON Schema of a manifest says of a value: the schema that a form or an editor is made of has to agree with the decoder that
 * runs.
 *
 * Sharp edge: a keyword that JSON Schema 2020-12 does not know is refused and not ignored, because a misspelt bound would bind nothing.
 */
import { Ajv2020 } from "ajv/dist/2020.js"

const ajv = new Ajv2020({ strictSchema: true, strictTypes: false, strictTuples: false, strictRequired: false })

/** Whether the value is valid against the schema. Throws an Error on a schema that is none. */
export const accepts = (schema: unknown, value: unknown): boolean => ajv.validate(schema as object, value)
