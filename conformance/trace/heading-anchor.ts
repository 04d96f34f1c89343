import type { Chapter } from './spec-chapters.js'

/** The anchor of a heading, as Markdown renderers make it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The nearest heading above a line, from 1; the first of the chapter where there is none. */
const headingAbove = ({ text }: Chapter, line: number): string => {
  const lines = text.split('\n')
  const above = lines.slice(0, line).findLast(each => /^#+ /.test(each)) ?? lines[0] ?? ''
  return above.replace(/^#+ /, '')
}

/** The place of a line of a chapter, as what follows `spec/` in a link: the file, and the nearest heading above. */
export const placeOf = (chapter: Chapter, line: number): string =>
  `${chapter.name}.md#${anchorOf(headingAbove(chapter, line))}`
