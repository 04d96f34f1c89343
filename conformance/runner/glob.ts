/** Is `text` what `glob` describes? `*` stands for any characters, `?` for one. In time bounded by the product of the lengths. */
export const matchesGlob = (glob: string, text: string): boolean => {
  let [at, from, star, tried] = [0, 0, -1, 0]
  while (from < text.length) {
    if (glob[at] === '*') [star, tried] = [at++, from]
    else if (glob[at] === '?' || glob[at] === text[from]) [at, from] = [at + 1, from + 1]
    else if (star < 0) return false
    else [at, from] = [star + 1, ++tried]
  }
  return /^\**$/.test(glob.slice(at))
}
