/** The version that results are stamped with: that of this package. */
import packageJson from "../package.json" with { type: "json" }

export const trainerVersion: string = packageJson.version
