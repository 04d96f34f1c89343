// Runs in Node and in the page.

/**
 * What cannot be seen or turns other text around: controls, lone surrogates, bidi and default-ignorable characters, blanks that
 * are no space, noncharacters. Line feed and tab stay.
 */
const invisible =
  /(?![\n\t ])[\p{Cc}\p{Cs}\p{Z}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb]/gu

/** `text` with every character that cannot be seen as `\u{…}`. */
export const visible = (text: string): string =>
  text.replace(invisible, character => `\\u{${character.codePointAt(0)!.toString(16)}}`)
