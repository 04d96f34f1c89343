import { posix } from 'node:path'

/** Module specifiers of a compiled module: what it imports and exports from, at once or when it is asked for. */
const specifiersIn = (source: string): string[] =>
  [...source.matchAll(/^\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]/gm)]
    .concat(
      [...source.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)],
      [...source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)],
    )
    .map(([, specifier]) => specifier!)

/**
 * The modules that `entries` need, themselves included, each by its path with slashes: of a declaration the declarations.
 * What does not begin with a dot is another package's.
 * @param read the text of a module; undefined where there is none
 */
export const reachableModules = (
  entries: readonly string[],
  read: (path: string) => string | undefined,
): ReadonlySet<string> => {
  const reached = new Set<string>()
  const waiting = [...entries]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    const source = read(path)
    if (source === undefined) continue
    reached.add(path)
    for (const specifier of specifiersIn(source)) {
      const module = posix.join(posix.dirname(path), specifier)
      if (specifier.startsWith('.')) waiting.push(path.endsWith('.d.ts') ? module.replace(/\.js$/, '.d.ts') : module)
    }
  }
  return reached
}

/** What somebody runs or imports. */
const entries = ['dist/reference/index', 'dist/conformance/index', 'dist/schemas/index', 'dist/conformance/cli']

/** Read as text, and made into one script of a page (report/html/assets.ts). */
const isOfPage = (path: string): boolean => path.startsWith('dist/conformance/report/html/')

/**
 * What of the modules in `packed`, by their paths, does not fit what is needed from the entry points: as JavaScript, or as
 * types.
 */
export const strayModules = (
  packed: readonly string[],
  read: (path: string) => string | undefined,
): { readonly missing: readonly string[]; readonly needless: readonly string[] } => {
  const needed = new Set([
    ...reachableModules(
      entries.map(entry => `${entry}.js`),
      read,
    ),
    ...reachableModules(
      entries.map(entry => `${entry}.d.ts`),
      read,
    ),
  ])
  const isModule = (path: string): boolean => path.startsWith('dist/') && /\.js$/.test(path)
  const there = new Set(packed)
  // A module of types alone is nothing when it runs.
  const isEmpty = (path: string): boolean => /^export \{\};$/m.test(read(path) ?? '')
  const isNeeded = (path: string): boolean => needed.has(path) || isEmpty(path)
  return {
    missing: [...needed].filter(path => !there.has(path)),
    needless: packed.filter(path => isModule(path) && !isOfPage(path) && !isNeeded(path)),
  }
}
