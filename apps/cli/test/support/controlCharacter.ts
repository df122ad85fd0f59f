/** What a terminal would obey or a reader would not see; the end of a line is neither. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
export const controlCharacter = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
